import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePolicy, type Decision } from "../../host/policy/rego/index.ts";

const decide = (rules: string, input: unknown, data: unknown = {}): Decision =>
  compilePolicy({ modules: { "t.rego": `package t\n${rules}` }, data }).prepare("data.t.p").decide(input);

describe("a decision tells", () => {
  it("the fields of the input it was made from, and no others", () => {
    const { value, reads } = decide('p if { input.role == "admin"; input.user.name == "bob" }', { role: "admin", user: { name: "bob" }, other: 1 });
    expect(value).toBe(true);
    expect(reads).toEqual({ input: [["role"], ["user", "name"]], data: [], outside: false });
  });
  it("only what it came to", () => expect(decide('p if { input.role == "admin"; input.user.name == "bob" }', { role: "guest" }).reads.input).toEqual([["role"]]));
  it("fields that are not there", () => expect(decide("p if not input.banned", {}).reads.input).toEqual([["banned"]]));
  it("a whole field when all of it was gone through", () => expect(decide("p if some x in input.list", { list: [1] }).reads.input).toEqual([["list"]]));
  it("the whole input when that is what was asked for", () => expect(decide("p := count(input)", { a: 1 }).reads.input).toEqual([[]]));
  it("the data", () => expect(decide("p if data.users[input.user].admin", { user: "bob" }, { users: { bob: { admin: true } } }).reads.data).toEqual([["users"]]));
  it("nothing of an input that took the caller's place", () => {
    expect(decide('p := x if x := q with input as {"a": 1}\nq := input.a', { a: 2 }).reads.input).toEqual([]);
  });
  it("that the time went into it", () => expect(decide("p := time.now_ns()", {}).reads.outside).toBe(true));
  it("what an index was asked for", () => {
    const rules = Array.from({ length: 20 }, (_, at) => `p if input.kind == "k${at}"`).join("\n");
    expect(decide(rules, { kind: "k3" })).toMatchObject({ value: true, reads: { input: [["kind"]] } });
  });
});

describe("what a decision did not read", () => {
  const rules = `
default p := "none"
p := "list" if { some x in input.list; x > input.min }
p := "deep" if { not input.list; input.a.b == input.c }
p := r if { not input.list; input.a.b != input.c; r := q[input.kind] }
q[k] := v if some k, v in input.table`;
  const prepared = compilePolicy({ modules: { "t.rego": `package t\n${rules}` } }).prepare("data.t.p");
  const leaf = fc.constantFrom(1, 2, 3);
  const inputs = fc.record(
    {
      list: fc.array(leaf, { maxLength: 3 }),
      min: leaf,
      a: fc.record({ b: leaf, z: leaf }, { requiredKeys: [] }),
      c: leaf,
      kind: fc.constantFrom("x", "y"),
      table: fc.dictionary(fc.constantFrom("x", "y"), leaf),
    },
    { requiredKeys: [] },
  );
  /** A copy of `to` that has at a path what `from` has there. */
  function transplant(from: unknown, to: unknown, [first, ...rest]: readonly unknown[]): unknown {
    if (first === undefined) return from;
    const key = first as string;
    const source = (typeof from === "object" && from !== null ? from : {}) as Record<string, unknown>;
    const { [key]: old, ...others } = (typeof to === "object" && to !== null ? to : {}) as Record<string, unknown>;
    const value = transplant(source[key], old, rest);
    return value === undefined ? others : { ...others, [key]: value };
  }

  it("may change without changing it", () => {
    fc.assert(
      fc.property(inputs, inputs, (first, second) => {
        const decision = prepared.decide(first);
        const changed = decision.reads.input.reduce<unknown>((input, path) => transplant(first, input, path), second);
        expect(prepared.evaluate(changed)).toEqual(decision.value);
      }),
      { numRuns: 1_000 },
    );
  });
});
