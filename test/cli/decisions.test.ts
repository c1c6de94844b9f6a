import { once } from "node:events";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecisionEvent } from "../../host/contract/decision.ts";
import { command, ended, objects, start, type Result } from "./command.ts";
import { Folder, moody } from "./fixture.ts";
import { MUTING, WEATHER_RUN } from "./weather-policy.ts";

const COUNTER = join(".build", "capsules", "counter", "counter.wasm");
const COUNTER_GRANTS = ["state", "publish=counted.>", "subscribe=readings.>"].flatMap((grant) => ["--grant", grant]);
const MASK = 'package system.log\n\nmask contains "/input/resource/subject" if input.input.resource.subject == "alerts.new-york"\n\nmask contains {"op": "upsert", "path": "/input/capsule/digest", "value": "***"}\n';
/** Denies every publication, with a reason that says which version it is. */
const numbered = (version: number): string => `package doteros\n\nallow := true\n\ndeny contains "version ${version}" if input.operation == "publish"\n`;

const folder = new Folder();
const store = join(folder.path, "store");
const log = join(folder.path, "decisions.ndjson");
let policy: string[] = [];
let moodyWords: string[] = [];
let denied = 0;
beforeAll(async () => {
  policy = ["--policy", folder.write("policy.rego", MUTING), "--data", folder.write("data.json", '{"muted": ["alerts.new-york"]}')];
  const result = await command([...WEATHER_RUN, "--json", ...policy, "--store", store, "--decisions", log]);
  denied = Number(objects(result.stdout).at(-1)?.["denied"]);
  const component = folder.write("moody.wasm", await moody());
  folder.write("capsule.yaml", "name: moody\nversion: 0.1.0\ncapabilities: {state: true, publish: ['said.>']}\nsubscriptions: [input]\nretry: {attempts: 1}\n");
  moodyWords = ["run", component, "--input", "-", "--format", "ndjson", "--json", "--grant", "state", "--grant", "publish=said.>", "--grant", "subscribe=input"];
}, 60_000);
afterAll(() => folder.remove());

const eventsIn = (file: string): DecisionEvent[] => objects(readFileSync(file, "utf8")) as unknown as DecisionEvent[];
const explain = (which: string, ...words: string[]): Promise<Result> => command(["policy", "explain", which, ...words]);
const lineOf = (test: (event: DecisionEvent) => boolean): string => String(eventsIn(log).findIndex(test) + 1);
const isDenied = ({ result }: DecisionEvent): boolean => (result as { deny?: unknown[] } | undefined)?.deny?.length === 1;

describe("run --decisions", { timeout: 60_000 }, () => {
  it("writes each decision and each denial, and adds to what is there", async () => {
    expect(denied).toBeGreaterThan(0);
    const events = eventsIn(log);
    expect(events.filter(isDenied).length).toBe(denied);
    // Of those the first was decided, and the others remembered.
    expect(events.filter((event) => isDenied(event) && event.metrics !== undefined).length).toBe(1);
    expect(new Set(events.map(({ bundles }) => bundles.policy.revision)).size).toBe(1);
    const size = events.length;
    await command([...WEATHER_RUN, ...policy, "--decisions", log]);
    const again = eventsIn(log);
    expect(again.length).toBe(2 * size);
    expect(new Set(again.map(({ labels }) => labels.id)).size).toBe(2);
  });

  it("names the same policy as the ledger", async () => {
    const entries = objects((await command(["ledger", "show", "--store", store, "--json"])).stdout);
    const named = entries.filter(({ kind }) => kind === "policy");
    expect(named.map((entry) => entry["policy"])).toEqual([eventsIn(log)[0]?.bundles.policy.revision]);
    expect((await command(["ledger", "show", "--store", store])).stdout).toMatch(/^ +1 {2}policy +weather sha-256 [0-9a-f]{64}$/m);
    for (const verb of ["verify", "replay"]) expect((await command(["ledger", verb, "--store", store])).code).toBe(0);
    const size = eventsIn(log).length;
    await command(["ledger", "replay", "--store", store]);
    expect(eventsIn(log).length).toBe(size);
  });

  it("hides what masks hide", async () => {
    const file = join(folder.path, "masked.ndjson");
    await command([...WEATHER_RUN, ...policy, "--policy", folder.write("mask.rego", MASK), "--decisions", file]);
    const events = eventsIn(file);
    const hidden = events.filter(isDenied);
    expect(hidden.length).toBe(denied);
    for (const { input, erased, masked } of hidden) {
      expect(input).toMatchObject({ operation: "publish", resource: {}, capsule: { digest: "***" } });
      expect([erased, masked]).toEqual([["/input/resource/subject"], ["/input/capsule/digest"]]);
    }
  });

  it("needs a policy, and a file that can be written", async () => {
    for (const option of [["--decisions", log], ["--watch-policy"]]) {
      const { code, stderr } = await command([...moodyWords, ...option]);
      expect([code, stderr]).toEqual([2, expect.stringContaining("help: add --policy FILE.rego")]);
    }
    const none = await command([...moodyWords, ...policy, "--decisions", join(folder.path, "none", "log.ndjson")]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("error[DW0064]: the decisions cannot be written")]);
  });

  // A file that is always full, where the system has one.
  it.each(["/dev/full"].filter(existsSync))("ends the run when the file takes no more: %s", async (full) => {
    const { code, stderr } = await command([...WEATHER_RUN, ...policy, "--decisions", full]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("error[DW0064]: the decisions cannot be written: ENOSPC")]);
  });
});

