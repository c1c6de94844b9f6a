import { describe, expect, it } from "vitest";
import { type Answer, compilePolicy, type Value } from "../../host/policy/rego/index.ts";
import { refusal } from "../refusal.ts";

const policy = compilePolicy({ modules: { "t.rego": "package t\ndefault allow := false\nallow if input.a\nf(x) := x + 1" }, data: { ports: [22, 80] } });

/** The values and the variables of each answer. */
const short = (answers: readonly Answer[]): (readonly [Value[], object | undefined])[] => answers.map(({ expressions, bindings }) => [expressions.map(({ value }) => value), bindings]);

describe("answers", () => {
  it("have the value of each expression, its text and its place, and the variables", () => {
    expect(policy.answers("x := 1; y := x + 1\ny")).toEqual([
      {
        expressions: [
          { value: true, text: "x := 1", location: { row: 1, col: 1 } },
          { value: true, text: "y := x + 1", location: { row: 1, col: 9 } },
          { value: 2, text: "y", location: { row: 2, col: 1 } },
        ],
        bindings: { x: 1, y: 2 },
      },
    ]);
  });

  it.each<[string, (readonly [Value[], object | undefined])[]]>([
    ["1", [[[1], undefined]]],
    ["1 == 2", [[[false], undefined]]],
    ["data.t.allow", [[[false], undefined]]],
    ["data.t.allow with input as {}", [[[false], undefined]]],
    ['data.t.allow with input as {"a": 1}', [[[true], undefined]]],
    ["data.t.allow; true", []],
    ["data.ports[i]", [[[22], { i: 0 }], [[80], { i: 1 }]]],
    ["data.ports[_] > 50", [[[true], undefined]]],
    ["[false, 3][_]", [[[3], undefined]]],
    ["some x in data.ports; x > 50", [[[true, true], { x: 80 }]]],
    ["[x, 2] = [1, y]", [[[true], { x: 1, y: 2 }]]],
    ["x = y; y = 3", [[[true, true], { x: 3, y: 3 }]]],
    ["not 1 == 2; every p in data.ports { p > 1 }", [[[true, true], undefined]]],
    ["data.t.f(1, x)", [[[true], { x: 2 }]]],
    ["count([1], 1)", [[[true], undefined]]],
    ["print(1); 2", [[[true, 2], undefined]]],
    ["{1, 2}", [[[[1, 2]], undefined]]],
    ["input.none", []],
    ["__proto__ := 1", [[[true], { ["__proto__"]: 1 }]]],
  ])("to %s", (query, wanted) => expect(short(policy.answers(query))).toEqual(wanted));

  it("come from the input", () => expect(short(policy.answers("input.a", { a: 7 }))).toEqual([[[7], undefined]]));

  it("are refused with the place of what is wrong", () => {
    expect(refusal(() => policy.answers("x := 1;\ny")).where).toBe("query:2:1");
    expect(refusal(() => policy.answers("")).code).toBe("invalid-policy");
    expect(refusal(() => policy.answers("x := numbers.range(1, 1000000000); count(x)")).code).toBe("limit-exceeded");
  });
});
