import { beforeAll, describe, expect, it } from "vitest";
import { ComponentError } from "../../host/contract/error.ts";
import type { Message } from "../../host/contract/message.ts";
import { buildCapsule, linkCapsule, type Linked } from "./capsule.ts";

// Every host function of the SDK, called as an author calls it, against host functions that remember what was asked.
const SOURCE = `import {
  Fault, FaultKind, Header, Level, Message, context, fail, hasFault, invalid, log, messaging, policy, raise, series, state, takeFault,
} from "doteros-wasm/sdk/assemblyscript";

export function start(): void { log.debug("begins", "start"); if (context.config("refuse") !== null) return fail("not today"); }

export function handle(message: Message): void {
  if (message.subject == "state") return useState(message);
  if (message.subject == "message") return echo(message);
  if (message.subject == "request") { state.putText("reply", messaging.request(Message.ofText("ask.me", "why"))); return; }
  if (message.subject == "context") return useContext();
  if (message.subject == "series") return useSeries(message.text());
  if (message.subject == "policy") { state.putText("allowed", policy.allows("app.allow", message.text()) ? "yes" : "no"); return; }
  if (message.subject == "log") { log.write(Level.Critical, "ä\\ud800!", "p"); log.trace("t"); log.info("i"); log.warn("w"); log.error("e"); return; }
  if (message.subject == "refused") return refused();
  if (message.subject == "take") return take();
  if (message.subject == "kinds") return raise(new Fault(<FaultKind>i32(parseInt(message.text())), "as asked"));
  fail("no such test: " + message.subject);
}

function useState(message: Message): void {
  const before = state.getText("k\\u00fc");
  state.putText("k\\u00fc", (before === null ? "" : before) + message.text());
  const all = state.scan("", null, 2);
  let keys = state.version().toString();
  for (let i = 0; i < all.length; i++) keys += " " + all[i].key + "=" + String.UTF8.decode(all[i].value.buffer);
  state.scan("a", "b");
  messaging.publish(Message.ofText("keys", keys));
  messaging.publish(Message.ofText("deleted", state.delete("gone") ? "yes" : "no"));
  messaging.publish(Message.ofText("deleted", state.delete("k\\u00fc") ? "yes" : "no"));
}

function echo(message: Message): void {
  const copy = new Message("copy", message.payload, message.contentType);
  copy.replyTo = message.replyTo;
  copy.dataType = message.dataType;
  copy.headers = message.headers;
  copy.headers.push(new Header("Content-Length", message.payload.length.toString()));
  const length = copy.header("content-LENGTH");
  if (length === null || length != message.payload.length.toString() || copy.header("content-lengt") !== null) return fail("wrong header");
  messaging.publish(copy);
  message.subject = "as it came";
  messaging.publish(message);
}

function useContext(): void {
  const me = context.identify();
  const random = context.random(5);
  const setting = context.config("colour");
  state.putText("context", context.time().toString() + " " + context.index().toString() + " " + me.name + " " + me.version + " " + me.digest
    + " " + random.length.toString() + ":" + random[4].toString() + " " + (setting === null ? "none" : setting));
}

function useSeries(name: string): void {
  series.append(name, 5, 1.5);
  const points = series.range(name, 1, u64.MAX_VALUE, 7);
  let sum: f64 = 0;
  for (let i = 0; i < points.length; i++) sum += points[i].value * <f64>points[i].time;
  const buckets = series.downsample(name, 0, 100, 10);
  for (let i = 0; i < buckets.length; i++) sum += <f64>buckets[i].start + <f64>buckets[i].count * buckets[i].mean + buckets[i].min - buckets[i].max;
  state.putText("sum", points.length.toString() + " " + sum.toString());
}

function refused(): void {
  const value = state.get("forbidden");
  if (value !== null || !hasFault()) return fail("it was not refused");
  // None of these reaches the host: the message has failed already.
  state.putText("never", "x");
  messaging.publish(Message.ofText("never", "x"));
  if (messaging.request(Message.ofText("never", "x")) != "" || state.scan().length != 0 || state.delete("a")) unreachable();
  series.append("s", 0, 0);
  if (series.range("s", 0, 1).length != 0 || series.downsample("s", 0, 1, 1).length != 0 || policy.evaluate("p", new Uint8Array(0)) !== null) unreachable();
  invalid("a second reason, which is not the first");
  log.warn("still heard");
}

function take(): void {
  state.get("forbidden");
  const fault = takeFault();
  if (fault === null || hasFault()) return fail("nothing to take");
  state.putText("taken", fault.toString());
  if (takeFault() !== null) fail("taken twice");
}
`;

