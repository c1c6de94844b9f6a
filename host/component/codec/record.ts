import type { FlatType } from "../layout.ts";
import { wrongValue } from "../trap.ts";
import { alignTo } from "../value-type.ts";
import type { Codec } from "./codec.ts";

/** Where the members of a record or tuple lie. */
interface Members {
  readonly size: number;
  readonly align: number;
  readonly flat: FlatType[] | undefined;
  /** In memory, in bytes. */
  readonly offsets: number[];
  /** Among the core values. */
  readonly starts: number[];
}

function place(members: readonly Codec[]): Members {
  let size = 0;
  let align = 1;
  let flat: FlatType[] | undefined = [];
  const offsets: number[] = [];
  const starts: number[] = [];
  for (const member of members) {
    size = alignTo(size, member.align);
    offsets.push(size);
    size += member.size;
    align = Math.max(align, member.align);
    starts.push(flat?.length ?? 0);
    flat = flat === undefined || member.flat === undefined ? undefined : [...flat, ...member.flat];
  }
  return { size: alignTo(size, align), align, flat, offsets, starts };
}

/** A record: an object with a property for each field. */
export function record(keys: readonly string[], fields: readonly Codec[]): Codec {
  const { size, align, flat, offsets, starts } = place(fields);
  const count = keys.length;
  return {
    size,
    align,
    flat,
    load: (cx, pointer) => {
      const value: Record<string, unknown> = {};
      for (let at = 0; at < count; at++) {
        value[keys[at] as string] = (fields[at] as Codec).load(cx, pointer + (offsets[at] as number));
      }
      return value;
    },
    store: (cx, value, pointer) => {
      const object = checkObject(value);
      for (let at = 0; at < count; at++) {
        (fields[at] as Codec).store(cx, object[keys[at] as string], pointer + (offsets[at] as number));
      }
    },
    lift: (cx, values, start) => {
      const value: Record<string, unknown> = {};
      for (let at = 0; at < count; at++) {
        value[keys[at] as string] = (fields[at] as Codec).lift(cx, values, start + (starts[at] as number));
      }
      return value;
    },
    lower: (cx, value, values, start) => {
      const object = checkObject(value);
      for (let at = 0; at < count; at++) {
        (fields[at] as Codec).lower(cx, object[keys[at] as string], values, start + (starts[at] as number));
      }
    },
  };
}

function checkObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : wrongValue("an object", value);
}

/** A tuple, or a list of fixed length: an array. */
export function tuple(elements: readonly Codec[]): Codec {
  const { size, align, flat, offsets, starts } = place(elements);
  const count = elements.length;
  return {
    size,
    align,
    flat,
    load: (cx, pointer) => {
      const values: unknown[] = [];
      for (let at = 0; at < count; at++) values.push((elements[at] as Codec).load(cx, pointer + (offsets[at] as number)));
      return values;
    },
    store: (cx, value, pointer) => {
      const array = checkArray(value, count);
      for (let at = 0; at < count; at++) (elements[at] as Codec).store(cx, array[at], pointer + (offsets[at] as number));
    },
    lift: (cx, values, start) => {
      const array: unknown[] = [];
      for (let at = 0; at < count; at++) array.push((elements[at] as Codec).lift(cx, values, start + (starts[at] as number)));
      return array;
    },
    lower: (cx, value, values, start) => {
      const array = checkArray(value, count);
      for (let at = 0; at < count; at++) {
        (elements[at] as Codec).lower(cx, array[at], values, start + (starts[at] as number));
      }
    },
  };
}

function checkArray(value: unknown, count: number): ArrayLike<unknown> {
  const fits = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  if (!fits) return wrongValue(`an array of ${count}`, value);
  const array = value as ArrayLike<unknown>;
  return array.length === count ? array : wrongValue(`an array of ${count}, not of ${array.length}`, value);
}

/** A list of fixed length in memory: elements side by side, read in a loop because there may be many. */
export function fixedList(element: Codec, length: number): Codec {
  const { size, align, flat, load, store, lift, lower } = element;
  const width = flat?.length ?? 0;
  const fits = flat !== undefined && flat.length * length <= 16;
  return {
    size: size * length,
    align,
    flat: fits ? Array.from({ length }, () => flat).flat() : undefined,
    load: (cx, pointer) => Array.from({ length }, (_, at) => load(cx, pointer + at * size)),
    store: (cx, value, pointer) => {
      const array = checkArray(value, length);
      for (let at = 0; at < length; at++) store(cx, array[at], pointer + at * size);
    },
    lift: (cx, values, start) => Array.from({ length }, (_, at) => lift(cx, values, start + at * width)),
    lower: (cx, value, values, start) => {
      const array = checkArray(value, length);
      for (let at = 0; at < length; at++) lower(cx, array[at], values, start + at * width);
    },
  };
}

/** Flags: an object with a boolean for each. */
export function flags(keys: readonly string[]): Codec {
  const count = keys.length;
  const size = count <= 8 ? 1 : count <= 16 ? 2 : 4;
  const unpack = (bits: number): Record<string, boolean> => {
    const value: Record<string, boolean> = {};
    for (let at = 0; at < count; at++) value[keys[at] as string] = ((bits >>> at) & 1) === 1;
    return value;
  };
  const pack = (value: unknown): number => {
    const object = checkObject(value);
    let bits = 0;
    for (let at = 0; at < count; at++) if (object[keys[at] as string]) bits |= 1 << at;
    return bits;
  };
  return {
    size,
    align: size,
    flat: ["i32"],
    load: (cx, pointer) =>
      unpack(size === 1 ? cx.view.getUint8(pointer) : size === 2 ? cx.view.getUint16(pointer, true) : cx.view.getInt32(pointer, true)),
    store: (cx, value, pointer) => {
      const bits = pack(value);
      if (size === 1) cx.view.setUint8(pointer, bits);
      else if (size === 2) cx.view.setUint16(pointer, bits, true);
      else cx.view.setInt32(pointer, bits, true);
    },
    lift: (_cx, values, at) => unpack(values[at] as number),
    lower: (_cx, value, values, at) => {
      values[at] = pack(value);
    },
  };
}
