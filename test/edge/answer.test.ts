import { decode } from "cbor-x";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Answer, readAnswer, writeAnswer } from "../../host/capability/edge/answer.ts";
import { DoterosError } from "../../host/contract/error.ts";

const RUNS = { numRuns: Number(process.env["DOTEROS_RUNS"] ?? 2_000), seed: Number(process.env["DOTEROS_SEED"] ?? 1) };

/** Values that WIT's types have in JavaScript. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(undefined, null, true, false, -0, Number.NaN, Infinity, 2 ** 53, 24, 255, 65_536, 2 ** 32, -25),
    fc.integer(),
    fc.double(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.string({ unit: "binary" }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie("value"), { maxLength: 30 }),
    fc.dictionary(fc.string(), tie("value")),
  ),
}));

/** The kind of an answer, or the code of the error that says it is none. */
function kindOf(bytes: Uint8Array): string {
  try {
    return readAnswer(bytes).kind;
  } catch (error) {
    if (error instanceof DoterosError) return error.code;
    throw error;
  }
}

describe("an answer", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.constantFrom<Answer["kind"]>("returned", "error", "failed"), value, (kind, written) => {
        expect(readAnswer(writeAnswer({ kind, value: written }))).toEqual({ kind, value: written });
      }),
      RUNS,
    );
  });

  it("is CBOR, as another library reads it", () => {
    const written = { a: [1, -25, 300, 1.5, true, null], b: "Grüße", c: Uint8Array.of(1, 2), d: 2n ** 64n - 1n };
    const [kind, { d, c, ...others }] = decode(Buffer.from(writeAnswer({ kind: "error", value: written }))) as [number, typeof written];
    expect([kind, others, [...c], d]).toEqual([1, { a: written.a, b: written.b }, [1, 2], written.d]);
  });

  it("says why not, for what no type has", () => {
    const circle: unknown[] = [];
    circle.push(circle);
    for (const [wrong, why] of [[() => 1, "a function"], [Symbol("a"), "a symbol"], [circle, "nested"]] as const) {
      expect(readAnswer(writeAnswer({ kind: "returned", value: wrong }))).toMatchObject({ kind: "failed", value: expect.stringContaining(why) as string });
    }
  });

  it("is refused when it is none, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(["returned", "error", "failed", "invalid-entry"]).toContain(kindOf(bytes));
      }),
      RUNS,
    );
    const whole = writeAnswer({ kind: "returned", value: ["abc", { d: 1n }] });
    for (let length = 0; length < whole.length; length += 1) expect(() => readAnswer(whole.subarray(0, length))).toThrow(DoterosError);
    expect(() => readAnswer(Uint8Array.of(0x9b, 0, 0, 0, 255, 255, 255, 255, 255))).toThrow(DoterosError);
  });
});
