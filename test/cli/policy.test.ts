import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, objects, type Result } from "./command.ts";
import { Folder } from "./fixture.ts";
import { dataset } from "./input/text.ts";

const WEATHER = join(".build", "capsules", "weather", "weather.wasm");
const GRANTS = ["state", "publish=alerts.>", "subscribe=readings.>", "log", "context"].flatMap((grant) => ["--grant", grant]);
const RULES = `package doteros

default allow := false

allow if not input.resource.subject in data.muted

deny contains sprintf("%s is muted", [input.resource.subject]) if input.resource.subject in data.muted
`;

const folder = new Folder();
const store = join(folder.path, "store");
let policy = "";
let data = "";
let wrong = "";
beforeAll(() => {
  policy = folder.write("policy.rego", RULES);
  data = folder.write("data.json", '{"muted": ["alerts.new-york"]}');
  wrong = folder.write("wrong.rego", "package doteros\n\nallow if input.a == missing\n");
});
afterAll(() => folder.remove());

const weather = (...words: string[]): Promise<Result> =>
  command(["run", WEATHER, "--input", dataset("weather.csv"), "--subject", "readings.{location}", ...GRANTS, "--json", ...words]);
const summaryOf = ({ stdout }: Result): Record<string, unknown> => objects(stdout).at(-1) ?? {};

describe("run --policy", { timeout: 60_000 }, () => {
  it("denies what the policy denies, tells the capsule why, counts it, and the ledger holds it", async () => {
    const result = await weather("--policy", policy, "--data", data, "--store", store);
    const all = objects(result.stdout);
    const alerts = all.filter(({ type, subject }) => type === "message" && String(subject).startsWith("alerts."));
    expect(alerts.length).toBeGreaterThan(0);
    expect(alerts.filter(({ subject }) => subject === "alerts.new-york")).toEqual([]);
    const { denied, deadLettered } = summaryOf(result);
    expect(denied).toBeGreaterThan(0);
    expect(deadLettered).toBe(denied);
    const errors = all.filter(({ type }) => type === "error");
    expect(errors.length).toBe(denied);
    for (const { message } of errors) expect(message).toContain("denied: alerts.new-york is muted");

    const shown = objects((await command(["ledger", "show", "--store", store, "--json"])).stdout);
    const decided = shown.filter((entry) => "decisions" in entry);
    expect(decided.length).toBe(denied);
    for (const { kind, decisions } of decided) {
      expect([kind, decisions]).toEqual(["failure", [{ operation: "publish", resource: "alerts.new-york", reason: "alerts.new-york is muted" }]]);
    }
    const told = await command(["ledger", "show", "--store", store]);
    expect(told.stdout).toContain("denied publish alerts.new-york");
    const replayed = await command(["ledger", "replay", "--store", store, "--json"]);
    expect([replayed.code, replayed.stderr]).toEqual([0, ""]);
  });

  it("allows what the policy allows", async () => {
    const [bare, allowed] = [await weather(), await weather("--policy", policy, "--data", folder.write("none.json", '{"muted": []}'))];
    expect(allowed.code).toBe(0);
    const messages = ({ stdout }: Result): object[] => objects(stdout).filter(({ type }) => type === "message");
    expect(messages(allowed)).toEqual(messages(bare));
    expect(summaryOf(allowed)["denied"]).toBe(0);
  });

  it("ends with the reason when the capsule may not be loaded or not listen", async () => {
    const closed = folder.write("closed.rego", 'package doteros\nallow := true\ndeny contains "no readings here" if input.resource.pattern == "readings.>"\n');
    const { code, stderr } = await command(["run", WEATHER, "--input", dataset("weather.csv"), ...GRANTS, "--policy", closed]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("error[DW0073]: the policy denies weather subscribe readings.>: no readings here")]);
  });

  it("shows mistakes with file, line, column, the line and a caret", async () => {
    const { code, stderr } = await weather("--policy", wrong);
    expect(code).toBe(1);
    expect(stderr).toContain(`${wrong}:3:10: rego_unsafe_var_error: var missing is unsafe`);
    expect(stderr).toMatch(/\n {4}allow if input\.a == missing\n {4} {9}\^\n/);
    const bare = await weather("--data", data);
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining("add --policy FILE.rego")]);
    const none = await weather("--policy", join(folder.path, "polcy.rego"));
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("did you mean")]);
  });
});