describe("run --watch-policy", { timeout: 60_000 }, () => {
  it.each(process.platform === "win32" ? ["change"] : ["change", "SIGHUP"])("reads the policy again on live input: %s", async (way) => {
    const file = folder.write(`live-${way}.rego`, numbered(1));
    const child = start(["run", COUNTER, "--input", "-", "--format", "ndjson", "--subject", "readings.a", "--json", ...COUNTER_GRANTS, "--policy", file, "--watch-policy"]);
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
    const until = async (text: string): Promise<void> => {
      while (!output.includes(text)) await once(child.stdout, "data");
    };
    const change = (rules: string): void => {
      // As editors do: another file in its place.
      renameSync(folder.write(`next-${way}.rego`, rules), file);
      if (way === "SIGHUP") child.kill("SIGHUP");
    };
    child.stdin.write('{"row": 1}\n');
    await until("denied: version 1");
    change("package doteros\n\nallow if input.operation == missing\n");
    await until("rego_unsafe_var_error");
    child.stdin.write('{"row": 2}\n');
    await until('"where":"stdin:2"');
    change(numbered(2));
    await until("the policy was read again");
    child.stdin.end('{"row": 3}\n');
    const result = await ended(child);
    const all = objects(output);
    const errors = all.filter(({ type }) => type === "error");
    expect(errors.map(({ code }) => code)).toEqual(["capsule-fault", "invalid-policy", "capsule-fault", "capsule-fault"]);
    expect(errors.map(({ message }) => /version \d/.exec(String(message))?.[0])).toEqual(["version 1", undefined, "version 1", "version 2"]);
    expect(errors[1]).toMatchObject({ where: `${file}:3:10`, help: "the policy before stays in force; mend the file, and it is read again" });
    expect(errors[1]?.["message"]).toMatch(/\n\s*allow if input\.operation == missing\n +\^$/);
    expect(result.stderr).toMatch(/\^\n/);
    expect(all.at(-1)).toMatchObject({ type: "summary", messages: 3, deadLettered: 3, abandoned: 0 });
  });
});

describe("limits of a manifest", { timeout: 60_000 }, () => {
  it("are counted in the summary", async () => {
    const manifest = folder.write(
      "limited.yaml",
      "name: moody\nversion: 0.1.0\ncapabilities: {state: true, publish: ['said.>']}\nsubscriptions: [input]\nretry: {attempts: 1}\nlimits:\n  rates: [{subjects: said.>, perSecond: 0.001, burst: 2}]\n  breaker: {failures: 2, openMilliseconds: 20}\n",
    );
    const input = "pppffp".split("").map((mood) => `{"do":"${mood}"}\n`).join("");
    const { code, stdout } = await command([...moodyWords, "--manifest", manifest], input);
    expect(code).toBe(1);
    expect(objects(stdout).at(-1)).toMatchObject({ messages: 6, transitions: 4, deadLettered: 2, denied: 4, limited: 4, tripped: 1, abandoned: 0 });
    const told = await command([...moodyWords.filter((word) => word !== "--json"), "--manifest", manifest], input);
    expect(told.stderr).toMatch(/^ {2}limited +4 {2}of them, by a rate of the manifest$/m);
    expect(told.stderr).toContain("warn moody/doteros: the breaker is open: 2 of the last 2 messages were given up");
  });
});

