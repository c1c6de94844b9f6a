import { describe, expect, it } from "vitest";
import { REGO_TRACE_EVENTS_MAX } from "../../host/contract/limits.ts";
import { compilePolicy, explain, type PolicySource, Trace } from "../../host/policy/rego/index.ts";
import { refusal } from "../refusal.ts";

/** A policy of these rules, from the second line on, and what it does. */
function traced(rules: string, options: Partial<PolicySource> = {}): { policy: ReturnType<typeof compilePolicy>; trace: Trace } {
  const trace = new Trace();
  return { trace, policy: compilePolicy({ modules: { "t.rego": `package t\n${rules}` }, probe: trace, ...options }) };
}

/** What evaluating `data.t.p` does, as lines. */
function linesOf(rules: string, input?: unknown, what: "full" | "fails" | "notes" = "full"): string[] {
  const { policy, trace } = traced(rules);
  policy.evaluate("data.t.p", input);
  return explain(trace.events, what);
}

describe("a trace", () => {
  it("has the rules and expressions in the order they are evaluated, each inside what asked for it", () => {
    expect(linesOf("p if {\n  x := input.a\n  q(x)\n}\nq(x) if x > 1", { a: 2 })).toEqual([
      "t.rego:2  Enter data.t.p",
      "t.rego:3  | Eval x := input.a",
      "t.rego:4  | Eval q(x)",
      "t.rego:6  | Enter data.t.q",
      "t.rego:6  | | Eval x > 1",
      "t.rego:6  | | Exit data.t.q",
      "t.rego:2  | Exit data.t.p",
    ]);
  });

  it("tells what did not hold, with the values of its variables, and the rules around it", () => {
    const rules = 'default p := false\np if {\n  some x in input.xs\n  q[x]\n}\nq contains x if {\n  some x in ["a", "b"]\n  x != "b"\n}';
    expect(linesOf(rules, { xs: ["b", "c"] }, "fails")).toEqual([
      "t.rego:3  Enter data.t.p",
      "t.rego:7  | Enter data.t.q",
      't.rego:9  | | Fail x != "b"  {"x": "b"}',
      't.rego:5  | Fail q[x]  {"x": "b"}',
      't.rego:5  | Fail q[x]  {"x": "c"}',
    ]);
  });

  it.each<[string, string, string[]]>([
    ["not", "p if not input.a", ["Enter data.t.p", "| Eval not input.a", "| | Eval input.a", "| | Fail input.a", "| Exit data.t.p"]],
    ["else", "p := 1 if input.a\nelse := 2", ["Enter data.t.p", "| Eval input.a", "| Fail input.a", "Enter data.t.p", "| Exit data.t.p"]],
    ["a default", "default p := 1", ["Enter data.t.p", "| Exit data.t.p"]],
    ["a comprehension", "p := [x | x := 1]", ["Enter data.t.p", "| Eval x := 1", "| Exit data.t.p"]],
    ["every", "p if every x in [1] { x > 0 }", ["Enter data.t.p", "| Eval every x in [1] { x > 0 }", "| | Eval x > 0", "| Exit data.t.p"]],
    ["with", "p if q with input as 1\nq if input == 1", ["Enter data.t.p", "| Eval q with input as 1", "| Enter data.t.q", "| | Eval input == 1", "| | Exit data.t.q", "| Exit data.t.p"]],
    ["a template", 'p := $"{input.a}!"', ["Enter data.t.p", "| Eval input.a", "| Fail input.a", "| Exit data.t.p"]],
    ["an expression over several lines", 'p if {\n  count([\n    "a"\n  ]) == 1\n}', ["Enter data.t.p", '| Eval count([ "a" ]) == 1', "| Exit data.t.p"]],
  ])("of %s", (_name, rules, wanted) => {
    expect(linesOf(rules).map((line) => line.replace(/^t\.rego:\d+ +/, ""))).toEqual(wanted);
  });

  it("tries each rule, also where an index would choose among them", () => {
    const rules = Array.from({ length: 8 }, (_, at) => `p if input.a == ${at}`).join("\n");
    expect(linesOf(rules, { a: 7 }, "fails").filter((line) => line.includes("Fail"))).toHaveLength(7);
  });

  it("of a query has no file", () => {
    const { policy, trace } = traced("p := 1");
    expect(policy.answers("x := data.t.p; x > 1")).toEqual([]);
    expect(explain(trace.events, "fails")).toEqual(["query:1  Fail x > 1"]);
  });

  it("shows long values by their beginning", () => {
    const [, fail = ""] = linesOf("p if {\n x := input.a\n x == 1\n}", { a: "y".repeat(10_000) }, "fails");
    expect(fail.length).toBeLessThan(300);
    expect(fail.endsWith("…")).toBe(true);
  });

  it("is empty again when it was cleared, and goes on as before after an evaluation that failed", () => {
    const { policy, trace } = traced("p := q\nq := x if some x in [1, 2]\nr := 1");
    expect(() => policy.evaluate("data.t.p")).toThrow("eval_conflict_error");
    expect(trace.events.length).toBeGreaterThan(0);
    trace.clear();
    expect(trace.events).toEqual([]);
    policy.evaluate("data.t.r");
    expect(explain(trace.events, "full")).toEqual(["t.rego:4  Enter data.t.r", "t.rego:4  | Exit data.t.r"]);
  });

  it("keeps so many events, and counts the others", () => {
    const { policy, trace } = traced("p if {\n some i in numbers.range(1, 60000)\n i < 0\n}");
    policy.evaluate("data.t.p");
    expect(trace.events).toHaveLength(REGO_TRACE_EVENTS_MAX);
    expect(trace.lost).toBe(2 + 2 * 60_000 - REGO_TRACE_EVENTS_MAX);
  });

  it("ends where an evaluation comes to its limit", () => {
    const { policy, trace } = traced("p if { some i in numbers.range(1, 100000); i < 0 }", { steps: 1_000 });
    expect(refusal(() => policy.evaluate("data.t.p")).code).toBe("limit-exceeded");
    expect(trace.events.length).toBeGreaterThan(0);
  });
});

