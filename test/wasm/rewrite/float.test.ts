import { describe, expect, it } from "vitest";
import { open } from "./open.ts";

const CANONICAL_64 = 0x7ff8_0000_0000_0000n;
const CANONICAL_32 = 0x7fc0_0000;
/** A NaN with its sign and a payload, which arithmetic may pass on. */
const ODD_64 = "(f64.const -nan:0x8000000000123)";
const ODD_32 = "(f32.const -nan:0x400123)";

describe("NaN", () => {
  const wide = ["ceil", "floor", "trunc", "nearest", "sqrt"].map((name) => `(f64.${name} ${ODD_64})`);
  const wideBoth = ["add", "sub", "mul", "div", "min", "max"].map((name) => `(f64.${name} ${ODD_64} ${ODD_64})`);
  it.each([...wide, ...wideBoth, `(f64.promote_f32 ${ODD_32})`, "(f64.sqrt (f64.const -1))", "(f64.div (f64.const 0) (f64.const 0))", `(f64.add (f64.mul ${ODD_64} ${ODD_64}) (f64.const 1))`])(
    "that %s makes has the same bits everywhere",
    async (code) => {
      const { call } = await open(`(func (export "run") (result i64) (i64.reinterpret_f64 ${code}))`, { canonicalNaN: true });
      expect(BigInt.asUintN(64, call("run") as bigint)).toBe(CANONICAL_64);
    },
  );

  const narrow = ["ceil", "floor", "trunc", "nearest", "sqrt"].map((name) => `(f32.${name} ${ODD_32})`);
  const narrowBoth = ["add", "sub", "mul", "div", "min", "max"].map((name) => `(f32.${name} ${ODD_32} ${ODD_32})`);
  it.each([...narrow, ...narrowBoth, `(f32.demote_f64 ${ODD_64})`])("that %s makes, of 32 bits, too", async (code) => {
    const { call } = await open(`(func (export "run") (result i32) (i32.reinterpret_f32 ${code}))`, { canonicalNaN: true });
    expect(call("run")).toBe(CANONICAL_32);
  });

  const vectorUnary = ["ceil", "floor", "trunc", "nearest", "sqrt"];
  const vectorBinary = ["add", "sub", "mul", "div", "min", "max"];
  it.each([
    ...vectorUnary.map((name) => `(f64x2.${name} (f64x2.splat ${ODD_64}))`),
    ...vectorBinary.map((name) => `(f64x2.${name} (f64x2.splat ${ODD_64}) (f64x2.splat ${ODD_64}))`),
    `(f64x2.promote_low_f32x4 (f32x4.splat ${ODD_32}))`,
  ])("that %s makes in lanes, too", async (code) => {
    const { call } = await open(`(func (export "run") (result i64) (i64x2.extract_lane 1 ${code}))`, { canonicalNaN: true });
    expect(BigInt.asUintN(64, call("run") as bigint)).toBe(CANONICAL_64);
  });
  it.each([
    ...vectorUnary.map((name) => `(f32x4.${name} (f32x4.splat ${ODD_32}))`),
    ...vectorBinary.map((name) => `(f32x4.${name} (f32x4.splat ${ODD_32}) (f32x4.splat ${ODD_32}))`),
    `(f32x4.demote_f64x2_zero (f64x2.splat ${ODD_64}))`,
  ])("that %s makes in lanes, of 32 bits, too", async (code) => {
    const { call } = await open(`(func (export "run") (result i32) (i32x4.extract_lane 1 ${code}))`, { canonicalNaN: true });
    expect(call("run")).toBe(CANONICAL_32);
  });

  it.each([
    ["a constant", ODD_64],
    ["negation", `(f64.neg (f64.neg ${ODD_64}))`],
    ["memory", `(block (result f64) (f64.store (i32.const 0) ${ODD_64}) (f64.load (i32.const 0)))`],
    ["a choice", `(select ${ODD_64} (f64.const 1) (i32.const 1))`],
  ])("that comes through %s keeps its bits: programs hide things in them", async (_, code) => {
    const { call } = await open(`(memory 1) (func (export "run") (result i64) (i64.reinterpret_f64 ${code}))`, { canonicalNaN: true });
    expect(BigInt.asUintN(64, call("run") as bigint)).toBe(0xfff8_0000_0000_0123n);
  });

  it("nothing else changes: infinities, zeros and their signs, and lanes beside a NaN", async () => {
    const { call } = await open(
      `(func (export "zero") (result f64) (f64.mul (f64.const -0) (f64.const 1))) (func (export "infinite") (result f64) (f64.div (f64.const -1) (f64.const 0)))
       (func (export "beside") (result f64) (f64x2.extract_lane 0 (f64x2.add (f64x2.replace_lane 1 (f64x2.splat (f64.const 1.5)) (f64.const nan)) (f64x2.splat (f64.const 1)))))`,
      { canonicalNaN: true },
    );
    expect([call("zero"), call("infinite"), call("beside")]).toEqual([-0, -Infinity, 2.5]);
  });

  it("code is added only where a NaN could be seen", async () => {
    const size = async (code: string, canonicalNaN: boolean): Promise<number> => (await open(`(func (export "f") (param f64) (result i32) ${code})`, { canonicalNaN })).rewritten.bytes.length;
    const compared = "local.get 0 local.get 0 f64.add local.get 0 f64.lt";
    const seen = "local.get 0 local.get 0 f64.add i64.reinterpret_f64 i32.wrap_i64";
    const chained = "local.get 0 local.get 0 local.get 0 f64.mul f64.add f64.const 1 f64.lt";
    expect((await size(compared, true)) - (await size(compared, false))).toBeGreaterThan(0);
    expect((await size(chained, true)) - (await size(chained, false))).toBe((await size(seen, true)) - (await size(seen, false)));
    expect(await size("i32.const 1", true)).toBe(await size("i32.const 1", false));
  });
});
