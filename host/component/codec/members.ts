import type { Canon } from "../canon.ts";
import { alignTo } from "../value-type.ts";
import type { Codec, Flat } from "./codec.ts";

/** Values one after the other: those of a record, of a tuple, or the parameters of a function. They travel by an array. */
export interface Members {
  /** All of them, in bytes. */
  readonly size: number;
  readonly align: number;
  readonly load: (cx: Canon, pointer: number, into: unknown[]) => void;
  readonly store: (cx: Canon, from: ArrayLike<unknown>, pointer: number) => void;
  readonly lift: (cx: Canon, flat: Flat, start: number, into: unknown[]) => void;
  readonly lower: (cx: Canon, from: ArrayLike<unknown>, flat: Flat, start: number) => void;
}

/** Where each of several values lies, in memory and among the core values, and what they take together. */
export function places(codecs: readonly Codec[]): { offsets: number[]; starts: number[]; size: number; align: number } {
  const offsets: number[] = [];
  const starts: number[] = [];
  let size = 0;
  let width = 0;
  let align = 1;
  for (const codec of codecs) {
    const offset = alignTo(size, codec.align);
    offsets.push(offset);
    size = offset + codec.size;
    align = Math.max(align, codec.align);
    starts.push(width);
    width += codec.flat?.length ?? 0;
  }
  return { offsets, starts, size: alignTo(size, align), align };
}

/** Makes what reads and writes values one after the other. */
export function members(codecs: readonly Codec[]): Members {
  const count = codecs.length;
  const { offsets, starts, size, align } = places(codecs);
  return {
    size,
    align,
    load: (cx, pointer, into) => {
      for (let at = 0; at < count; at++) into[at] = (codecs[at] as Codec).load(cx, pointer + (offsets[at] as number));
    },
    store: (cx, from, pointer) => {
      for (let at = 0; at < count; at++) (codecs[at] as Codec).store(cx, from[at], pointer + (offsets[at] as number));
    },
    lift: (cx, flat, start, into) => {
      for (let at = 0; at < count; at++) into[at] = (codecs[at] as Codec).lift(cx, flat, start + (starts[at] as number));
    },
    lower: (cx, from, flat, start) => {
      for (let at = 0; at < count; at++) (codecs[at] as Codec).lower(cx, from[at], flat, start + (starts[at] as number));
    },
  };
}
