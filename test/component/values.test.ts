import { beforeAll, describe, expect, it } from "vitest";
import { echoText } from "./echo.ts";
import { type Exports, open } from "./open.ts";
import { enumeration, fixed, flags, list, map, option, record, result, type Type, tuple, variant } from "./type.ts";

const point = record({ x: "f64", "the-y": "f32" });
const shape = variant({ none: undefined, circle: "f32", "a-label": "string", count: "u64", small: "u8" });
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}`);
const lit = (count: number, ...on: number[]): Record<string, boolean> =>
  Object.fromEntries(names(count).map((name, at) => [name, on.includes(at)]));

/** What it shows, the type, the value that goes in, and the value that arrives when that is another. */
type Case = readonly [title: string, type: Type, value: unknown, arrives?: unknown];

const CASES: readonly Case[] = [
  ["true", "bool", true],
  ["false", "bool", false],
  ["the truth of something else", "bool", "yes", true],
  ["the largest u8", "u8", 255],
  ["a u8 past the largest, wrapped", "u8", 256 + 7, 7],
  ["a u8 below zero, wrapped", "u8", -1, 255],
  ["the smallest s8", "s8", -128],
  ["an s8 past the largest, wrapped", "s8", 128, -128],
  ["the largest u16", "u16", 65_535],
  ["a u16 below zero, wrapped", "u16", -2, 65_534],
  ["an s16 past the largest, wrapped", "s16", 40_000, 40_000 - 65_536],
  ["the largest u32", "u32", 2 ** 32 - 1],
  ["a u32 of 2^32, wrapped", "u32", 2 ** 32, 0],
  ["the smallest s32", "s32", -(2 ** 31)],
  ["an s32 of 2^31, wrapped", "s32", 2 ** 31, -(2 ** 31)],
  ["a fraction, cut", "s32", -1.9, -1],
  ["not a number as a whole one", "u32", Number.NaN, 0],
  ["the largest u64", "u64", 2n ** 64n - 1n],
  ["a u64 of 2^64, wrapped", "u64", 2n ** 64n + 3n, 3n],
  ["a u64 below zero, wrapped", "u64", -1n, 2n ** 64n - 1n],
  ["the smallest s64", "s64", -(2n ** 63n)],
  ["an s64 of 2^63, wrapped", "s64", 2n ** 63n, -(2n ** 63n)],
  ["a whole number as an s64", "s64", -5, -5n],
  ["an f32, rounded to one", "f32", 0.1, Math.fround(0.1)],
  ["an f32 too large for one", "f32", 1e300, Infinity],
  ["an f64", "f64", 0.1],
  ["minus zero", "f64", -0],
  ["minus infinity", "f32", -Infinity],
  ["not a number, f32", "f32", Number.NaN],
  ["not a number, f64", "f64", Number.NaN],
  ["a character", "char", "a"],
  ["the character 0", "char", "\0"],
  ["an astral character", "char", "🌍"],
  ["the last character", "char", "\u{10FFFF}"],
  ["the characters around the surrogates", tuple("char", "char"), ["\uD7FF", "\uE000"]],
  ["no bytes", list("u8"), new Uint8Array(0)],
  ["bytes", list("u8"), Uint8Array.of(0, 128, 255)],
  ["an array as bytes", list("u8"), [1, 2, 300], Uint8Array.of(1, 2, 44)],
  ["s8s", list("s8"), Int8Array.of(-128, 127)],
  ["u16s", list("u16"), Uint16Array.of(0, 65_535)],
  ["s16s", list("s16"), Int16Array.of(-32_768, 32_767)],
  ["u32s", list("u32"), Uint32Array.of(0, 2 ** 32 - 1)],
  ["s32s", list("s32"), Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
  ["u64s", list("u64"), BigUint64Array.of(0n, 2n ** 64n - 1n)],
  ["s64s", list("s64"), BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
  ["f32s", list("f32"), Float32Array.of(1.5, -0, Number.NaN, Infinity)],
  ["f64s", list("f64"), Float64Array.of(0.1, Number.NaN)],
  ["an array as f64s", list("f64"), [1, 2], Float64Array.of(1, 2)],
  ["another typed array as u16s", list("u16"), Int32Array.of(-1, 5), Uint16Array.of(65_535, 5)],
  ["a part of a larger buffer as u32s", list("u32"), new Uint32Array(Uint32Array.of(1, 2, 3, 4).buffer, 4, 2), Uint32Array.of(2, 3)],
  ["bools", list("bool"), [true, false, true]],
  ["characters", list("char"), ["a", "ü", "🌍"]],
  ["strings", list("string"), ["", "a", "ü", "🌍"]],
  ["lists of lists", list(list("u16")), [Uint16Array.of(1), new Uint16Array(0), Uint16Array.of(2, 3)]],
  ["a record", point, { x: 0.25, theY: 1.5 }],
  ["a record with more than it needs", point, { x: 1, theY: 2, z: 3 }, { x: 1, theY: 2 }],
  ["a record of paddings", record({ a: "u8", b: "u64", c: "u8", d: "u16", e: "u32" }), { a: 1, b: 2n, c: 3, d: 4, e: 5 }],
  ["records", list(point), [{ x: 1, theY: 2 }, { x: 3, theY: 4 }]],
  ["a tuple", tuple("u8", "string", "f64"), [1, "two", 3]],
  ["a tuple of one", tuple("s64"), [-1n]],
  ["a typed array as a tuple", tuple("u8", "u8"), Uint8Array.of(1, 2), [1, 2]],
  ["a case without a payload", shape, { tag: "none" }],
  ["a case with a float", shape, { tag: "circle", val: 1.5 }],
  ["a case with a float that is not a number", shape, { tag: "circle", val: Number.NaN }],
  ["a case with a string", shape, { tag: "a-label", val: "here" }],
  ["a case with a u64", shape, { tag: "count", val: 2n ** 63n }],
  ["a case with a u8", shape, { tag: "small", val: 9 }],
  ["a payload for a case that has none, dropped", shape, { tag: "none", val: 5 }, { tag: "none" }],
  ["variants", list(shape), [{ tag: "count", val: 1n }, { tag: "none" }, { tag: "circle", val: 2 }]],
  ["an enum", enumeration("red", "dark-blue"), "dark-blue"],
  ["an enum of 257 cases", enumeration(...names(257)), "n256"],
  ["a variant of 257 cases", variant({ ...Object.fromEntries(names(256).map((name) => [name, undefined])), last: "u8" }), { tag: "last", val: 4 }],
  ["something", option("u32"), 0],
  ["nothing", option("u32"), undefined],
  ["null as nothing", option("string"), null, undefined],
  ["options", list(option("u8")), [1, undefined, 2]],
  ["some nothing", option(option("u8")), { tag: "some", val: undefined }],
  ["some something", option(option("u8")), { tag: "some", val: 3 }],
  ["no option", option(option("u8")), { tag: "none" }],
  ["options three deep", option(option(option("u8"))), { tag: "some", val: { tag: "some", val: 1 } }],
  ["an ok inside something", tuple(result("u32", "string")), [{ tag: "ok", val: 1 }]],
  ["an error inside something", tuple(result("u32", "string")), [{ tag: "err", val: "no" }]],
  ["an ok without a value", list(result(undefined, "u8")), [{ tag: "ok", val: undefined }, { tag: "err", val: 1 }]],
  ["flags", flags("a", "two-words"), { a: false, twoWords: true }],
  ["flags left out", flags("a", "b"), { b: 1 }, { a: false, b: true }],
  ["8 flags", flags(...names(8)), lit(8, 0, 7)],
  ["9 flags", flags(...names(9)), lit(9, 8)],
  ["17 flags", flags(...names(17)), lit(17, 0, 16)],
  ["32 flags", flags(...names(32)), lit(32, 1, 31)],
  ["flags of every width", tuple(flags(...names(8)), flags(...names(16)), flags(...names(32))), [lit(8, 7), lit(16, 15), lit(32, 31)]],
  ["a list of fixed length", fixed("u16", 3), [1, 2, 3]],
  ["a list of fixed length that is kept in memory", fixed("u32", 17), names(17).map((_, at) => at)],
  ["a list of strings of fixed length", fixed("string", 2), ["a", "ü"]],
  ["a list of fixed length among others", record({ a: "u8", b: fixed("u16", 2), c: "u8" }), { a: 1, b: [2, 3], c: 4 }],
  ["a map", map("string", "u32"), new Map([["one", 1], ["two", 2]])],
  ["an empty map", map("u64", "bool"), new Map()],
  ["a map of lists", map("char", list("string")), new Map([["a", ["b", "c"]]])],
  ["a record that spills", record(Object.fromEntries(names(17).map((name, at) => [name, at % 2 === 0 ? "u8" : "u64"]))), Object.fromEntries(names(17).map((name, at) => [name, at % 2 === 0 ? at : BigInt(at)]))],
  ["all kinds inside each other", list(variant({ a: option(record({ b: list(tuple("char", flags("c"))) })), d: result(undefined, undefined) })), [{ tag: "a", val: { b: [["🌍", { c: true }]] } }, { tag: "a", val: undefined }, { tag: "d", val: { tag: "err", val: undefined } }]],
];

describe("a value comes through a guest and back", () => {
  const seen: unknown[] = [];
  let echo: Exports;

  beforeAll(async () => {
    const hosts = CASES.map((_, index) => [`host-${index}`, (value: unknown) => (seen[index] = value)] as const);
    echo = await open(echoText(CASES.map(([, type]) => type)), Object.fromEntries(hosts));
  });

  it.each(CASES.map((one, index) => [one[0], one, index] as const))("%s", (_, one, index) => {
    const expected = one.length === 4 ? one[3] : one[2];
    echo["reset"]?.();
    const back = echo[`run${index}`]?.(one[2]);
    expect(seen[index]).toStrictEqual(expected);
    expect(back).toStrictEqual(expected);
  });
});
