import type { Canon } from "../canon.ts";
import { VALUE_BYTES_MAX } from "../../contract/limits.ts";
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
  const pointer = cx.allocate(elements.align, length * elements.size);
  elements.write(cx, value, pointer, length);
  cx.pointer = pointer;
  cx.length = length;
}

/** The codec of what travels as a pointer and a number of elements. */
export function pointed(elements: Elements): Codec {
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

/** How many elements an array has, or a typed one. @throws DoterosError `wrong-value` */
export function countOf(value: unknown): number {
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
