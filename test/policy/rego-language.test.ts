import { describe, expect, it } from "vitest";
import { compilePolicy, EvaluationError, type Value } from "../../host/policy/rego/index.ts";

/** The value of `data.t.p` in a module whose rules are given. */
function valueOf(rules: string, input?: unknown, data?: unknown): Value | undefined {
  return compilePolicy({ modules: { "t.rego": `package t\n${rules}` }, data }).evaluate("data.t.p", input);
}

describe("rules", () => {
  it.each<[string, string, Value | undefined]>([
    ["a constant", "p := 1", 1],
    ["a rule that does not hold", "p if false", undefined],
    ["its default then", "default p := 3\np if false", 3],
    ["else, the first that holds", "p := 1 if { false } else := 2 if { 1 == 1 } else := 3", 2],
    ["a function", "p := f(2)\nf(x) := y if y := x * 21", 42],
    ["a function by patterns", 'p := [f("a"), f("b")]\nf("a") := 1\nf("b") := 2', [1, 2]],
    ["a default function", "p := f(1)\ndefault f(_) := 7\nf(x) := 1 if x > 5", 7],
    ["a set", "p contains x if some x in [3, 1, 3]", [1, 3]],
    ["an object", 'p[k] := v if some k, v in {"a": 1, "b": 2}', { a: 1, b: 2 }],
    ["an object whose value gives the key", 'p[k] := {"a": 1, "b": 2}[k]', { a: 1, b: 2 }],
    ["a set whose member gives the key", 'p[k] contains {"a": 1}[k]', { a: [1] }],
    ["a ref in the head", 'p.a.b := 1\np.a[k] := 2 if k := "c"', { a: { b: 1, c: 2 } }],
    ["sets below keys", 'p[k] contains v if { some k in ["x", "y"]; v := k }', { x: ["x"], y: ["y"] }],
    ["undefined is not false", "p if not q\nq if input.missing", true],
    ["every over nothing", "p if every x in [] { x > 1 }", true],
    ["every fails at one", "p if every x in [1, 2] { x > 1 }", undefined],
    ["every needs a collection", "p if every x in input.none { x > 1 }", undefined],
  ])("%s", (_name, rules, wanted) => expect(valueOf(rules)).toEqual(wanted));

  it("with two values at once are an error", () => {
    const policy = compilePolicy({ modules: { "t.rego": "package t\np := x if some x in [1, 2]\nf(_) := 1\nf(_) := 2" } });
    expect(() => policy.evaluate("data.t.p")).toThrow("t.rego:2: eval_conflict_error: complete rules must not produce multiple outputs");
    expect(() => policy.evaluate("data.t.f(1)")).toThrow(EvaluationError);
  });
});

describe("bodies", () => {
  it.each<[string, string, Value | undefined]>([
    ["are put in the order that gives variables values", "p := x if { x > 1; x = y; y = 1 + 1 }", 2],
    ["unify from both sides", "p := [x, y] if { [x, 2] = [1, y] }", [1, 2]],
    ["take objects apart", 'p := x if {"a": [_, x]} = {"a": [1, 2]}', 2],
    ["go through what a variable has no value for", "p := [i | [10, 20, 30][i] > 15]", [1, 2]],
    ["join over one variable", 'p := {x | input.a[x]; input.b[x]}', ["k"]],
    ["go through objects in the order of their keys", 'p := [k | {"b": 1, "a": 2, "10": 3, "9": 4}[k]]', ["10", "9", "a", "b"]],
    ["order strings by code points", 'p := sort(["\\uffee", "\\ud83d\\ude00"])', ["\uffee", "\u{1f600}"]],
    ["know all whole numbers exactly", "p := 9007199254740993 + 1", 9_007_199_254_740_994n],
    ["know what is the same number", "p := count({1, 1.0, 10e-1})", 1],
    ["compute decimals as one writes them", "p := 0.1 + 0.2", 0.3],
    ["keep what is undefined out of composites", "p := [input.none]", undefined],
    ["bind in comprehensions only inside", "p := count([x | x := [1, 2][_]]) + count([x | x := [1][_]])", 3],
  ])("%s", (_name, rules, wanted) => expect(valueOf(rules, { a: { k: 1, l: 2 }, b: { k: 1 } })).toEqual(wanted));
});