describe("policy explain", { timeout: 60_000 }, () => {
  it("says what each rule answers, and from what", async () => {
    const line = lineOf(isDenied);
    const { code, stdout } = await explain(line, "--decisions", log, ...policy);
    expect(code).toBe(0);
    expect(stdout.split("\n").map((text) => text.replace(/[0-9a-f]{64}/, "…"))).toEqual([
      `${log}:${line}`,
      '  asked               publish {"subject":"alerts.new-york"} by weather 0.1.0',
      "  recorded            denied: alerts.new-york is muted",
      "  now                 denied: alerts.new-york is muted, as it was recorded",
      "  policy              sha-256 …, the one of then",
      '  data.doteros.deny   ["alerts.new-york is muted"], from input.resource.subject, data.muted',
      "  data.doteros.allow  false, from input.resource.subject, data.muted",
      "",
    ]);
  });

  it("finds a decision by its id, and says when another policy comes to something else", async () => {
    const event = eventsIn(log).find(isDenied);
    const open = folder.write("open.json", '{"muted": []}');
    const { code, stdout } = await explain(event?.decision_id ?? "", "--decisions", log, "--policy", policy[1] ?? "", "--data", open, "--json");
    expect(code).toBe(1);
    expect(objects(stdout)[0]).toMatchObject({
      type: "explanation",
      recorded: { allowed: false, refusal: "alerts.new-york is muted", policy: event?.bundles.policy.revision },
      now: { allowed: true },
      same: false,
      asked: [{ query: "data.doteros.deny", value: [] }, { query: "data.doteros.allow", value: true, readsOutside: false }],
    });
  });

  it("explains the denials of a ledger's entry", async () => {
    const entries = objects((await command(["ledger", "show", "--store", store, "--json"])).stdout);
    const index = String(entries.find((entry) => "decisions" in entry)?.["index"]);
    const { code, stdout } = await explain(index, "--store", store, ...policy);
    expect(code).toBe(0);
    expect(stdout).toContain(`${store}, entry ${index}\n  asked               publish {"subject":"alerts.new-york"} by weather 0.1.0\n`);
    expect(stdout).toContain("as it was recorded\n");
    expect(stdout).toContain(", the one of then\n");
    expect(stdout).not.toContain("note");
    const timed = folder.write("timed.rego", "package doteros\n\nallow if input.context.time > 0\n");
    const later = await explain(index, "--store", store, "--policy", timed);
    expect([later.code, later.stdout]).toEqual([1, expect.stringContaining("note                the time that the policy was told then is not recorded, and it reads it")]);
    const bare = await explain("0", "--store", store, ...policy);
    expect([bare.code, bare.stderr]).toEqual([1, expect.stringContaining("the entry has no denials")]);
    expect((await explain("999999", "--store", store, ...policy)).stderr).toContain("the ledger has no entry 999999");
  });

  it("tells a rule that fails from one that refuses", async () => {
    const broken = folder.write("broken.rego", "package doteros\n\nallow := 1\nallow := 2\n");
    const { code, stdout } = await explain(lineOf((event) => !isDenied(event)), "--decisions", log, "--policy", broken);
    expect(code).toBe(1);
    expect(stdout).toMatch(/now +denied: the policy failed: .*conflict.*: it comes out otherwise/);
    expect(stdout).toMatch(/data\.doteros\.allow +fails: /);
  });

  it("says what masks hid, and what cannot be explained", async () => {
    const event = { ...eventsIn(log).find(isDenied), erased: ["/input/resource/subject", "/result"], result: undefined } as DecisionEvent;
    const partly = { ...event, input: { ...(event.input as object), resource: {}, context: { time: "***" } } };
    const lines = [JSON.stringify(partly), JSON.stringify({ ...event, input: undefined, erased: ["/input"] }), "no JSON", '{"decision_id": 7}', '{"decision_id": "x", "input": {}}'];
    const file = folder.write("odd.ndjson", `${lines.join("\n")}\n`);
    const first = await explain("1", "--decisions", file, ...policy);
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("  recorded            masks hid it\n")]);
    expect(first.stdout).toContain("note                masks hid /input/resource/subject: a rule that reads that comes to something else now");
    const errors = await Promise.all(["2", "3", "4", "5", "6", "nobody"].map((which) => explain(which, "--decisions", file, ...policy)));
    expect(errors.map(({ code }) => code)).toEqual(new Array(6).fill(1));
    expect(errors.map(({ stderr }) => /: (.*)/.exec(stderr)?.[1])).toEqual([
      "what was decided about is not there: masks hid /input",
      "the line is no decision",
      "the line is no decision",
      "what was decided about is not there: it is no input of this host",
      'the decision log has no decision "6"',
      'the decision log has no decision "nobody"; 2 lines of it are no decisions',
    ]);
  });

  it("needs to know which one, and the policy", async () => {
    const wrong = [[], ["1", "2"], ["1", "--decisions", log], ["1", ...policy], ["1", ...policy, "--decisions", log, "--store", store], ["one", ...policy, "--store", store]];
    const codes = await Promise.all(wrong.map(async (words) => (await command(["policy", "explain", ...words])).code));
    expect(codes).toEqual(new Array(wrong.length).fill(2));
    expect((await explain("1", "--decisions", join(folder.path, "decision.ndjson"), ...policy)).stderr).toContain("did you mean");
  });
});
