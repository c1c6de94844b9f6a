import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileComponent } from "../../host/component/index.ts";
import { start, type Running } from "../fixture/running.ts";
import { buildText } from "./building.ts";

const HEAD = 'import { bytesOf, bytesOfU64, context, Fault, fail, invalid, log, Message, messaging, policy, series, state, textOf, u64Of } from "doteros-wasm/sdk";\n';
/** Publishes what a function answers, or lets go what it throws. */
const ANSWER = "export const handle = (message) => { const answer = cases[message.text()](message); if (answer !== undefined) messaging.publish(Message.ofText('answer', String(answer))); };\n";
const ASKS_FOR_ALL = "name: script\nversion: 0.1.0\ncapabilities: { state: true, publish: ['>'], request: ['>'], log: true, context: true }\nsubscriptions: [do]\n";

const CASES = `const cases = {
  now: () => [Date.now() === Number(context.time() / 1_000_000n), new Date().getTime() === Date.now(), new Date() instanceof Date, typeof performance],
  dates: () => [new Date(0).toISOString(), Date.UTC(2020, 0, 2), new Date(2020, 0, 2).getTimezoneOffset(), Date.parse("2020-01-02")],
  random: () => { const one = Math.random(), two = Math.random(); return one >= 0 && one < 1 && one !== two; },
  draws: () => [Math.random(), Math.random()],
  console: () => console.log("seen", { a: 1 }, 2n, new Error("odd")),
  coding: () => [new TextDecoder().decode(new TextEncoder().encode("héß😀")), new TextDecoder("utf8").decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]).buffer)],
  strict: () => new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff])),
  latin: () => new TextDecoder("latin1"),
  words: () => { state.putText("k", "ä"); return [state.getText("k"), state.getText("none"), state.delete("k"), state.delete("k"), state.get("k")]; },
  numbers: () => { state.put("n", bytesOfU64(2n ** 63n + 1n)); return [u64Of(state.get("n")), context.index(), typeof state.version(), state.scan("", undefined, 1).length]; },
  caught: () => { try { state.put("", bytesOf("x")); } catch (error) { return [error instanceof Fault, error.kind, error.message]; } },
  uncaught: () => state.put("", bytesOf("x")),
  denied: () => messaging.publish(Message.ofText("answer with a space", "")),
  asked: () => messaging.request(Message.ofText("svc.a", "")),
  failed: () => fail("the disk is full"),
  wrong: () => invalid("half a pair \\ud800"),
  text: () => { throw "only a text"; },
  nothing: () => { throw undefined; },
  bug: () => null.x,
  subject: () => messaging.publish(new Message(5, bytesOf(""))),
  payload: () => messaging.publish(new Message("answer", "text")),
  value: () => state.put("k", "text"),
  key: () => state.get(undefined),
  surrogate: () => state.putText("half \\ud800", "x"),
  headers: (message) => [message.header("A"), message.header("b"), message.replyTo, message.dataType, message.contentType],
};
`;

describe("what a script finds in its engine", () => {
  let running: Running;

  beforeAll(async () => {
    const { component } = await buildText(HEAD + CASES + ANSWER, ASKS_FOR_ALL);
    running = await start(new Uint8Array(component), { retry: { attempts: 1 } });
  }, 120_000);
  afterAll(() => running.host.close());

  const send = async (name: string): Promise<string | undefined> => {
    const before = running.texts().length;
    await running.send(name);
    return running.texts().at(before);
  };

  it.each([
    ["now", "answer true,true,true,undefined"],
    ["dates", "answer 1970-01-01T00:00:00.000Z,1577923200000,0,1577923200000"],
    ["random", "answer true"],
    ["coding", "answer héß😀,a"],
    ["words", "answer ä,,true,false,"],
    ["numbers", "answer 9223372036854775809,6,bigint,1"],
    ["caught", "answer true,invalid,the key is empty"],
    ["headers", "answer ,,,,"],
  ])("%s", async (name, text) => {
    expect(await send(name)).toBe(text);
  });

  it("console writes lines of log", async () => {
    await send("console");
    expect(running.lines.map(({ level, message }) => `${level} ${message}`)).toEqual(['info seen {"a":1} 2 Error: odd']);
  });

  it.each([
    ["strict", /^failed: TypeError: the bytes are not UTF-8 \(app\.js:9\)$/],
    ["latin", /^failed: RangeError: a capsule decodes utf-8 only/],
    ["uncaught", /^invalid: the key is empty$/],
    ["denied", /^invalid: /],
    ["failed", /^failed: the disk is full$/],
    ["wrong", /^invalid: half a pair \uFFFD$/],
    ["text", /^failed: only a text$/],
    ["nothing", /^failed: undefined$/],
    ["bug", /^failed: TypeError: .* of null \(app\.js:21\)$/],
    ["subject", /^failed: TypeError: subject must be a string, not number/],
    ["payload", /^failed: TypeError: payload must be a Uint8Array, not string/],
    ["value", /^failed: TypeError: the value must be a Uint8Array, not string/],
    ["key", /^failed: TypeError: the key must be a string, not undefined/],
  ])("fails the message, with a reason: %s", async (name, reason) => {
    const before = running.heard.length;
    await send(name);
    const reasons = running.heard.slice(before).flatMap(({ headers }) => headers.filter(([header]) => header === "dead-letter-reason"));
    expect(reasons).toEqual([["dead-letter-reason", expect.stringMatching(reason)]]);
    expect(running.capsule.counters.traps).toBe(0);
  });

  it("gives half a surrogate pair as U+FFFD", async () => {
    await send("surrogate");
    expect(Object.keys(running.entries())).toContain("half \uFFFD");
  });

  it("makes a subject for a request", async () => expect(await send("asked")).toMatch(/^svc\.a/));
});

