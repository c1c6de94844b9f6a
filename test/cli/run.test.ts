import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, ended, objects, start, type Result } from "./command.ts";
import { Folder, moody } from "./fixture.ts";
import { dataset } from "./input/text.ts";

const COUNTER = join(".build", "capsules", "counter", "counter.wasm");
const COUNTER_GRANTS = ["--grant", "state", "--grant", "publish=counted.>", "--grant", "subscribe=readings.>"];
const MOODY_GRANTS = ["--grant", "state", "--grant", "publish=said.>", "--grant", "subscribe=input"];

const folder = new Folder();
let moodyFile = "";
beforeAll(async () => {
  moodyFile = folder.write("moody.wasm", await moody());
  folder.write(
    "capsule.yaml",
    'name: moody\nversion: 1.2.3\ncapabilities:\n  state: true\n  publish: ["said.>"]\nsubscriptions: [input]\nretry:\n  attempts: 2\n',
  );
});
afterAll(() => folder.remove());

const rows = (...moods: string[]): string => moods.map((mood) => `{"do":"${mood}"}\n`).join("");
const runMoody = (input: string, ...words: string[]): Promise<Result> =>
  command(["run", moodyFile, "--input", "-", "--format", "ndjson", ...MOODY_GRANTS, ...words], input);
const summaryOf = ({ stdout }: Result): Record<string, unknown> => objects(stdout).at(-1) ?? {};

