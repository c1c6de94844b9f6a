import { describe, expect, it } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { equal, holds, refused } from "./check.ts";

/** Values that are not the same, each beside one that is near it. */
const DIFFERENT: readonly (readonly [unknown, unknown])[] = [
  [1, 2],
  [1, 1n],
  [0, -0],
  [undefined, null],
  ["a", "b"],
  [[1, 2], [1]],
  [[1, 2], [2, 1]],
  [{ a: 1 }, { a: 2 }],
  [{ a: undefined }, {}],
  [{ a: 1 }, { b: 1 }],
  [Uint8Array.of(1), Int8Array.of(1)],
  [Uint8Array.of(1), [1]],
  [new Map([["a", 1]]), new Map([["a", 2]])],
  [new Map([["a", 1], ["b", 1]]), new Map([["b", 1], ["a", 1]])],
  [new Set([1]), new Set([2])],
  [{ a: [{ b: Number.NaN }] }, { a: [{ b: 0 }] }],
];

describe("what the suite checks with", () => {
  it.each(DIFFERENT.map(([a, b], at) => ({ at, a, b })))("tells what is different: $at", ({ a, b }) => {
    expect(() => equal(a, b)).toThrow("differ");
    expect(() => equal(b, a)).toThrow("differ");
    expect(() => equal([a, b], [a, b])).not.toThrow();
  });

  it("takes objects for equal whatever the order of their names, and says where others differ", () => {
    expect(() => equal({ a: 1, b: [Number.NaN, new Map([["x", 1n]])] }, { b: [Number.NaN, new Map([["x", 1n]])], a: 1 })).not.toThrow();
    expect(() => equal({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toThrow("the values differ at [a][1][b]");
  });

  it("takes no other error for a refusal, nor none", async () => {
    const thrown = new DoterosError("closed", "it is closed");
    const refuse = async (): Promise<never> => {
      throw thrown;
    };
    expect(await refused("closed", refuse, "is closed")).toBe(thrown);
    await expect(refused("usage", refuse)).rejects.toThrow("closed and not with usage");
    await expect(refused("closed", refuse, "open")).rejects.toThrow('does not say "open"');
    await expect(refused("closed", () => undefined)).rejects.toThrow("was not refused");
    await expect(refused("closed", () => [].at(0) ?? JSON.parse("{"))).rejects.toThrow("SyntaxError");
    expect(() => holds(false, "it must")).toThrow("it must");
    expect(() => holds(true, "it must")).not.toThrow();
  });
});
