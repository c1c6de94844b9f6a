import { array, assert, bigInt, constantFrom, nat, oneof, property, string } from "fast-check";
import { expect, it } from "vitest";
import { bytesOf, bytesOfU64, textOf, u64Of } from "../../sdk/typescript/bytes.ts";

const RUNS = { numRuns: Number(process.env["DOTEROS_RUNS"] ?? 2_000), seed: Number(process.env["DOTEROS_SEED"] ?? 1) };
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
});

it("decodes as TextDecoder does, what is no UTF-8, too", () => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  assert(
    property(oneof(nearlyUtf8, array(nat(255))), (bytes) => {
      expect(textOf(Uint8Array.from(bytes))).toBe(decoder.decode(Uint8Array.from(bytes)));
    }),
    RUNS,
  );
});

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
});