describe("doteros-wasm policy", () => {
  it("evaluates a query with data and input", async () => {
    const input = folder.write("input.json", '{"resource": {"subject": "alerts.new-york"}, "big": 12345678901234567890}');
    const words = ["--policy", policy, "--data", data, "--input", input];
    const denied = await command(["policy", "eval", "data.doteros", ...words]);
    expect([denied.code, denied.stdout]).toEqual([0, '{"allow":false,"deny":["alerts.new-york is muted"]}\n']);
    expect((await command(["policy", "eval", "input.big", ...words])).stdout).toBe("12345678901234567890\n");
    expect(objects((await command(["policy", "eval", "data.doteros.allow", ...words, "--json"])).stdout)).toEqual([{ type: "result", query: "data.doteros.allow", defined: true, value: false }]);
    const none = await command(["policy", "eval", "data.nothing", ...words]);
    expect([none.code, none.stdout, none.stderr]).toEqual([1, "", "data.nothing has no value\n"]);
    expect((await command(["policy", "eval", "data.(", ...words])).stderr).toContain("error[DW0071]: query:1:6: rego_parse_error");
    expect((await command(["policy", "eval", "1", "--input", policy])).stderr).toContain("error[DW0048]: the input is not JSON");
    expect((await command(["policy", "eval"])).code).toBe(2);
  });

  it("tests the rules that are tests", async () => {
    const tests = folder.write(
      "policy_test.rego",
      'package doteros_test\nimport data.doteros\ntest_open if doteros.allow with input as {} with data.muted as []\ntest_muted if doteros.allow with input as {"resource": {"subject": "a"}} with data.muted as ["a"]\ntodo_test_later if false\ntest_conflict if f(1) == 1\nf(x) := x\nf(x) := x + 1\n',
    );
    const { code, stdout } = await command(["policy", "test", policy, tests, "--json"]);
    expect(code).toBe(1);
    const all = objects(stdout);
    expect(all.map(({ name, line, result }) => [name, line, result])).toEqual([
      ["data.doteros_test.test_open", 3, "pass"],
      ["data.doteros_test.test_muted", 4, "fail"],
      ["data.doteros_test.todo_test_later", 5, "skip"],
      ["data.doteros_test.test_conflict", 6, "error"],
      [undefined, undefined, undefined],
    ]);
    expect(all.at(-1)).toEqual({ type: "summary", tests: 4, passed: 1, failed: 1, errors: 1, skipped: 1 });
    const fine = folder.write("fine_test.rego", "package fine\ntest_it if 1 + 1 == 2\n");
    const passed = await command(["policy", "test", fine]);
    expect([passed.code, passed.stdout, passed.stderr]).toEqual([0, "data.fine.test_it: PASS\n", "1 passed, 0 failed, 0 errors, 0 skipped\n"]);
    expect((await command(["policy", "test", policy])).code).toBe(1);
  });

  it("checks, and names every mistake", async () => {
    expect((await command(["policy", "check", policy, "--json"])).stdout).toBe(`${JSON.stringify({ type: "check", ok: true, files: [policy] })}\n`);
    const worse = folder.write("worse.rego", "package p\nq if\n");
    const both = await command(["policy", "check", worse, folder.write("worst.rego", "package p\nq := [\n"), "--json"]);
    expect(both.code).toBe(1);
    expect(objects(both.stdout)[0]).toMatchObject({ type: "error", code: "invalid-policy", message: expect.stringMatching(/^3 mistakes in the policy:\n.*worse\.rego:3:1: rego_parse_error/) as string });
    expect((await command(["policy", "chek", policy])).stderr).toContain("did you mean doteros-wasm policy check?");
    expect((await command(["policy", "check"])).code).toBe(2);
    expect((await command(["policy", "--help"])).stdout).toContain("doteros-wasm policy eval 'data.app.allow'");
  });
});
