import { describe, expect, it } from "vitest";
import { compilePolicy, Coverage, type CoverageReport } from "../../host/policy/rego/index.ts";

const HEAD = "package t\n";

/** What evaluating queries reaches of rules that begin on the second line. */
function reached(rules: string, ...evaluations: [query: string, input?: unknown][]): CoverageReport {
  const coverage = new Coverage();
  const policy = compilePolicy({ modules: { "t.rego": HEAD + rules }, probe: coverage });
  for (const [query, input] of evaluations) policy.evaluate(query, input);
  return coverage.report();
}

/** The texts of the ranges. */
function textsOf(rules: string, report: CoverageReport, which: "covered" | "not_covered"): string[] {
  const lines = (HEAD + rules).split("\n").map((line) => Array.from(line));
  return (report.files["t.rego"]?.[which] ?? []).map(({ start, end }) => {
    const part = lines.slice(start.row - 1, end.row).map((line, at, all) => line.slice(at === 0 ? start.col - 1 : 0, at === all.length - 1 ? end.col - 1 : undefined).join(""));
    return part.join("\n");
  });
}

describe("coverage", () => {
  it("is of heads that had a value, and expressions that were evaluated", () => {
    const rules = "allow if {\n\tinput.a == 1\n\tinput.b == 2\n\tinput.c == 3\n}\n\ndefault allow := false\n\ndeny contains msg if msg := input.why";
    const report = reached(rules, ["data.t.allow", { a: 1 }]);
    expect(textsOf(rules, report, "covered")).toEqual(["input.a == 1", "input.b == 2", "allow := false"]);
    expect(textsOf(rules, report, "not_covered")).toEqual(["allow", "input.c == 3", "deny contains msg", "msg := input.why"]);
    expect(report).toMatchObject({ covered_lines: 3, not_covered_lines: 3, coverage: 50 });
    expect(report.files["t.rego"]).toMatchObject({ covered_lines: 3, not_covered_lines: 3, coverage: 50 });
  });

  it("grows with each evaluation", () => {
    const rules = "p if input == 1\n\np if input == 2";
    expect(textsOf(rules, reached(rules, ["data.t.p", 1]), "not_covered")).toEqual(["p", "input == 2"]);
    expect(reached(rules, ["data.t.p", 1], ["data.t.p", 2]).coverage).toBe(100);
    expect(reached(rules).coverage).toBe(0);
  });

  it.each<[string, string, string[]]>([
    ["else, each with its head", "p := 1 if false\nelse := 2 if true\nelse := 3 if true", ["p := 1", "else := 3", "true"]],
    ["functions, each with its head", "p if f(1) == 2\nf(x) := 2 if x == 1\ng(x) := 3 if x == 1", ["g(x) := 3", "x == 1"]],
    ["what is inside expressions", "p if {\n not q\n count([x | some x in input.none; x > 1]) == 0\n every y in [1] { y == 1 }\n}\nq if false", ["x > 1", "q"]],
    ["heads that are comprehensions", "p := [x | x := input.none; x > 1]", ["x > 1"]],
    ["several bodies of one head", "p if { false } { 1 == 1; true }", ["p"]],
    ["refs in heads", "p.a[k] := v if { k := 1; v := 2 }\nq.b := 1", ["q.b := 1"]],
    ["constants", "p := q\nq := {\n  \"a\": 1\n}\nr := 5", ["r := 5"]],
    ["texts with characters of two units", 'p := "😀" if input.none != "😀"', ['p := "😀"']],
  ])("of %s", (_name, rules, wanted) => {
    expect(textsOf(rules, reached(rules, ["data.t.p"]), "not_covered")).toEqual(wanted);
  });

  it("counts all lines of a value that stands on several, and a line twice that was reached in part", () => {
    expect(reached('p := {\n  "a": 1,\n  "b": 2\n}', ["data.t.p"])).toMatchObject({ covered_lines: 4, not_covered_lines: 0 });
    expect(reached("p if input == 1", ["data.t.p", 2])).toMatchObject({ covered_lines: 1, not_covered_lines: 1, coverage: 50 });
  });

  it("is of all modules, in the order of their names", () => {
    const coverage = new Coverage();
    const policy = compilePolicy({ modules: { "b.rego": "package b\nq := 1", "a.rego": "package a\np := data.b.q", "empty.rego": "package c" }, probe: coverage });
    policy.evaluate("data.a.p");
    expect(Object.entries(coverage.report().files).map(([file, { coverage: share }]) => [file, share])).toEqual([["a.rego", 100], ["b.rego", 100]]);
    expect(reached("")).toEqual({ files: {}, covered_lines: 0, not_covered_lines: 0, coverage: 100 });
  });

  it("changes no answer", () => {
    const modules = { "t.rego": "package t\nallow if { some r in input.roles; r == data.admin }\nn := count([x | some x in input.roles])\nboth contains [a, b] if { some a in input.roles; some b in input.roles; a < b }" };
    const [plain, watched] = [compilePolicy({ modules, data: { admin: "x" } }), compilePolicy({ modules, data: { admin: "x" }, probe: new Coverage() })];
    for (const roles of [[], ["x"], ["y", "x", "z"], "none"]) {
      expect(watched.prepare("data.t").decide({ roles })).toEqual(plain.prepare("data.t").decide({ roles }));
    }
  });
});