describe("with", () => {
  it("replaces the input for one expression", () => {
    expect(valueOf("p := [a, input.x] if a := q with input.x as 2\nq := input.x", { x: 1 })).toEqual([2, 1]);
  });
  it("does not let values of rules out that were found with it", () => {
    expect(valueOf("p := [a, b, c] if { a := q; b := q with input as 5; c := q }\nq := input", 1)).toEqual([1, 5, 1]);
  });
  it("replaces data and rules", () => {
    expect(valueOf("p := [a, data.x.y] if a := r with data.x.y as 2 with q as 3\nr := [data.x.y, q]\nq := 1", {}, { x: { y: 1 } })).toEqual([[2, 3], 1]);
  });
  it("replaces functions by functions and values", () => {
    expect(valueOf('p := [a, b, count("xyz")] if { a := q with count as f; b := q with count as 7 }\nq := count("ab")\nf(x) := count(x) * 10')).toEqual([20, 7, 3]);
  });
});

describe("documents", () => {
  it("are given data and rules together", () => {
    const policy = compilePolicy({ modules: { "a.rego": "package a.b\nr := 1\nf(x) := x", "c.rego": "package a\ns contains 2" }, data: { a: { base: true } } });
    expect(policy.evaluate("data.a")).toEqual({ b: { r: 1 }, base: true, s: [2] });
    expect(policy.query("data.a[x] = y; x != \"base\"")).toEqual([{ x: "b", y: { r: 1 } }, { x: "s", y: [2] }]);
  });
  it("with keys that every object has are asked for those they have themselves", () => {
    const policy = compilePolicy({ modules: { "t.rego": 'package t\np := [k | some k in ["constructor", "__proto__", "toString", "own"]; input[k]]' } });
    expect(policy.evaluate("data.t.p", { own: 1 })).toEqual(["own"]);
    expect(policy.evaluate("data.t.p", JSON.parse('{"__proto__": 1}'))).toEqual(["__proto__"]);
  });
  it("are made with such keys as well, and change nothing else", () => {
    const made = valueOf('p := {k: {"polluted": true} | some k in ["__proto__", "constructor"]}') as Record<string, Value>;
    expect(Object.keys(made)).toEqual(["__proto__", "constructor"]);
    expect("polluted" in {}).toBe(false);
  });
  it("that were given stay as they are when the caller changes his own", () => {
    const data = { list: [1] };
    const policy = compilePolicy({ modules: {}, data });
    data.list.push(2);
    expect(policy.evaluate("data.list")).toEqual([1]);
  });
});

describe("versions", () => {
  it("old modules have rules without if, and sets without contains", () => {
    const old = "package t\np { q[1] }\nq[x] { x := [1, 2][_] }";
    expect(compilePolicy({ modules: { "t.rego": old }, version: "v0" }).evaluate("data.t")).toEqual({ p: true, q: [1, 2] });
    expect(() => compilePolicy({ modules: { "t.rego": old } })).toThrow("`if` keyword is required before rule body");
  });
  it("old modules may ask for the new one", () => {
    const policy = compilePolicy({ modules: { "t.rego": "package t\nimport rego.v1\np if 1 in [1]" }, version: "v0" });
    expect(policy.evaluate("data.t.p")).toBe(true);
  });
});

describe("logic", () => {
  const logic = (body: string): Value | undefined => valueOf(`import future.keywords.and\nimport future.keywords.or\nimport future.keywords.not\np if ${body}`, { a: 1 });
  it.each<[string, Value | undefined]>([
    ["input.a == 1 and input.b == 2", undefined],
    ["input.a == 1 or input.b == 2", true],
    ["input.b == 2 or input.a == 1 and input.a > 0", true],
    ["(input.a == 2 or input.a == 1) and not input.b", true],
    ["not { some x in [1, 2]; x > 2 }", true],
    ["{ x := input.a; x > 5 } or { y := input.a; y < 5 }", true],
  ])("%s", (body, wanted) => expect(logic(body)).toBe(wanted));
});

describe("templates", () => {
  it("say what is undefined", () => expect(valueOf('p := $"{input.a} and {input.b}, {[1, "x"]}"', { a: "A" })).toBe('A and <undefined>, [1, "x"]'));
});

describe("annotations", () => {
  it("are values", () => {
    const rules = '# METADATA\n# title: The rule\n# custom:\n#   level: 3\np := rego.metadata.rule()\n';
    expect(valueOf(rules)).toEqual({ scope: "rule", title: "The rule", custom: { level: 3 } });
  });
});
