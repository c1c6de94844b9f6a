import type { NumberType, StateGlobal } from "./state.ts";

/** How many bytes the values of some globals take: four or eight each. */
export function bitsLength(globals: readonly StateGlobal[]): number {
  return globals.reduce((sum, { type }) => sum + sizeOf(type), 0);
}

/** Writes the exact bits of each global, one behind the other, little-endian. */
export function readBits(globals: readonly StateGlobal[], into: Uint8Array): void {
  const view = new DataView(into.buffer, into.byteOffset);
  let at = 0;
  for (const { global, type } of globals) {
    readOne(view, at, global, type);
    at += sizeOf(type);
  }
}

/** Gives each global the bits that {@link readBits} wrote for it. */
export function writeBits(globals: readonly StateGlobal[], from: Uint8Array): void {
  const view = new DataView(from.buffer, from.byteOffset);
  let at = 0;
  for (const { global, type } of globals) {
    writeOne(view, at, global, type);
    at += sizeOf(type);
  }
}

function sizeOf(type: NumberType): 4 | 8 {
  return type === "i32" || type === "f32" ? 4 : 8;
}

function readOne(view: DataView, at: number, global: WebAssembly.Global, type: NumberType): void {
  const { value } = global;
  switch (type) {
    case "i32":
      return view.setInt32(at, value as number, true);
    case "i64":
      return view.setBigInt64(at, value as bigint, true);
    case "f32":
      if (Number.isNaN(value)) return view.setUint32(at, Number(gaugeOf(global, type).bits()), true);
      return view.setFloat32(at, value as number, true);
    case "f64":
      if (Number.isNaN(value)) return view.setBigInt64(at, gaugeOf(global, type).bits(), true);
      return view.setFloat64(at, value as number, true);
  }
}

function writeOne(view: DataView, at: number, global: WebAssembly.Global, type: NumberType): void {
  switch (type) {
    case "i32":
      global.value = view.getInt32(at, true);
      return;
    case "i64":
      global.value = view.getBigInt64(at, true);
      return;
    case "f32": {
      const value = view.getFloat32(at, true);
      if (Number.isNaN(value)) gaugeOf(global, type).set(BigInt(view.getUint32(at, true)));
      else global.value = value;
      return;
    }
    case "f64": {
      const value = view.getFloat64(at, true);
      if (Number.isNaN(value)) gaugeOf(global, type).set(view.getBigInt64(at, true));
      else global.value = value;
    }
  }
}

/** Reads and writes the bits of a global inside WebAssembly, where they stay what they are: a NaN that is a JavaScript number may lose some. */
interface Gauge {
  bits(): bigint;
  set(bits: bigint): void;
}

const modules = new Map<"f32" | "f64", WebAssembly.Module>();

/** Gives one of them compiled, where nothing may be compiled. */
export function useGlobalGauge(type: "f32" | "f64", compiled: WebAssembly.Module): void {
  modules.set(type, compiled);
}

function gaugeOf(global: WebAssembly.Global, type: "f32" | "f64"): Gauge {
  let module = modules.get(type);
  if (module === undefined) modules.set(type, (module = new WebAssembly.Module(globalGauge(type))));
  return new WebAssembly.Instance(module, { "": { "": global } }).exports as unknown as Gauge;
}

const section = (id: number, ...content: readonly number[]): number[] => [id, content.length, ...content];
const body = (...code: readonly number[]): number[] => [code.length + 2, 0, ...code, 0x0b];

/** The module of {@link Gauge}, by hand. */
export function globalGauge(type: "f32" | "f64"): Uint8Array {
  const narrow = type === "f32";
  // global.get 0, i32.reinterpret_f32, i64.extend_i32_u or i64.reinterpret_f64; local.get 0, and the way back.
  const bits = narrow ? body(0x23, 0, 0xbc, 0xad) : body(0x23, 0, 0xbd);
  const set = narrow ? body(0x20, 0, 0xa7, 0xbe, 0x24, 0) : body(0x20, 0, 0xbf, 0x24, 0);
  return Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
    ...section(1, 2, 0x60, 0, 1, I64, 0x60, 1, I64, 0),
    ...section(2, 1, 0, 0, 3, narrow ? F32 : F64, 1),
    ...section(3, 2, 0, 1),
    ...section(7, 2, 4, ...BITS, 0, 0, 3, ...SET, 0, 1),
    ...section(10, 2, ...bits, ...set),
  ]);
}

const I64 = 0x7e;
const F32 = 0x7d;
const F64 = 0x7c;
const [BITS, SET] = ["bits", "set"].map((name) => Array.from(name, (character) => character.charCodeAt(0))) as [number[], number[]];