describe("the SDK", () => {
  let bytes: Uint8Array = new Uint8Array();
  let capsule: Linked;
  const state = new Map<string, string>();
  const said: string[] = [];
  const sent: Message[] = [];
  const asked: unknown[] = [];
  const config: Record<string, string> = { colour: "ß 🎨" };

  const note = (...parts: unknown[]): void => void asked.push(parts);
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

  beforeAll(async () => {
    ({ component: bytes } = await buildCapsule({ "index.ts": SOURCE }, "starting-capsule"));
    capsule = await linkCapsule(bytes, {
      state: {
        get: (key: string) => {
          if (key === "forbidden") throw new ComponentError({ tag: "denied", val: "not for you: ü" });
          return state.has(key) ? encode(state.get(key) ?? "") : undefined;
        },
        put: (key: string, value: Uint8Array) => void state.set(key, new TextDecoder().decode(value)),
        delete: (key: string) => state.delete(key),
        scan: (start: string, end: string | undefined, limit: number) => {
          note("scan", start, end, limit);
          return Array.from(state, ([key, value]) => ({ key, value: encode(value) })).slice(0, limit);
        },
        version: () => 2n ** 63n,
      },
      messaging: {
        publish: (message: Message) => void sent.push(message),
        request: (message: Message) => {
          sent.push(message);
          return "reply.7";
        },
      },
      series: {
        append: (name: string, at: unknown) => note("append", name, at),
        range: (...args: unknown[]) => {
          note("range", ...args);
          return [{ time: 2n, value: 0.5 }, { time: 3n, value: -1 }];
        },
        downsample: (...args: unknown[]) => {
          note("downsample", ...args);
          return [{ start: 10n, count: 2n, min: 1, max: 3, mean: 2.5 }, { start: 30n, count: 1n, min: 0.25, max: 0, mean: 4 }];
        },
      },
      policy: {
        evaluate: (path: string, input: Uint8Array) => {
          const text = new TextDecoder().decode(input);
          note("evaluate", path, text);
          return text === "{}" ? undefined : encode(text === "1" ? "true" : "false");
        },
      },
      context: {
        time: () => 1_700_000_000_000_000_000n,
        index: () => 2n ** 64n - 1n,
        random: (length: number) => Uint8Array.from({ length }, (_, index) => index),
        identify: () => ({ name: "kapsel", version: "1.2.3", digest: "ab".repeat(32) }),
        config: (key: string) => config[key],
      },
      logging: { log: (...parts: string[]) => void said.push(parts.join(" ")) },
    });
  }, 300_000);

  const fresh = (): void => {
    for (const list of [said, sent, asked]) list.length = 0;
    state.clear();
  };

  it("keeps state: text, keys beyond ASCII, scans, deletions, the version", () => {
    fresh();
    state.set("a", "1");
    expect(capsule.send("state", "grün")).toBeUndefined();
    expect(sent.map(({ subject, payload }) => `${subject} ${new TextDecoder().decode(payload)}`)).toEqual([
      "keys 9223372036854775808 a=1 kü=grün", "deleted no", "deleted yes",
    ]);
    expect(asked).toEqual([["scan", "", undefined, 2], ["scan", "a", "b", 1000]]);
  });

  it("carries every field of a message, and headers without regard to case", () => {
    fresh();
    const more = { replyTo: "back", contentType: "a/b", dataType: "t", headers: [["X", "1"], ["x", "zwei"]] as [string, string][] };
    expect(capsule.send("message", Uint8Array.of(0, 255), more)).toBeUndefined();
    const headers = [...more.headers, ["Content-Length", "2"]];
    expect(sent).toEqual([
      { subject: "copy", ...more, headers, payload: Uint8Array.of(0, 255) },
      { subject: "as it came", ...more, headers, payload: Uint8Array.of(0, 255) },
    ]);
    expect(capsule.send("message")).toBeUndefined();
    expect(sent[2]).toEqual({ subject: "copy", replyTo: undefined, contentType: undefined, dataType: undefined, headers: [["Content-Length", "0"]], payload: new Uint8Array() });
  });

  it("requests, and learns the reply subject", () => {
    fresh();
    expect(capsule.send("request")).toBeUndefined();
    expect([state.get("reply"), sent[0]?.subject]).toEqual(["reply.7", "ask.me"]);
  });

  it("reads what the host fixed", () => {
    fresh();
    expect(capsule.send("context")).toBeUndefined();
    expect(state.get("context")).toBe(`1700000000000000000 18446744073709551615 kapsel 1.2.3 ${"ab".repeat(32)} 5:4 ß 🎨`);
  });

  it("appends to series and reads ranges", () => {
    fresh();
    expect(capsule.send("series", "temperature")).toBeUndefined();
    expect(asked).toEqual([["append", "temperature", { time: 5n, value: 1.5 }], ["range", "temperature", 1n, 2n ** 64n - 1n, 7], ["downsample", "temperature", 0n, 100n, 10n]]);
    expect(state.get("sum")).toBe(`2 ${0.5 * 2 - 3 + (10 + 5 + 1 - 3) + (30 + 4 + 0.25)}`);
  });

  it("asks the policy; undefined means no", () => {
    fresh();
    const answers = ["1", "2", "{}"].map((input) => {
      capsule.send("policy", input);
      return state.get("allowed");
    });
    expect(answers).toEqual(["yes", "no", "no"]);
    expect(asked[0]).toEqual(["evaluate", "app.allow", "1"]);
  });

  it("logs on every level; half a surrogate pair becomes U+FFFD", () => {
    fresh();
    capsule.send("log");
    expect(said).toEqual(["critical p ä\uFFFD!", "trace  t", "info  i", "warn  w", "error  e"]);
  });

  it("fails with the first fault, asks the host nothing after it, and is well for the next message", () => {
    fresh();
    expect(capsule.send("refused")).toEqual({ tag: "denied", val: "not for you: ü" });
    expect([state.size, sent, asked, said]).toEqual([0, [], [], ["warn  still heard"]]);
    expect(capsule.send("policy", "1")).toBeUndefined();
  });

  it("goes on when the fault is taken", () => {
    fresh();
    expect(capsule.send("take")).toBeUndefined();
    expect(state.get("taken")).toBe("denied: not for you: ü");
  });

  it("has every kind of fault", () => {
    const faults = ["0", "1", "2", "3"].map((kind) => capsule.send("kinds", kind)?.tag);
    expect(faults).toEqual(["denied", "invalid", "limit", "failed"]);
    expect(capsule.send("else")).toEqual({ tag: "failed", val: "no such test: else" });
  });

  it("is called when it starts, and may refuse", () => {
    fresh();
    expect(capsule.start()).toBeUndefined();
    expect(said).toEqual(["debug start begins"]);
    config["refuse"] = "yes";
    expect(capsule.start()).toEqual({ tag: "failed", val: "not today" });
    delete config["refuse"];
    expect(capsule.start()).toBeUndefined();
  });
});

it("a capsule imports what it calls and nothing else", async () => {
  const source = `import { Message, state, messaging, context, log, policy, series } from "doteros-wasm/sdk/assemblyscript";
export function handle(message: Message): void { state.put(message.subject, message.payload); messaging.publish(message); }`;
  const { component } = await linkCapsule((await buildCapsule({ "index.ts": source })).component, { state: { put: () => undefined }, messaging: { publish: () => undefined } });
  const imports = component.imports.flatMap(({ name, type }) => (type.kind === "instance" ? type.exports.filter((part) => part.type.kind === "func").map((part) => `${name} ${part.name}`) : []));
  expect(imports).toEqual(["doteros:capsule/state@0.1.0 put", "doteros:capsule/messaging@0.1.0 publish"]);
}, 300_000);