describe("doteros-wasm run", () => {
  it("prints what the capsule publishes, one message on each line, and sums up on standard error", async () => {
    const input = dataset("weather.csv");
    const { code, stdout, stderr } = await command(["run", COUNTER, "--input", input, "--subject", "readings.{location}", ...COUNTER_GRANTS]);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBe(2_922);
    expect(lines.filter((line) => line.startsWith("counted.readings.Seattle base64:")).length).toBe(1_461);
    expect(stderr).toMatch(/^counter 0\.1\.0 {2}loaded in [\d.]+ ms, sha-256 [0-9a-f]{16}…$/m);
    expect(stderr).toMatch(/^ {2}transitions +2,922 {2}[\d.]+ µs each$/m);
    expect(stderr).toMatch(/^ {4}readings\.New-York {2}8 bytes$/m);
    expect(stderr).not.toContain("\u001b");
  });

  it("comes to the same with the capsule in a thread of its own", async () => {
    const words = ["run", COUNTER, "--input", dataset("weather.csv"), "--subject", "readings.{location}", ...COUNTER_GRANTS, "--json"];
    const [expected, found] = await Promise.all([command(words), command([...words, "--isolation", "thread"])]);
    expect(found.code).toBe(0);
    const plain = (result: Result): unknown => objects(result.stdout).filter(({ type }) => type === "message");
    expect(plain(found)).toEqual(plain(expected));
    const { transitions, published, fuel, state } = summaryOf(expected);
    expect(transitions).toBe(2_922);
    expect(summaryOf(found)).toMatchObject({ transitions, published, fuel, state });
    expect((await runMoody(rows("p"), "--isolation", "process")).stderr).toContain("It is one of: none, thread");
  });

  it("prints messages as the capsule spelled them, and nothing that could steer a terminal", async () => {
    const { stdout } = await runMoody('{"do":"p", "n": 1.0}\n{"do":"b"}\n{"do":"e"}\n', "--quiet");
    expect(stdout.split("\n")).toEqual([
      'said.moody {"do":"p", "n": 1.0}',
      "said.moody base64:/wA=",
      "said.moody \\u001b[2J\\u000ared \\u009b31m",
      "",
    ]);
  });

  it("tells machines the same with --json, and every line parses", async () => {
    const result = await runMoody(`${rows("p", "b", "e", "f")}{oops\n`, "--json");
    expect(result.code).toBe(1);
    const all = objects(result.stdout);
    expect(all.filter(({ type }) => type === "message")).toEqual([
      { type: "message", subject: "said.moody", contentType: "application/json", headers: [], encoding: "json", payload: { do: "p" } },
      { type: "message", subject: "said.moody", headers: [], encoding: "base64", payload: "/wA=" },
      { type: "message", subject: "said.moody", headers: [], encoding: "text", payload: "\u001b[2J\nred \u009b31m" },
    ]);
    expect(result.stdout).not.toMatch(/[\u001b\u009b]/);
    expect(all.filter(({ type }) => type === "error")).toMatchObject([
      { code: "invalid-row", number: "DW0063", where: "stdin:5" },
      { code: "capsule-fault", number: "DW0042", where: "stdin:4" },
    ]);
    expect(summaryOf(result)).toMatchObject({
      type: "summary",
      capsule: { name: "moody", version: "1.2.3" },
      input: { name: "stdin", rows: 5, unreadable: 1, skipped: 0 },
      messages: 4,
      transitions: 3,
      published: 3,
      faults: 2,
      retries: 1,
      deadLettered: 2,
      state: { entries: 1, bytes: 11, version: 3, keys: [{ key: "k", bytes: 10 }] },
      ended: "input-end",
      exitCode: 1,
    });
  });

  it("shows what --show says, dead letters with their reasons included", async () => {
    const { stdout } = await runMoody(rows("p", "t"), "--json", "--show", "dlq.>");
    const messages = objects(stdout).filter(({ type }) => type === "message");
    expect(messages).toMatchObject([{ subject: "dlq.moody", encoding: "json", payload: { do: "t" } }]);
    expect(Object.fromEntries(messages[0]?.["headers"] as [string, string][])).toMatchObject({
      "dead-letter-code": "trap",
      "dead-letter-subject": "input",
      "dead-letter-attempts": "2",
    });
  });

  it("prints a message once, however many patterns it matches", async () => {
    const { stdout } = await runMoody(rows("p"), "--quiet", "--show", "said.*", "--show", ">", "--show", "said.moody");
    expect(stdout.split("\n").toSorted()).toEqual(["", 'input {"do":"p"}', 'said.moody {"do":"p"}']);
  });

  it("does not take rows for messages of a capsule that may publish anything", async () => {
    const manifest = folder.write("wide.yaml", "name: wide\nversion: 0.1.0\ncapabilities: {state: true, publish: ['>']}\nsubscriptions: ['>']\n");
    const words = ["--manifest", manifest, "--grant", "publish=>", "--grant", "subscribe=input", "--quiet"];
    const refused = await runMoody(rows("p"), ...words);
    expect(refused.stderr).toContain("--grant 'subscribe=>'");
    const narrow = folder.write("narrow.yaml", readFileSync(manifest, "utf8").replace("subscriptions: ['>']", "subscriptions: [input]"));
    const { stdout } = await runMoody(rows("p", "f", "p"), ...words, "--manifest", narrow);
    expect(stdout).toBe('said.moody {"do":"p"}\nsaid.moody {"do":"p"}\n');
  });

  it("hands the log lines and the settings of the operator through", async () => {
    const input = folder.write("day.csv", "location,date,precipitation,temp_max,temp_min,wind,weather\nOslo,2012-01-01,0,1,-1,9,sun\n");
    const grants = ["state", "publish=alerts.>", "subscribe=readings.>", "log", "context"].flatMap((grant) => ["--grant", grant]);
    const weather = join(".build", "capsules", "weather", "weather.wasm");
    const words = ["run", weather, "--input", input, "--subject", "readings.{location}", ...grants, "--json"];
    const calm = await command(words);
    const stormy = await command([...words, "--config", "wind-metres-per-second=8"]);
    const kinds = ({ stdout }: Result): unknown[] => objects(stdout).flatMap(({ type, payload }) => (type === "message" ? [(payload as { kind: string }).kind] : []));
    expect(kinds(calm)).toEqual([]);
    expect(kinds(stormy)).toEqual(["wind"]);
  });

  it("reads each format by its name, and standard input by how it begins", async () => {
    const object = '{"do":"p"}';
    const files = [
      folder.write("a.csv", "do,n\np,1.50\n"),
      folder.write("a.ndjson", `${object}\n`),
      folder.write("a.json", `[${object}]`),
      folder.write("a.data", `[\n${object}\n]`),
    ];
    const outputs = await Promise.all(files.map((file) => command(["run", moodyFile, "--input", file, "--quiet", ...MOODY_GRANTS])));
    expect(outputs.map(({ stdout }) => stdout)).toEqual(['said.moody {"do":"p","n":1.50}\n', ...files.slice(1).map(() => `said.moody ${object}\n`)]);
    const piped = await command(["run", moodyFile, "--input", "-", "--quiet", ...MOODY_GRANTS], "do\np\n");
    expect(piped.stdout).toBe(`said.moody ${object}\n`);
  });

  it("loses no message to a full mailbox, nor to a reader that is slow", async () => {
    const count = 100_000;
    const file = folder.write("many.csv", `city,n\n${Array.from({ length: count }, (_, index) => `c${index % 7},${index}\n`).join("")}`);
    const child = start(["run", COUNTER, "--input", file, "--subject", "readings.{city}", ...COUNTER_GRANTS, "--json"]);
    child.stdout.pause();
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    const result = await ended(child);
    expect(result.code).toBe(0);
    const all = objects(result.stdout);
    expect(all.length).toBe(count + 1);
    expect(summaryOf(result)).toMatchObject({ messages: count, transitions: count, published: count, deadLettered: 0, state: { entries: 7, version: count } });
    // Each city counts its own rows, so the last counts add up to all of them.
    const last = new Map(all.slice(0, -1).map(({ subject, payload }) => [subject, Buffer.from(payload as string, "base64").readBigUInt64LE()]));
    expect([...last.values()].reduce((sum, value) => sum + value, 0n)).toBe(BigInt(count));
  });
});

