import type { Canon } from "../canon.ts";
import { VALUE_BYTES_MAX } from "../../contract/limits.ts";
import { ELEMENT_FUEL } from "../toll.ts";
import { trap, wrongValue } from "../trap.ts";
import type { Codec } from "./codec.ts";
import { SCALARS } from "./scalar.ts";

/** How the elements of a list are read and written once their place is known. */
interface Elements {
  readonly size: number;
  readonly align: number;
  /** Whether the list is a typed array, which takes as many bytes here as there. */
  readonly plain: boolean;
  readonly read: (cx: Canon, pointer: number, length: number) => unknown;
  /** The number of elements. @throws DoterosError `wrong-value` when `value` is no list of them */
  readonly count: (value: unknown) => number;
  readonly write: (cx: Canon, value: unknown, pointer: number, length: number) => void;
}

function liftList(elements: Elements, cx: Canon, pointer: number, length: number): unknown {
  const bytes = length * elements.size;
  if (bytes > VALUE_BYTES_MAX) trap("list content out-of-bounds: longer than 2^28 - 1 bytes");
  if (pointer % elements.align !== 0) trap("unaligned pointer");
  if (pointer + bytes > cx.bytes.length) trap("list pointer/length out of bounds of memory");
  if (elements.plain) cx.spend(bytes);
  else cx.spendArray(length, elements.size);
  return elements.read(cx, pointer, length);
}

function lowerList(elements: Elements, cx: Canon, value: unknown): void {
  const length = elements.count(value);
  if (!elements.plain) cx.charge(length * ELEMENT_FUEL);
  const pointer = cx.allocate(elements.align, length * elements.size);
  elements.write(cx, value, pointer, length);
  cx.pointer = pointer;
  cx.length = length;
}

function pointed(elements: Elements): Codec {
  return {
    size: 8,
    align: 4,
    flat: ["i32", "i32"],
    load: (cx, pointer) => liftList(elements, cx, cx.view.getUint32(pointer, true), cx.view.getUint32(pointer + 4, true)),
    store: (cx, value, pointer) => {
      lowerList(elements, cx, value);
      cx.view.setUint32(pointer, cx.pointer, true);
      cx.view.setUint32(pointer + 4, cx.length, true);
    },
    lift: (cx, flat, at) => liftList(elements, cx, (flat[at] as number) >>> 0, (flat[at + 1] as number) >>> 0),
    lower: (cx, value, flat, at) => {
      lowerList(elements, cx, value);
      flat[at] = cx.pointer;
      flat[at + 1] = cx.length;
    },
  };
}

/** So few bytes are copied one by one: quicker than the engine's own copying is under way. */
const FEW = 16;

/** `list<u8>`, which is a Uint8Array of its own. */
export const BYTES: Codec = pointed({
  size: 1,
  align: 1,
  plain: true,
  read: ({ bytes }, pointer, length) => {
    if (length > FEW) return bytes.slice(pointer, pointer + length);
    const copy = new Uint8Array(length);
    for (let at = 0; at < length; at++) copy[at] = bytes[pointer + at] as number;
    return copy;
  },
  count: (value) => (value instanceof Uint8Array ? value.length : countOf(value)),
  write: (cx, value, pointer, length) => {
    const { bytes } = cx;
    if (!(value instanceof Uint8Array)) {
      const numbers = value as ArrayLike<unknown>;
      for (let at = 0; at < length; at++) SCALARS.u8.store(cx, numbers[at], pointer + at);
    } else if (length > FEW) bytes.set(value, pointer);
    else for (let at = 0; at < length; at++) bytes[pointer + at] = value[at] as number;
  },
});

/** The typed arrays that lists of numbers lift to. */
type NumberArray =
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

type NumberArrayClass = new (buffer: ArrayBufferLike) => NumberArray;

const NUMBER_ARRAYS: ReadonlyMap<string, NumberArrayClass> = new Map<string, NumberArrayClass>([
  ["s8", Int8Array],
  ["u16", Uint16Array],
  ["s16", Int16Array],
  ["u32", Uint32Array],
  ["s32", Int32Array],
  ["u64", BigUint64Array],
  ["s64", BigInt64Array],
  ["f32", Float32Array],
  ["f64", Float64Array],
]);

/** A list of numbers, which lifts to a typed array and lowers from one or from any array of numbers. */
export function numberList(kind: string, element: Codec): Codec | undefined {
  const ArrayClass = NUMBER_ARRAYS.get(kind);
  if (ArrayClass === undefined) return undefined;
  const { size, align, store } = element;
  return pointed({
    size,
    align,
    plain: true,
    read: (cx, pointer, length) => {
      const numbers = new ArrayClass(cx.bytes.slice(pointer, pointer + length * size).buffer);
      if (numbers instanceof Float32Array || numbers instanceof Float64Array) canonicalizeNaN(numbers);
      return numbers;
    },
    count: countOf,
    write: (cx, value, pointer, length) => {
      if (value instanceof ArrayClass && kind !== "f32" && kind !== "f64") {
        cx.bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), pointer);
        return;
      }
      const numbers = value as ArrayLike<unknown>;
      for (let at = 0; at < length; at++) store(cx, numbers[at], pointer + at * size);
    },
  });
}

function canonicalizeNaN(numbers: Float32Array | Float64Array): void {
  for (let at = 0; at < numbers.length; at++) if (numbers[at] !== numbers[at]) numbers[at] = Number.NaN;
}

function countOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return (value as Uint8Array).length;
  return wrongValue("an array", value);
}

/** A list of anything else, which is an array. */
export function list(element: Codec): Codec {
  const { size, align, load, store } = element;
  return pointed({
    size,
    align,
    plain: false,
    read: (cx, pointer, length) => {
      const values: unknown[] = [];
      for (let at = 0; at < length; at++) values.push(load(cx, pointer + at * size));
      return values;
    },
    count: countOf,
    write: (cx, value, pointer, length) => {
      const values = value as readonly unknown[];
      for (let at = 0; at < length; at++) store(cx, values[at], pointer + at * size);
    },
  });
}

/** `map<K, V>`, which is a Map and travels as a list of pairs. */
export function map(pair: Codec): Codec {
  const { size, align, load, store } = pair;
  return pointed({
    size,
    align,
    plain: false,
    read: (cx, pointer, length) => {
      const entries = new Map<unknown, unknown>();
      for (let at = 0; at < length; at++) {
        const [key, value] = load(cx, pointer + at * size) as [unknown, unknown];
        entries.set(key, value);
      }
      return entries;
    },
    count: (value) => (value instanceof Map ? value.size : wrongValue("a Map", value)),
    write: (cx, value, pointer) => {
      let at = pointer;
      for (const entry of value as Map<unknown, unknown>) {
        store(cx, entry, at);
        at += size;
      }
    },
  });
}
