import { enumeration, fixed, flags, list, map, option, record, result, tuple, type Type, variant } from "../../component/type.ts";

/** A value that goes through a guest and back. */
interface Value {
  readonly what: string;
  readonly type: Type;
  readonly value: unknown;
  /** What it becomes on the way, when that is something else. */
  readonly arrives?: unknown;
}

const shape = variant({ none: undefined, circle: "f32", "a-label": "string", count: "u64" });

/** Values of every kind, with the edges where kinds have them. The guest `echo-utf8.wasm` has a function for each. */
export const VALUES: readonly Value[] = [
  { what: "the truth", type: "bool", value: true },
  { what: "a u8 past the largest", type: "u8", value: 263, arrives: 7 },
  { what: "an s8 past the largest", type: "s8", value: 128, arrives: -128 },
  { what: "the largest u32", type: "u32", value: 2 ** 32 - 1 },
  { what: "the smallest s64", type: "s64", value: -(2n ** 63n) },
  { what: "the largest u64", type: "u64", value: 2n ** 64n - 1n },
  { what: "an f32, rounded to one", type: "f32", value: 0.1, arrives: Math.fround(0.1) },
  { what: "minus zero", type: "f64", value: -0 },
  { what: "not a number", type: "f64", value: Number.NaN },
  { what: "an astral character", type: "char", value: "🌍" },
  { what: "texts", type: list("string"), value: ["", "a", "ü", "東京", "a🌍b", "x".repeat(10_000)] },
  { what: "a surrogate alone", type: "string", value: "a\uD800b", arrives: "a\uFFFDb" },
  { what: "bytes", type: list("u8"), value: Uint8Array.of(0, 128, 255) },
  { what: "f64s", type: list("f64"), value: Float64Array.of(0.1, Number.NaN, -Infinity) },
  { what: "lists of lists", type: list(list("u16")), value: [Uint16Array.of(1), new Uint16Array(0), Uint16Array.of(2, 3)] },
  { what: "a record of paddings", type: record({ a: "u8", "the-b": "u64", c: "u16" }), value: { a: 1, theB: 2n, c: 3 } },
  { what: "a record that spills", type: record(Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`n${at}`, "u16"]))), value: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`n${at}`, at])) },
  { what: "a tuple", type: tuple("u8", "string", "f64"), value: [1, "two", 3] },
  { what: "variants", type: list(shape), value: [{ tag: "count", val: 1n }, { tag: "none" }, { tag: "circle", val: 2 }, { tag: "a-label", val: "here" }] },
  { what: "an enum", type: enumeration("red", "dark-blue"), value: "dark-blue" },
  { what: "an option of an option", type: option(option("u8")), value: { tag: "some", val: undefined } },
  { what: "results inside something", type: list(result("u32", "string")), value: [{ tag: "ok", val: 1 }, { tag: "err", val: "no" }] },
  { what: "flags of 17 names", type: flags(...Array.from({ length: 17 }, (_, at) => `n${at}`)), value: { n0: true, n16: true }, arrives: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`n${at}`, at % 16 === 0])) },
  { what: "a list of fixed length", type: fixed("u16", 3), value: [1, 2, 3] },
  { what: "a map", type: map("string", "u32"), value: new Map([["one", 1], ["two", 2]]) },
];
