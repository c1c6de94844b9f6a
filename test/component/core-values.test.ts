import { describe, expect, it } from "vitest";
import { refusal } from "../refusal.ts";
import { MEMORY, optionsOf } from "./memory.ts";
import { type Exports, open } from "./open.ts";
import { enumeration, flags, list, option, result, tuple, type Type, TypeWriter, variant } from "./type.ts";

/** A guest whose `run` answers a `type`: by the core value that `body` leaves, or, with bytes, by a pointer to them. */
function giving(type: Type, body: string, core: string): Promise<Exports> {
  const writer = new TypeWriter();
  const name = writer.write(type);
  return open(`(component ${writer.lines.join(" ")} ${MEMORY}
    (core module $Guest (import "memory" "memory" (memory 0)) ${body.startsWith('"') ? `(data (i32.const 64) ${body})` : ""}
      (func (export "run") (result ${core}) ${body.startsWith('"') ? "(i32.const 64)" : body}))
    (core instance $guest (instantiate $Guest (with "memory" (instance $memory))))
    (func (export "run") (result ${name}) (canon lift (core func $guest "run") ${optionsOf()})))`);
}

const shape = variant({ a: "u8", b: "u64", c: undefined });

describe("what a guest gives is taken", () => {
  it.each<readonly [string, Type, string, string, unknown]>([
    ["any number but 0 as true", "bool", "(i32.const 2)", "i32", true],
    ["the low 8 bits of a u8", "u8", "(i32.const 0x1ff)", "i32", 255],
    ["the low 8 bits of an s8", "s8", "(i32.const 0x180)", "i32", -128],
    ["the low 16 bits of a u16", "u16", "(i32.const -1)", "i32", 65_535],
    ["the low 16 bits of an s16", "s16", "(i32.const 0x18000)", "i32", -32_768],
    ["all bits of a u32", "u32", "(i32.const -1)", "i32", 2 ** 32 - 1],
    ["all bits of a u64", "u64", "(i64.const -1)", "i64", 2n ** 64n - 1n],
    ["the last character", "char", "(i32.const 0x10ffff)", "i32", "\u{10FFFF}"],
    ["flags with bits that no flag has", flags("a", "b"), "(i32.const -2)", "i32", { a: false, b: true }],
    ["a bool in memory that is neither 0 nor 1", tuple("bool", "bool"), '"\\02\\00"', "i32", [true, false]],
    ["a variant with a slot that is wider than its payload", tuple(shape), '"\\00\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\07\\ff"', "i32", [{ tag: "a", val: 7 }]],
  ])("%s", async (_, type, body, core, value) => {
    const { run } = await giving(type, body, core);
    expect(run?.()).toStrictEqual(value);
  });

  it.each<readonly [string, Type, string, string]>([
    ["the first surrogate", "char", "(i32.const 0xd800)", "invalid `char`"],
    ["the last surrogate", "char", "(i32.const 0xdfff)", "invalid `char`"],
    ["the number behind the last character", "char", "(i32.const 0x110000)", "invalid `char`"],
    ["the largest number as a character", "char", "(i32.const -1)", "invalid `char`"],
    ["a surrogate in memory", tuple("char", "char"), '"\\61\\00\\00\\00\\00\\d8\\00\\00"', "invalid `char`"],
    ["an enum behind its last case", enumeration("a", "b"), "(i32.const 2)", "discriminant"],
    ["an enum that is negative", enumeration("a", "b"), "(i32.const -1)", "discriminant"],
    ["an enum in memory behind its last case", tuple(enumeration("a"), "u8"), '"\\01\\00"', "discriminant"],
    ["a variant behind its last case", shape, '"\\03"', "discriminant"],
    ["an option that is neither", option("u8"), '"\\02\\00"', "discriminant"],
    ["a result that is neither", result("u8", "u8"), '"\\02\\00"', "discriminant"],
    ["a result of nothing that is neither", result(undefined, undefined), "(i32.const 2)", "discriminant"],
    ["a result inside something that is neither", list(result("u8", "u8")), '"\\48\\00\\00\\00\\01\\00\\00\\00\\ff\\00"', "discriminant"],
  ])("or traps: %s", async (_, type, body, text) => {
    const { run } = await giving(type, body, "i32");
    const error = refusal(() => run?.());
    expect(error).toMatchObject({ code: "trap", where: "run" });
    expect(error.message).toContain(text);
  });
});

describe("what a guest is given", () => {
  /** A guest whose `run` answers the bits of core parameter `at`. */
  function showing(type: Type, core: readonly string[], at: number, bits: string, as: "u32" | "u64"): Promise<Exports> {
    const writer = new TypeWriter();
    const name = writer.write(type);
    return open(`(component ${writer.lines.join(" ")} ${MEMORY}
      (core module $Guest (import "memory" "memory" (memory 0))
        (func (export "run") (param ${core.join(" ")}) (result ${as === "u32" ? "i32" : "i64"}) ${bits.replace("%", `(local.get ${at})`)}))
      (core instance $guest (instantiate $Guest (with "memory" (instance $memory))))
      (func (export "run") (param "v" ${name}) (result ${as}) (canon lift (core func $guest "run") ${optionsOf()})))`);
  }

  const numbers = variant({ whole: "s32", small: "s8", wide: "u64", half: "f32", long: "f64" });

  it.each<readonly [string, unknown, bigint]>([
    ["a negative s32", { tag: "whole", val: -5 }, 2n ** 32n - 5n],
    ["a negative s8", { tag: "small", val: -1 }, 2n ** 32n - 1n],
    ["a u64", { tag: "wide", val: 2n ** 63n }, 2n ** 63n],
    ["an f32", { tag: "half", val: -1 }, 0xbf80_0000n],
    ["an f64", { tag: "long", val: -1 }, 0xbff0_0000_0000_0000n],
  ])("in a slot of 64 bits is not extended by its sign: %s", async (_, value, bits) => {
    const { run } = await showing(numbers, ["i32", "i64"], 1, "%", "u64");
    expect(run?.(value)).toBe(bits);
  });

  it("in a slot that the case does not use is zero", async () => {
    const { run } = await showing(variant({ none: undefined, one: "u64" }), ["i32", "i64"], 1, "%", "u64");
    run?.({ tag: "one", val: 5n });
    expect(run?.({ tag: "none" })).toBe(0n);
  });

  const NANS = Uint8Array.of(1, 0, 0, 0, 0, 0, 0xf4, 0xff);

  it("is one and the same NaN, whatever bits the host's has", async () => {
    const strange = new Float64Array(NANS.buffer)[0];
    const wide = await showing("f64", ["f64"], 0, "(i64.reinterpret_f64 %)", "u64");
    const narrow = await showing("f32", ["f32"], 0, "(i32.reinterpret_f32 %)", "u32");
    const listed = await showing(list("f64"), ["i32", "i32"], 0, "(i64.load %)", "u64");
    expect(wide["run"]?.(strange)).toBe(0x7ff8_0000_0000_0000n);
    expect(narrow["run"]?.(strange)).toBe(0x7fc0_0000);
    expect(listed["run"]?.(new Float64Array(NANS.buffer))).toBe(0x7ff8_0000_0000_0000n);
  });

  it("and gives back in lists is that NaN, too", async () => {
    const { run } = await giving(list("f64"), '"\\48\\00\\00\\00\\01\\00\\00\\00\\01\\00\\00\\00\\00\\00\\f4\\ff"', "i32");
    const numbersBack = run?.() as Float64Array;
    expect(new BigUint64Array(numbersBack.buffer)).toEqual(BigUint64Array.of(0x7ff8_0000_0000_0000n));
  });
});
