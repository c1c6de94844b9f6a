import { expect, it } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { commonWords, trapReason } from "../../host/runtime/trap-words.ts";

/** What V8 (two versions of it), JavaScriptCore and SpiderMonkey say of the same traps. */
it.each([
  ["unreachable", ["unreachable", "Unreachable code should not be executed (evaluating 'f(0)')", "unreachable executed"]],
  ["integer divide by zero", ["divide by zero", "remainder by zero", "Division by zero (evaluating 'f(0)')", "integer divide by zero"]],
  [
    "a number is unrepresentable as an integer",
    ["divide result unrepresentable", "float unrepresentable in integer range", "Integer overflow (evaluating 'f(0)')", "Out of bounds Trunc operation (evaluating 'f(0)')", "integer overflow", "invalid conversion to integer"],
  ],
  [
    "out of bounds of a memory or a table",
    ["memory access out of bounds", "table index is out of bounds", "Out of bounds memory access (evaluating 'f(0)')", "Out of bounds table access (evaluating 'f(0)')", "Out of bounds call_indirect (evaluating 'f(0)')", "index out of bounds", "table index out of bounds"],
  ],
  [
    "indirect call to null, or to a function of another type",
    ["null function or function signature mismatch", "null function", "function signature mismatch", "call_indirect to a signature that does not match (evaluating 'f(0)')", "call_indirect to a null table entry", "indirect call to null", "indirect call signature mismatch"],
  ],
  ["a reference is null", ["dereferencing a null pointer", "dereferencing null pointer"]],
])("has one text for one trap: %s", (common, engines) => {
  expect(engines.map(commonWords)).toEqual(engines.map(() => common));
});

it("leaves what it does not know as it is", () => {
  expect(commonWords("memory import 0 is shared")).toBe("memory import 0 is shared");
});

it("changes the reason of a trap and leaves the words of a guest", () => {
  const cause = new WebAssembly.RuntimeError("unreachable executed");
  expect(trapReason(new DoterosError("trap", "run trapped: unreachable executed", { cause }))).toBe("run trapped: unreachable");
  expect(trapReason(new DoterosError("trap", "run trapped: there is no city", { cause }))).toBe("run trapped: there is no city");
  expect(trapReason(new DoterosError("trap", "run trapped: divide by zero"))).toBe("run trapped: divide by zero");
});