describe("when something fails", () => {
  const INPUT = `${rows("p", "f")}7\n${rows("t", "p")}`;

  it("goes on by default, dead-letters what failed and ends with 1", async () => {
    const result = await runMoody(INPUT, "--json", "--show", ">");
    expect(result.code).toBe(1);
    expect(summaryOf(result)).toMatchObject({ messages: 4, transitions: 2, published: 2, deadLettered: 3, input: { rows: 5, unreadable: 1 } });
    const letters = objects(result.stdout).filter(({ subject }) => subject === "dlq.moody");
    expect(letters.map(({ payload }) => JSON.stringify(payload)).toSorted()).toEqual(['"7"', '{"do":"f"}', '{"do":"t"}']);
    const row = letters.find(({ payload }) => payload === "7");
    expect(row?.["headers"]).toContainEqual(["dead-letter-reason", "the row holds a number, and a row is an object"]);
    expect(row?.["headers"]).toContainEqual(["row", "stdin:3"]);
  });

  it("leaves no write and no message behind of what failed", async () => {
    const result = await runMoody(rows("p", "t", "f"), "--json");
    expect(objects(result.stdout).filter(({ type }) => type === "message").length).toBe(1);
    expect(summaryOf(result)).toMatchObject({ state: { entries: 1, version: 1 }, traps: 2, faults: 2 });
  });

  it("names the failure, the row and where the message went", async () => {
    const { stderr } = await runMoody(INPUT);
    expect(stderr).toContain("error[DW0042]: moody failed 2 times on input: failed: it is in a bad mood\n    --> stdin:2\n    help: the message is on dlq.moody");
    expect(stderr).toMatch(/error\[DW0021\]: moody failed 2 times on input: .*unreachable.*\n {4}--> stdin:4\n/);
    expect(stderr).toContain("error[DW0063]: the row holds a number, and a row is an object\n    --> stdin:3\n");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("passes over rows that cannot be read with --on-error skip, and takes that for no failure", async () => {
    const result = await runMoody(`${rows("p")}7\n${rows("p")}`, "--json", "--on-error", "skip");
    expect(result.code).toBe(0);
    expect(summaryOf(result)).toMatchObject({ transitions: 2, deadLettered: 0, input: { rows: 3, unreadable: 1, skipped: 1 } });
    expect((await runMoody(rows("f"), "--on-error", "skip")).code).toBe(1);
  });

  it.each([
    ["a row that cannot be read", `${rows("p")}7\n${rows("p")}`, 1],
    ["a message that the capsule fails on", rows("p", "f", "p"), 2],
  ])("ends at %s with --on-error stop, and does nothing after it", async (_, input, messages) => {
    const result = await runMoody(input, "--json", "--on-error", "stop");
    expect(result.code).toBe(1);
    expect(summaryOf(result)).toMatchObject({ messages, transitions: 1, published: 1, ended: "failure" });
  });

  it("shows twenty errors, and says that there are more", async () => {
    const { stderr } = await runMoody("7\n".repeat(50));
    expect(stderr.match(/^error\[/gm)?.length).toBe(20);
    expect(stderr).toContain("more errors are counted, not shown");
    expect(stderr).toMatch(/dead-lettered +50/);
  });
});