it("draws the same random numbers again when a transition is run again", async () => {
  const { component } = await buildText(`${HEAD}export const handle = () => { state.putText("last", [Math.random(), Math.random(), Date.now()].join()); };`, ASKS_FOR_ALL);
  const compiled = await compileComponent(new Uint8Array(component));
  const draws: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const { exports } = await compiled.instantiate({
      "doteros:capsule/context@0.1.0": { time: () => 1_700_000_000_123_000_000n, random: (length: number) => new Uint8Array(length).fill(0x80) },
      "doteros:capsule/state@0.1.0": { put: (_key: string, value: Uint8Array) => void draws.push(new TextDecoder().decode(value)) },
      "wasi:logging/logging@0.1.0-draft": { log: () => {} },
    });
    (exports["doteros:capsule/handler@0.1.0"] as { handle(message: object): void }).handle({ subject: "do", headers: [], payload: new Uint8Array() });
  }
  expect(draws).toHaveLength(2);
  expect(draws[0]).toBe(draws[1]);
  expect(draws[0]).toMatch(/^0\.50\d+,0\.50\d+,1700000000123$/);
}, 60_000);

it("asks for nothing that the code does not use, and refuses what would need it", async () => {
  const { component } = await buildText("export const handle = (message) => { console.log(1); if (Math.random() > 2) throw message; };");
  const { imports } = await compileComponent(new Uint8Array(component));
  expect(imports.map(({ name }) => name)).toEqual(["doteros:capsule/types@0.1.0"]);
  const running = await start(new Uint8Array(component), { retry: { attempts: 1 } });
  await running.send("");
  const [letter] = running.heard;
  expect(letter?.headers).toContainEqual(["dead-letter-reason", expect.stringContaining("there is no randomness: import { context }")]);
  expect(running.lines).toEqual([]);
  await running.host.close();
}, 60_000);

it("calls start once before the first message, and refuses async functions", async () => {
  const text = `${HEAD}let started = 0;\nexport const start = () => { started += 1; };\nexport const handle = (message) => message.text() === "wait" ? Promise.resolve() : messaging.publish(Message.ofText("answer", String(started)));`;
  const { component } = await buildText(text);
  const running = await start(new Uint8Array(component), { retry: { attempts: 1 } });
  await running.send("");
  await running.send("");
  expect(running.texts()).toEqual(["answer 1", "answer 1"]);
  await running.send("wait");
  expect(running.heard.at(-1)?.headers).toContainEqual(["dead-letter-reason", expect.stringContaining("the function is async")]);
  await running.host.close();
}, 60_000);

it("offers series and policy, which need hosts that have them", async () => {
  const text = `${HEAD}export const handle = () => { series.append("s", 5n, 1.5); const [point] = series.range("s", 0n, 2n ** 64n - 1n); const [bucket] = series.downsample("s", 0n, 10n, 5n); if (!policy.allows("app.allow", "{}")) fail([point.time, point.value, bucket.start, bucket.count, typeof bucket.count, bucket.mean].join(" ")); };`;
  const { component } = await buildText(text);
  const asked: unknown[] = [];
  const { exports } = await (await compileComponent(new Uint8Array(component))).instantiate({
    "doteros:capsule/series@0.1.0": {
      append: (...words: unknown[]) => void asked.push(words),
      range: (...words: unknown[]) => {
        asked.push(words);
        return [{ time: 5n, value: 1.5 }];
      },
      downsample: (...words: unknown[]) => {
        asked.push(words);
        return [{ start: 0n, count: 2n, min: 1, max: 1.5, mean: 1.25 }];
      },
    },
    "doteros:capsule/policy@0.1.0": { evaluate: () => undefined },
  });
  const call = (): void => (exports["doteros:capsule/handler@0.1.0"] as { handle(message: object): void }).handle({ subject: "do", headers: [], payload: new Uint8Array() });
  expect(call).toThrow("failed: 5 1.5 0 2 bigint 1.25");
  expect(asked).toEqual([["s", { time: 5n, value: 1.5 }], ["s", 0n, 2n ** 64n - 1n, 1000], ["s", 0n, 10n, 5n]]);
}, 60_000);
