import { describe, expect, it } from "vitest";
import { compilePolicy, PolicyError, type RegoIssue } from "../../host/policy/rego/index.ts";
import { refusal } from "../refusal.ts";

function issuesOf(text: string): readonly RegoIssue[] {
  const error = refusal(() => compilePolicy({ modules: { "p.rego": text } }));
  expect(error).toBeInstanceOf(PolicyError);
  return (error as PolicyError).issues;
}

describe("a mistake in a policy", () => {
  it("is shown with its file, line and column, the line itself and a caret", () => {
    const error = refusal(() => compilePolicy({ modules: { "p.rego": "package p\n\n\tallow if {\n\t\tinput.x ==\n\t}\n" } }));
    expect(error.message).toBe("1 error occurred: p.rego:5: rego_parse_error: unexpected } token\n\t}\n\t^");
    expect(error.code).toBe("invalid-policy");
    expect(error.number).toBe("DW0071");
    expect(error.where).toBe("p.rego:5:2");
  });

  it.each<[string, string, string, string]>([
    ["an empty module", "", "rego_parse_error", "empty module"],
    ["no package", "p := 1", "rego_parse_error", "package expected"],
    ["a body without if", "package p\nq { true }", "rego_parse_error", "`if` keyword is required before rule body"],
    ["an open string", 'package p\nq := "a', "rego_parse_error", "non-terminated string"],
    ["an unknown escape", "package p\nq := \"\\q\"", "rego_parse_error", "illegal escape sequence"],
    ["a leading zero", "package p\nq := 01", "rego_parse_error", "unexpected number token: expected number without leading zero"],
    ["a default that is computed", "package p\ndefault q := input.x", "rego_parse_error", "illegal default rule (value cannot contain ref)"],
    ["a wrong import", "package p\nimport foo.bar", "rego_parse_error", "unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)"],
    ["an unsafe variable", "package p\nq if x > 1", "rego_unsafe_var_error", "var x is unsafe"],
    ["an unsafe head", "package p\nq := x if true", "rego_unsafe_var_error", "var x is unsafe"],
    ["an unsafe variable below not", "package p\nq if not input.a[x] == y", "rego_unsafe_var_error", "var x is unsafe"],
    ["an unknown function", "package p\nq := nope(1)", "rego_type_error", "undefined function nope"],
    ["an unknown function of a library", "package p\nq := http.send({})", "rego_type_error", "undefined function http.send"],
    ["too many operands", "package p\nq := f(1, 2)\nf(x) := x", "rego_type_error", "function data.p.f has arity 1, got 2 arguments"],
    ["recursion", "package p\nq if r\nr if q", "rego_recursion_error", "rule data.p.q is recursive: data.p.q -> data.p.r -> data.p.q"],
    ["a second :=", "package p\nq if { x := 1; x := 2 }", "rego_compile_error", "var x assigned above"],
    ["a := after use", "package p\nq if { x > 1; x := 2 }", "rego_compile_error", "var x referenced above"],
    ["an unused some", "package p\nq if { some x; true }", "rego_compile_error", "declared var x unused"],
    ["a rule called input", "package p\ninput := 1", "rego_compile_error", "rules must not shadow input (use a different rule name)"],
    ["two imports of one name", "package p\nimport data.a.x\nimport data.b.x\nq := x", "rego_compile_error", "import must not shadow import data.a.x"],
    ["rules of two kinds", "package p\nq := 1\nq contains 2", "rego_type_error", "conflicting rules data.p.q found"],
    ["two defaults", "package p\ndefault q := 1\ndefault q := 2", "rego_type_error", "multiple default rules data.p.q found at p.rego:2, p.rego:3"],
    ["a rule in a rule", "package p\nq := 1\nq.r := 2", "rego_type_error", "rule data.p.q conflicts with:\n  rule data.p.q.r at p.rego:3"],
    ["with for a part of a rule", "package p\nq := {}\nr := 1 if q with data.p.q.x as 1", "rego_compile_error", "with keyword cannot partially replace virtual document(s)"],
    ["with for nothing", "package p\nr := 1 if true with foo as 1", "rego_type_error", "with keyword target must reference existing input, data, or a function"],
  ])("%s", (_name, text, code, message) => {
    const [issue] = issuesOf(text);
    expect([issue?.code, issue?.message]).toEqual([code, message]);
  });

  it("is told with others, ten at most", () => {
    const issues = issuesOf(`package p\n${Array.from({ length: 12 }, (_, at) => `q${at} if x${at} > 1`).join("\n")}`);
    expect(issues).toHaveLength(11);
    expect(issues.map(({ row }) => row).slice(0, 10)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(issues.at(-1)?.message).toBe("error limit reached");
  });
});

describe("a mistake in a query", () => {
  const policy = compilePolicy({ modules: {} });
  it("is shown with its place", () => expect(() => policy.query("data.x = ")).toThrow("rego_parse_error: unexpected eof token"));
  it("that has no value says what to do", () => expect(() => policy.evaluate("x := 1; y := 2")).toThrow("ask for its variables with query()"));
});

describe("a builtin that fails", () => {
  const modules = { "p.rego": 'package p\nq := to_number("x")\ndefault r := "none"\nr := 1 / 0' };
  it("is undefined", () => expect(compilePolicy({ modules }).evaluate("data.p")).toEqual({ r: "none" }));
  it("ends the evaluation when that is asked for", () => {
    const policy = compilePolicy({ modules, strict: true });
    expect(refusal(() => policy.evaluate("data.p.r")).message).toBe("p.rego:4: eval_builtin_error: div: divide by zero");
    expect(refusal(() => policy.evaluate("data.p.r")).code).toBe("policy-failed");
  });
});
