import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, objects, type Result } from "./command.ts";
import { Folder } from "./fixture.ts";
import { MUTING, WEATHER_RUN } from "./weather-policy.ts";


const folder = new Folder();
const store = join(folder.path, "store");
let policy = "";
let data = "";
let wrong = "";
beforeAll(() => {
  policy = folder.write("policy.rego", MUTING);
  data = folder.write("data.json", '{"muted": ["alerts.new-york"]}');
  wrong = folder.write("wrong.rego", "package doteros\n\nallow if input.a == missing\n");
});
afterAll(() => folder.remove());

const weather = (...words: string[]): Promise<Result> => command([...WEATHER_RUN, "--json", ...words]);
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
    const { code, stderr } = await command([...WEATHER_RUN, "--policy", closed]);
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
    expect(objects((await command(["policy", "eval", "data.doteros.allow", ...words, "--json"])).stdout)).toEqual([
      { type: "result", result: [{ expressions: [{ value: false, text: "data.doteros.allow", location: { row: 1, col: 1 } }] }] },
    ]);
    const none = await command(["policy", "eval", "data.nothing", ...words]);
    expect([none.code, none.stdout, none.stderr]).toEqual([0, "", "data.nothing has no value\n"]);
    expect((await command(["policy", "eval", "data.(", ...words])).stderr).toContain("error[DW0071]: query:1:6: rego_parse_error");
    expect((await command(["policy", "eval", "1", "--input", policy])).stderr).toContain("error[DW0048]: the input is not JSON");
    expect((await command(["policy", "eval"])).code).toBe(2);
  });

  it("evaluates several expressions, with what their variables are", async () => {
    expect((await command(["policy", "eval", "x := 1; y := x + 1"])).stdout).toBe('{"x":1,"y":2}\n');
    expect((await command(["policy", "eval", "data.muted[i]", "--data", data])).stdout).toBe('"alerts.new-york"  {"i":0}\n');
    expect((await command(["policy", "eval", "[1, 2][_]"])).stdout).toBe("1\n2\n");
    const { stdout } = await command(["policy", "eval", "some big in [12345678901234567890]; big > 1", "--json"]);
    expect(stdout).toContain('"bindings":{"big":12345678901234567890}');
    const none = await command(["policy", "eval", "x := 1; x > 1", "--json"]);
    expect([none.code, none.stdout]).toEqual([0, '{"type":"result"}\n']);
  });

  it("ends as --fail and --fail-defined say", async () => {
    const code = async (query: string, ...words: string[]): Promise<number | null> => (await command(["policy", "eval", query, "--policy", policy, ...words])).code;
    expect(await Promise.all([code("data.none", "--fail"), code("false", "--fail"), code("data.none", "--fail-defined"), code("false", "--fail-defined")])).toEqual([1, 0, 0, 1]);
    const both = await command(["policy", "eval", "1", "--fail", "--fail-defined"]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("leave nothing that is well")]);
  });

  it("explains an evaluation, also one that fails, and tells what was printed", async () => {
    const rules = folder.write("why.rego", 'package why\nallow if {\n  print("role is", input.role)\n  trace("looked")\n  input.role == "admin"\n}\nboth := 1\nboth := 2 if trace("\\u001b[2J")\n');
    const words = ["--policy", rules, "--input", folder.write("guest.json", '{"role": "guest"}')];
    const fails = await command(["policy", "eval", "data.why.allow", ...words, "--explain", "fails"]);
    expect(fails.stderr.split("\n")).toEqual(["role is guest", `${rules}:2  Enter data.why.allow`, `${rules}:5  | Fail input.role == "admin"`, `${"query:1".padEnd(rules.length + 2)}  Fail data.why.allow`, "data.why.allow has no value", ""]);
    const notes = objects((await command(["policy", "eval", "data.why.allow", ...words, "--explain", "notes", "--json"])).stdout);
    expect(notes).toEqual([{ type: "result", explanation: [`${rules}:2  Enter data.why.allow`, `${rules}:4  | Note "looked"`] }]);
    const conflict = await command(["policy", "eval", "data.why.both", ...words, "--explain", "full"]);
    expect(conflict.code).toBe(1);
    expect(conflict.stderr).toContain(`${rules}:7  Enter data.why.both`);
    expect(conflict.stderr).toContain("eval_conflict_error");
    expect(conflict.stderr).not.toContain("\u001b");
    const near = await command(["policy", "eval", "1", "--explain", "nots"]);
    expect([near.code, near.stderr]).toEqual([2, expect.stringContaining("did you mean notes?")]);
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

  it("shows what tests said that did not pass, and how it came to that", async () => {
    const tests = folder.write("said_test.rego", 'package said\ntest_good if print("not shown")\ntest_bad if {\n  print("x is", input.x)\n  trace("noted")\n  input.x == 1\n}\n');
    const { code, stdout } = await command(["policy", "test", tests]);
    expect([code, stdout.split("\n")]).toEqual([
      1,
      ["data.said.test_good: PASS", `data.said.test_bad: FAIL  ${tests}:3`, "  x is <undefined>", `  ${tests}:3  Enter data.said.test_bad`, `  ${tests}:5  | Note "noted"`, ""],
    ]);
    const fails = await command(["policy", "test", tests, "--run", "bad", "--explain", "fails", "--json"]);
    expect(objects(fails.stdout)).toEqual([
      { type: "test", name: "data.said.test_bad", file: tests, line: 3, result: "fail", printed: ["x is <undefined>"], trace: [`${tests}:3  Enter data.said.test_bad`, `${tests}:6  | Fail input.x == 1`] },
      { type: "summary", tests: 1, passed: 0, failed: 1, errors: 0, skipped: 0 },
    ]);
    expect((await command(["policy", "test", tests, "--run", "^data.said.test_good$"])).code).toBe(0);
    expect((await command(["policy", "test", tests, "--run", "nothing"])).stderr).toBe("no test has nothing in its name\n");
    const open = await command(["policy", "test", tests, "--run", "("]);
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining("it is no regular expression")]);
  });

  it("tells what tests reach, and whether it is enough", async () => {
    const app = folder.write("app.rego", 'package app\nallow if input.admin\ndeny contains "late" if {\n  input.late\n}\n');
    const tests = folder.write("app_test.rego", 'package app_test\ntest_allow if data.app.allow with input as {"admin": true}\n');
    const { code, stdout } = await command(["policy", "test", app, tests, "--coverage"]);
    expect(code).toBe(0);
    expect(stdout.split("\n").slice(1)).toEqual([
      `${app.padEnd(tests.length)}   33.33 %  not reached: 3-4`,
      `${tests}  100.00 %`,
      `${"all".padEnd(tests.length)}   50.00 %`,
      "",
    ]);
    const report = objects((await command(["policy", "test", app, tests, "--coverage", "--json"])).stdout)[1] as { files: Record<string, object> };
    expect(report).toMatchObject({ type: "coverage", covered_lines: 2, not_covered_lines: 2, coverage: 50 });
    expect(report.files[app]).toEqual({
      covered: [{ start: { row: 2, col: 1 }, end: { row: 2, col: 6 } }, { start: { row: 2, col: 10 }, end: { row: 2, col: 21 } }],
      not_covered: [{ start: { row: 3, col: 1 }, end: { row: 3, col: 21 } }, { start: { row: 4, col: 3 }, end: { row: 4, col: 13 } }],
      covered_lines: 1,
      not_covered_lines: 2,
      coverage: 100 / 3,
    });
    expect((await command(["policy", "test", app, tests, "--threshold", "50"])).code).toBe(0);
    const less = await command(["policy", "test", app, tests, "--threshold", "50.5"]);
    expect([less.code, less.stderr]).toEqual([1, expect.stringContaining("the tests reach 50.00 %, and 50.5 % must be reached")]);
    for (const share of ["101", "-1", "much", ""]) expect((await command(["policy", "test", app, `--threshold=${share}`])).code).toBe(2);
  });

  it("writes a policy to start from, whose folder is tested and run as it is", async () => {
    const path = join(folder.path, "rules");
    const made = await command(["policy", "new", "least-privilege", path, "--json"]);
    expect([made.code, made.stderr]).toEqual([0, ""]);
    expect(objects(made.stdout)).toMatchObject([{ type: "created", folder: path, policy: "least-privilege", files: ["README.md", "data.json", "policy.rego", "policy_test.rego"] }]);
    expect((await command(["policy", "test", path, "--threshold", "95"])).code).toBe(0);
    expect((await command(["policy", "eval", "data.capsules.weather.may.log", "--policy", path])).stdout).toBe('["*"]\n');
    expect((await command(["policy", "check", path])).stderr).toBe("2 files, no mistakes\n");

    const rules = ["--policy", join(path, "policy.rego"), "--data"];
    const allowed = await weather(...rules, join(path, "data.json"));
    expect([allowed.code, summaryOf(allowed)["denied"]]).toEqual([0, 0]);
    const narrow = folder.write("narrow.json", '{"capsules": {"weather": {"may": {"subscribe": ["readings.>"], "publish": ["alerts.>"], "state.get": ["*"], "log": ["*"], "state.put": ["city/Seattle"]}}}}');
    const denied = await weather(...rules, narrow);
    expect(denied.code).toBe(1);
    expect(summaryOf(denied)["denied"]).toBeGreaterThan(0);
    const errors = objects(denied.stdout).filter(({ type }) => type === "error");
    expect(errors.length).toBe(summaryOf(denied)["denied"]);
    for (const { message } of errors) expect(message).toContain("denied: weather is not listed for state.put of city/New York");
  });

  it("writes nothing over, and knows what there is to start from", async () => {
    const taken = await command(["policy", "new", "phi", folder.path]);
    expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining("there is something of that name")]);
    const near = await command(["policy", "new", "pci"]);
    expect([near.code, near.stderr]).toEqual([2, expect.stringContaining("least-privilege, per-tenant, phi, cardholder-data, consent")]);
    expect((await command(["policy", "new", "constent"])).stderr).toContain("did you mean consent?");
    expect((await command(["policy", "new"])).code).toBe(2);
  });

  it("refuses folders without modules, and two files of data", async () => {
    const none = folder.folder("none");
    const bare = await command(["policy", "test", none]);
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining("has no file whose name ends in .rego")]);
    const [one, two] = ["one", "two"].map((name) => join(folder.path, name)) as [string, string];
    for (const path of [one, two]) await command(["policy", "new", "phi", path]);
    const both = await command(["policy", "test", one, two]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("there are 2 files of data")]);
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
