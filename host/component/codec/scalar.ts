import type { Canon } from "../canon.ts";
import { trap, wrongValue } from "../trap.ts";
import type { PrimitiveName } from "../type.ts";
import type { Codec } from "./codec.ts";

/** What differs from one scalar to the next; the rest of its codec follows. */
interface Scalar<Core> {
  readonly size: number;
  readonly flat: "i32" | "i64" | "f32" | "f64";
  /** The JavaScript value of a core value. Bits beyond the type's width do not count. */
  readonly fromCore: (core: Core) => unknown;
  /** The core value of a JavaScript value, converted as WebIDL converts numbers. */
  readonly toCore: (value: unknown) => Core;
  readonly read: (view: DataView, pointer: number) => Core;
  readonly write: (view: DataView, pointer: number, core: Core) => void;
}

function codec<Core>({ size, flat, fromCore, toCore, read, write }: Scalar<Core>): Codec {
  return {
    size,
    align: size,
    flat: [flat],
    load: (cx: Canon, pointer) => fromCore(read(cx.view, pointer)),
    store: (cx: Canon, value, pointer) => write(cx.view, pointer, toCore(value)),
    lift: (_cx, values, at) => fromCore(values[at] as Core),
    lower: (_cx, value, values, at) => {
      values[at] = toCore(value);
    },
  };
}

function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "boolean" ? Number(value) : wrongValue("a number", value);
}

function integer(size: 1 | 2 | 4, signed: boolean): Codec {
  const shift = 32 - size * 8;
  const wrap = signed ? (core: number) => (core << shift) >> shift : (core: number) => (core << shift) >>> shift;
  return codec<number>({
    size,
    flat: "i32",
    fromCore: wrap,
    toCore: (value) => wrap(toNumber(value)),
    read: (view, pointer) =>
      size === 1 ? view.getUint8(pointer) : size === 2 ? view.getUint16(pointer, true) : view.getInt32(pointer, true),
    write: (view, pointer, core) => {
      if (size === 1) view.setUint8(pointer, core);
      else if (size === 2) view.setUint16(pointer, core, true);
      else view.setInt32(pointer, core, true);
    },
  });
}

function toBigInt(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  return wrongValue("a bigint", value);
}

function wide(signed: boolean): Codec {
  return codec<bigint>({
    size: 8,
    flat: "i64",
    fromCore: signed ? (core) => core : (core) => BigInt.asUintN(64, core),
    toCore: (value) => BigInt.asIntN(64, toBigInt(value)),
    read: (view, pointer) => view.getBigInt64(pointer, true),
    write: (view, pointer, core) => view.setBigInt64(pointer, core, true),
  });
}

/** NaN has many bit patterns and one meaning: guests only ever see the canonical one. */
function oneNaN(value: number): number {
  return value === value ? value : Number.NaN;
}

const float32 = codec<number>({
  size: 4,
  flat: "f32",
  fromCore: oneNaN,
  toCore: (value) => oneNaN(Math.fround(toNumber(value))),
  read: (view, pointer) => view.getFloat32(pointer, true),
  write: (view, pointer, core) => view.setFloat32(pointer, core, true),
});

const float64 = codec<number>({
  size: 8,
  flat: "f64",
  fromCore: oneNaN,
  toCore: (value) => oneNaN(toNumber(value)),
  read: (view, pointer) => view.getFloat64(pointer, true),
  write: (view, pointer, core) => view.setFloat64(pointer, core, true),
});

const boolean = codec<number>({
  size: 1,
  flat: "i32",
  fromCore: (core) => core !== 0,
  toCore: (value) => (value ? 1 : 0),
  read: (view, pointer) => view.getUint8(pointer),
  write: (view, pointer, core) => view.setUint8(pointer, core),
});

const char = codec<number>({
  size: 4,
  flat: "i32",
  fromCore: (core) => {
    const point = core >>> 0;
    if (point >= 0x110000 || (point >= 0xd800 && point <= 0xdfff)) trap("invalid `char` bit pattern");
    return String.fromCodePoint(point);
  },
  toCore: (value) => {
    if (typeof value !== "string") return wrongValue("a string of one character", value);
    const point = value.codePointAt(0);
    if (point === undefined || value.length !== (point > 0xffff ? 2 : 1) || (point >= 0xd800 && point <= 0xdfff)) {
      return wrongValue("a string of one character", value);
    }
    return point;
  },
  read: (view, pointer) => view.getUint32(pointer, true),
  write: (view, pointer, core) => view.setUint32(pointer, core, true),
});

/** The codecs of the scalar types. */
export const SCALARS: Readonly<Record<Exclude<PrimitiveName, "string" | "error-context">, Codec>> = {
  bool: boolean,
  s8: integer(1, true),
  u8: integer(1, false),
  s16: integer(2, true),
  u16: integer(2, false),
  s32: integer(4, true),
  u32: integer(4, false),
  s64: wide(true),
  u64: wide(false),
  f32: float32,
  f64: float64,
  char,
};
