import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REGO_NESTING_MAX } from "../../host/contract/limits.ts";
import { compilePolicy, compilePolicyWith, coreBuiltins, type PolicySource, type Value } from "../../host/policy/rego/index.ts";
import { refusal } from "../refusal.ts";

const compile = (rules: string, options: Partial<PolicySource> = {}): ReturnType<typeof compilePolicy> =>
  compilePolicy({ modules: { "t.rego": `package t\n${rules}` }, ...options });

/** What is inside itself, so deep. */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let at = 0; at < depth; at += 1) value = [value];
  return value;
}

describe("an evaluation ends", () => {
  it.each<[string, string]>([
    ["when it iterates over everything times everything", "p := count([1 | numbers.range(1, 10000)[_]; numbers.range(1, 10000)[_]])"],
    ["when a range is long", "p := numbers.range(1, 1000000000000)"],
    ["when a network is large", 'p := net.cidr_expand("::/0")'],
    ["when a graph has many paths", "p := graph.reachable_paths({x: numbers.range(0, 40) | some x in numbers.range(0, 40)}, [0])"],
    ["when a text doubles again and again", `${Array.from({ length: 60 }, (_, at) => `s${at + 1} := concat("", [s${at}, s${at}])`).join("\n")}\ns0 := "0123456789"\np := s60`],
    ["when an array doubles again and again", `${Array.from({ length: 60 }, (_, at) => `s${at + 1} := array.concat(s${at}, s${at})`).join("\n")}\ns0 := [1]\np := s60`],
    ["when functions call each other more and more", `${Array.from({ length: 60 }, (_, at) => `f${at + 1}(x) := f${at}(x) + f${at}(x)`).join("\n")}\nf0(x) := x\np := f60(1)`],
    ["when a width is large", 'p := [s | some i in numbers.range(1, 100000); s := sprintf("%999999d", [i])]'],
    ["when a number grows", `${Array.from({ length: 40 }, (_, at) => `s${at + 1} := bits.lsh(s${at}, 60000)`).join("\n")}\ns0 := 1\np := [s40 | numbers.range(1, 10000000)[_]]`],
    ["when it sums up much again and again", "p := [sum(x) | x := numbers.range(1, 100000); numbers.range(1, 100000)[_]]"],
    ["when it compares much again and again", "p := [1 | x := [numbers.range(1, 100000)]; y := [numbers.range(1, 100000)]; numbers.range(1, 100000)[_]; x == y]"],
    ["when it unifies much again and again", "p := [1 | x := [numbers.range(1, 100000)]; y := [numbers.range(1, 100000)]; numbers.range(1, 100000)[_]; x = y]"],
    ["when it puts much into sets again and again", "p := {[i, x] | x := numbers.range(1, 100000); i := numbers.range(1, 100000)[_]}"],
    ["when it looks for something in much again and again", "p := [1 | x := numbers.range(1, 100000); numbers.range(1, 100000)[_]; not -1 in x]"],
  ])("%s", (_name, rules) => {
    const error = refusal(() => compile(rules, { steps: 200_000 }).evaluate("data.t.p"));
    expect(error.code).toBe("limit-exceeded");
  });

  it("after the steps it was given", () => {
    const rules = "p := count([x | some x in input])";
    expect(refusal(() => compile(rules, { steps: 50 }).evaluate("data.t.p", new Array(100).fill(0))).message).toBe("the evaluation took more than 50 steps");
    expect(compile(rules, { steps: 500 }).evaluate("data.t.p", new Array(100).fill(0))).toBe(100);
  });

  it("at the depth it was given", () => {
    const rules = `${Array.from({ length: 50 }, (_, at) => `r${at + 1} := r${at}`).join("\n")}\nr0 := 1\np := r50`;
    expect(refusal(() => compile(rules, { depth: 20 }).evaluate("data.t.p")).message).toContain("deeper than 20");
    expect(compile(rules).evaluate("data.t.p")).toBe(1);
  });

  it("when ten thousand rules wait for each other", () => {
    const rules = `${Array.from({ length: 10_000 }, (_, at) => `r${at + 1} := r${at}`).join("\n")}\nr0 := 1\np := r10000`;
    expect(refusal(() => compile(rules, { depth: 1_000_000 }).evaluate("data.t.p")).code).toBe("limit-exceeded");
  });
});

describe("documents that are very deep", () => {
  it.each(["p := input == [input]", "p := {input}", 'p := sprintf("%v", [input])', "p := json.marshal(input)", "p := input", "p contains input", "p := sort([input, [input]])"])(
    "are refused by %s",
    (rule) => expect(refusal(() => compile(rule).evaluate("data.t.p", nested(100_000))).code).toBe("limit-exceeded"),
  );
  it("are not in the way of what does not go down", () => {
    expect(compile("p := count(input.a)").evaluate("data.t.p", { a: nested(100_000) })).toBe(1);
    expect(compile("p := input.b").evaluate("data.t.p", { a: nested(100_000), b: 2 })).toBe(2);
  });
  it("are walked as far as there are steps", () => {
    expect(refusal(() => compile("p := count([1 | walk(input)])", { steps: 10_000 }).evaluate("data.t.p", nested(100_000))).code).toBe("limit-exceeded");
  });
  it("in data are refused when the policy is compiled", () => {
    expect(refusal(() => compilePolicy({ modules: {}, data: nested(100_000) })).code).toBe("limit-exceeded");
  });
});

