import { array, assert, bigInt, constantFrom, nat, oneof, property, string } from "fast-check";
import { expect, it } from "vitest";
import { bytesOf, bytesOfU64, textOf, u64Of } from "../../sdk/typescript/bytes.ts";
import { nanosecondsOf } from "../../sdk/typescript/nanoseconds.ts";

const RUNS = { numRuns: Number(process.env["DOTEROS_RUNS"] ?? 2_000), seed: Number(process.env["DOTEROS_SEED"] ?? 1) };
/** Milliseconds: more runs may take longer. */
const TIMEOUT = 30_000 + RUNS.numRuns;
/** Bytes that begin characters, go on with them, or neither, more often than chance would. */
const nearlyUtf8 = array(constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff), { maxLength: 12 });

it("encodes as TextEncoder does, half surrogate pairs, too", () => {
  assert(
    property(string({ unit: "binary" }), (text) => {
      expect(bytesOf(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)));
    }),
    RUNS,
  );
  expect(bytesOf("a\uD800b")).toEqual(new Uint8Array(new TextEncoder().encode("a\uFFFDb")));
}, TIMEOUT);

it("decodes as TextDecoder does, what is no UTF-8, too", () => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  assert(
    property(oneof(nearlyUtf8, array(nat(255))), (bytes) => {
      expect(textOf(Uint8Array.from(bytes))).toBe(decoder.decode(Uint8Array.from(bytes)));
    }),
    RUNS,
  );
}, TIMEOUT);

it("takes texts longer than a function takes arguments", () => {
  const text = "ä".repeat(100_000);
  expect(textOf(bytesOf(text))).toBe(text);
});

it("keeps 64 bits", () => {
  assert(
    property(bigInt(0n, 2n ** 64n - 1n), (value) => {
      expect(u64Of(bytesOfU64(value))).toBe(value);
    }),
    RUNS,
  );
  expect(() => u64Of(new Uint8Array(7))).toThrow(RangeError);
}, TIMEOUT);

it("gives times in whole microseconds back as they were, and others in their order", () => {
  const year2116 = 2n ** 62n / 1_000n - 2n;
  assert(
    property(bigInt(0n, year2116), bigInt(0n, 2_000n), (microseconds, later) => {
      const time = microseconds * 1_000n;
      expect(nanosecondsOf(Number(time))).toBe(time);
      expect(nanosecondsOf(Number(time + later))).toBeGreaterThanOrEqual(time);
      const error = nanosecondsOf(Number(time + later)) - time - later;
      expect(error * error).toBeLessThanOrEqual(1_000_000n);
    }),
    RUNS,
  );
  expect(nanosecondsOf(5)).toBe(5n);
  // As doubles, two of these three come before their millisecond.
  for (const time of [1_795_572_755_201_000_000n, 1_795_572_755_202_000_000n, 1_795_572_755_203_000_000n]) expect(nanosecondsOf(Number(time)) / 1_000_000n).toBe(time / 1_000_000n);
}, TIMEOUT);