describe("trace()", () => {
  it("is noted, inside the rules that called it", () => {
    const rules = 'p if {\n  q\n}\nq if {\n  trace(sprintf("a is %v", [input.a]))\n}';
    expect(linesOf(rules, { a: 1 }, "notes")).toEqual(["t.rego:2  Enter data.t.p", "t.rego:5  | Enter data.t.q", 't.rego:6  | | Note "a is 1"']);
  });
  it("goes to whoever takes notes, without a trace", () => {
    const notes: string[] = [];
    const policy = compilePolicy({ modules: { "t.rego": 'package t\np if trace("here")' }, note: (text) => notes.push(text) });
    expect(policy.evaluate("data.t.p")).toBe(true);
    expect(notes).toEqual(["here"]);
  });
  it("of something that is no text has no value", () => {
    expect(compilePolicy({ modules: { "t.rego": "package t\np if trace(1)" } }).evaluate("data.t.p")).toBeUndefined();
  });
});

describe("print()", () => {
  const printed = (rules: string, input?: unknown): string[] => {
    const lines: string[] = [];
    compilePolicy({ modules: { "t.rego": `package t\n${rules}` }, print: (line) => lines.push(line) }).evaluate("data.t.p", input);
    return lines;
  };
  it.each<[string, string, string[]]>([
    ["texts as they are, other values as Rego writes them", 'p if print("a", "b", [1, "c"], {"k"}, null)', ['a b [1, "c"] {"k"} null']],
    ["what is undefined as such", "p if print(input.a, input.none, 1 / 0)", ["1 <undefined> <undefined>"]],
    ["each of several values", "p if print([3, 4][_], [5, 6][_])", ["3 5", "3 6", "4 5", "4 6"]],
    ["nothing but a line break", "p if print()", [""]],
    ["the values that variables have", "p if { some x in [1, 2]; print(x); x == 2 }", ["1", "2"]],
    ["what functions answer", "p if print(f(2))\nf(x) := x + 1", ["3"]],
  ])("says %s", (_name, rules, wanted) => expect(printed(rules, { a: 1 })).toEqual(wanted));

  it("holds always, and evaluates nothing where nobody listens", () => {
    const rules = "package t\np if print(numbers.range(1, 1000000000))";
    expect(compilePolicy({ modules: { "t.rego": rules } }).evaluate("data.t.p")).toBe(true);
    expect(refusal(() => compilePolicy({ modules: { "t.rego": rules }, print: () => {} }).evaluate("data.t.p")).code).toBe("limit-exceeded");
  });
  it("comes to a limit when there are too many ways to say it", () => {
    const wide = Array.from({ length: 12 }, () => "numbers.range(1, 100)[_]").join(", ");
    expect(refusal(() => printed(`p if print(${wide})`)).code).toBe("limit-exceeded");
  });
});