describe("texts that are very deep", () => {
  it.each<[string, string]>([
    ["brackets", `${"[".repeat(100_000)}1${"]".repeat(100_000)}`],
    ["braces", `${"{".repeat(100_000)}1${"}".repeat(100_000)}`],
    ["parentheses", `${"(".repeat(100_000)}1${")".repeat(100_000)}`],
    ["calls", `${"f(".repeat(100_000)}1${")".repeat(100_000)}`],
    ["comprehensions", `${"[1 | ".repeat(100_000)}true${"]".repeat(100_000)}`],
    ["templates", `${'$"{'.repeat(100_000)}1${'}"'.repeat(100_000)}`],
  ])("are refused: %s", (_name, term) => {
    const error = refusal(() => compile(`p := ${term}`));
    expect(error.message).toContain("max parsing recursion depth exceeded");
  });
  it("are read up to the limit, and in no longer than it takes to read them", () => {
    const depth = Math.floor(REGO_NESTING_MAX / 3);
    expect(compile(`p := ${"[".repeat(depth)}1${"]".repeat(depth)}`).evaluate("data.t.p")).toEqual(JSON.parse(`${"[".repeat(depth)}1${"]".repeat(depth)}`));
    expect(compile(`p := ${"{1: ".repeat(depth)}1${"}".repeat(depth)}`).evaluate("data.t.p")).toBeDefined();
  });
  it("may be long when they are flat", () => {
    const many = Array.from({ length: 3_000 }, (_, at) => `input.x != ${at}`).join("\n");
    expect(compile(`p if {\n${many}\n}`).evaluate("data.t.p", { x: -1 })).toBe(true);
    expect(compile(`p := ${Array.from({ length: 300 }, () => "1").join(" + ")}`).evaluate("data.t.p")).toBe(300);
  });
  it.each<[string, string]>([
    ["sums", `p := ${Array.from({ length: 100_000 }, () => "1").join(" + ")}`],
    ["alternatives", `p := 1 if { 1 == 2 } ${Array.from({ length: 20_000 }, (_, at) => `else := ${at} if { 1 == 2 }`).join(" ")}`],
    ["memberships", `p := ${Array.from({ length: 50_000 }, () => "1").join(" in ")}`],
  ])("are refused when what they say is nested without brackets: %s", (_name, rules) => {
    expect(refusal(() => compile(rules).evaluate("data.t.p")).code).toBe("limit-exceeded");
  });
});

describe("regular expressions", () => {
  it("that would go back for ever in other engines take no time", () => {
    expect(compile('p := regex.match("(a+)+$", input)').evaluate("data.t.p", `${"a".repeat(5_000)}b`)).toBe(false);
  });
  it("of schemas, too", () => {
    const policy = compile('p := json.match_schema({"a": input}, {"properties": {"a": {"type": "string", "pattern": "^(a|a)*$"}}})');
    expect((policy.evaluate("data.t.p", `${"a".repeat(2_000)}b`) as readonly Value[])[0]).toBe(false);
    expect((policy.evaluate("data.t.p", "a".repeat(2_000)) as readonly Value[])[0]).toBe(true);
  });
  it("and globs", () => {
    expect(compile('p := glob.match(concat("", ["*a" | numbers.range(1, 200)[_]]), [], input)').evaluate("data.t.p", `${"a".repeat(2_000)}b`)).toBe(false);
  });
});

describe("builtins", () => {
  it("that a policy was not given are not there", () => {
    expect(() => compilePolicyWith(coreBuiltins, { modules: { "t.rego": 'package t\np := regex.match("a", "a")' } })).toThrow("undefined function regex.match");
  });
});

describe("code", () => {
  it("is never made from text", () => {
    const door = JSON.stringify(join(import.meta.dirname, "../../dist/policy/rego/index.js"));
    const rules = 'p := [regex.match("a", "a"), json.match_schema({"a": "x"}, {"properties": {"a": {"pattern": "x"}}})[0], count({1, 2}), yaml.unmarshal("a: 1"), io.jwt.decode_verify("a.b", {"secret": "s"})]';
    const program = `const { compilePolicy, Trace } = await import(${door}); const policy = compilePolicy({ probe: new Trace(), print() {}, modules: { "t.rego": ${JSON.stringify(`package t\np := q if q := r\nr := s if s := 1\nx ${rules.slice(1)}\ny := x`)} } }); process.stdout.write(String(policy.evaluate("data.t.p")));`;
    const output = execFileSync(process.execPath, ["--disallow-code-generation-from-strings", "--input-type=module", "-e", program], { encoding: "utf8" });
    expect(output).toBe("1");
  });
});
