import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { imageOf, restoreSnapshot, stateOf, takeSnapshot } from "../../../host/wasm/image/index.ts";
import { refusal } from "../../refusal.ts";
import { hex } from "./sha256.ts";
import { open, type Opened } from "../rewrite/open.ts";

/** Its globals are written and read as bits, by its own code alone. */
const TEXT = `
  (global $a (mut f32) (f32.const 0)) (global $b (mut f64) (f64.const 0)) (global $c (mut i32) (i32.const 0)) (global $d (mut i64) (i64.const 0))
  (func (export "set") (param i32 i64)
    local.get 0 f32.reinterpret_i32 global.set $a local.get 1 f64.reinterpret_i64 global.set $b local.get 0 global.set $c local.get 1 global.set $d)
  (func (export "get") (result i32 i64 i32 i64)
    global.get $a i32.reinterpret_f32 global.get $b i64.reinterpret_f64 global.get $c global.get $d)`;

const openState = async (): Promise<Opened & { readonly state: ReturnType<typeof stateOf> }> => {
  const opened = await open(TEXT, { exportState: true, canonicalNaN: true, fuel: true });
  const { state } = opened.rewritten;
  if (state === undefined) throw new Error("no state is exported");
  return { ...opened, state: stateOf([{ exports: opened.exports, state }]) };
};

describe("the bits of globals", async () => {
  const one = await openState();
  const other = await openState();
  const base = imageOf(one.state);

  it.each([
    ["a quiet NaN", 0x7fc00000, 0x7ff8000000000000n],
    ["a signalling NaN", 0x7f800001, 0x7ff0000000000001n],
    ["a NaN with a sign and a message", 0xffedcba9 | 0, -0x0000123456789abcn],
    ["a signalling NaN with a sign", 0xffa00000 | 0, -0x000c000000000000n],
    ["infinity", 0x7f800000, 0x7ff0000000000000n],
    ["minus zero", 0x80000000 | 0, -0x8000000000000000n],
    ["the smallest number there is", 1, 1n],
    ["a number", 0x3f9d70a4, 0x3ff3c0ca428c59fbn],
  ])("of %s are kept and put back as they are", (_, narrow, wide) => {
    one.call("set", narrow, wide);
    const snapshot = takeSnapshot(one.state, base);
    restoreSnapshot(other.state, base, snapshot, 0);
    expect(other.call("get")).toEqual([narrow, wide, narrow, wide]);
    expect(hex(takeSnapshot(other.state, base))).toBe(hex(snapshot));
    // The module itself says what the bytes are: four, eight, four and eight, little-endian.
    const bytes = new DataView(imageOf(one.state).globals.bytes.buffer);
    expect([bytes.getInt32(0, true), bytes.getBigInt64(4, true), bytes.getInt32(12, true), bytes.getBigInt64(16, true)]).toEqual([narrow, wide, narrow, wide]);
  });
});

it("a global whose value cannot be read has no state", async () => {
  const bytes = await parse(`(module (global (export "g") (mut funcref) (ref.null func)))`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const error = refusal(() => stateOf([{ exports, state: { memories: [], tables: [], globals: [{ name: "g", type: "funcref" }] } }]));
  expect(error).toMatchObject({ code: "unsupported", message: "a global of the type funcref can change, and its value cannot be read" });
});
