import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RegoMap, RegoSet, type Value } from "../../host/policy/rego/index.ts";
import { parseJson } from "../../host/policy/rego/value/json.ts";
import { toJsonText } from "../../host/policy/rego/value/text.ts";
import { add, divide, fromWhole, multiply, numberText, parseNumber } from "../../host/policy/rego/value/number.ts";
import { objectOf } from "../../host/policy/rego/value/object.ts";
import { compareStrings, compareValues, keyOf, sameValue } from "../../host/policy/rego/value/value.ts";

/** A double in the one form its number has. */
const whole = (value: number): number | bigint => (value === 0 ? 0 : Number.isInteger(value) ? fromWhole(BigInt(value)) : value);
const numbers = fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(fromWhole), fc.double({ noNaN: true, noDefaultInfinity: true }).map(whole));
const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    numbers,
    fc.string({ unit: "binary", maxLength: 4 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(tie("value"), { maxLength: 3 }).map((members) => new RegoSet(members)),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((entries) => objectOf(entries)),
  ),
}));

describe("the order of values", () => {
  it("is an order", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        expect(compareValues(a, a)).toBe(0);
        expect(Math.sign(compareValues(a, b)) + Math.sign(compareValues(b, a))).toBe(0);
        const sorted = [a, b, c].sort((x, y) => compareValues(x, y));
        expect(compareValues(sorted[0] as Value, sorted[2] as Value)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 3_000 },
    );
  });
  it("and the keys of a Map agree on what is the same", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(sameValue(a, b)).toBe(keyOf(a) === keyOf(b));
        expect(sameValue(a, b)).toBe(compareValues(a, b) === 0);
      }),
      { numRuns: 5_000 },
    );
  });
  it("of strings is that of their bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        expect(Math.sign(compareStrings(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe("numbers", () => {
  it("that are whole are computed exactly", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (a, b) => {
        expect(add(fromWhole(a), fromWhole(b))).toBe(fromWhole(a + b));
        expect(multiply(fromWhole(a), fromWhole(b))).toBe(fromWhole(a * b));
        const divisor = b === 0n ? 1n : b;
        expect(divide(fromWhole(a * divisor), fromWhole(divisor))).toBe(fromWhole(a));
      }),
    );
  });
  it("come out of their text as they went in", () => {
    fc.assert(fc.property(numbers, (value) => {
        expect(parseNumber(numberText(value))).toBe(value);
      }));
  });
  it.each([["1e3", 1000], ["1.50", 1.5], ["-0", 0], ["1e400", 10n ** 400n], ["0.00001", 0.000_01], ["12e-1", 1.2], ["1e999999", undefined], ["x", undefined]])("%s", (text, wanted) => {
    expect(parseNumber(text)).toBe(wanted);
  });
});

describe("JSON", () => {
  it("keeps whole numbers exact", () => expect(parseJson('{"a": [9007199254740993, 1.5, 1e2, "9007199254740993"]}')).toEqual({ a: [9_007_199_254_740_993n, 1.5, 100, "9007199254740993"] }));
  it("says what JSON.parse says", () => {
    const documents = fc.object({ values: [fc.string({ unit: "binary" }), fc.integer(), fc.boolean(), fc.constant(null)], maxDepth: 3 });
    // A long number makes it read the text itself.
    fc.assert(
      fc.property(documents, (document) => {
        const text = JSON.stringify([1_234_567_890_123_456, document], undefined, 1);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
  it("writes sets as arrays, and keys as texts", () => {
    const map = new RegoMap();
    map.set(1, new RegoSet([3, 1]));
    map.set([null], "<x>");
    expect(toJsonText(map)).toBe(String.raw`{"1":[1,3],"[null]":"\u003cx\u003e"}`);
  });
});
