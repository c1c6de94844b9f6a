import type { Canon } from "../canon.ts";
import { VALUE_BYTES_MAX } from "../../contract/limits.ts";
import { TEXT_FUEL } from "../toll.ts";
import { trap, wrongValue } from "../trap.ts";
import type { Codec } from "./codec.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf16 = new TextDecoder("utf-16le", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Set in the length of a latin1+utf16 string that is UTF-16. */
const UTF16_TAG = 0x80000000;

/** Short ASCII strings come again and again: subjects, keys. They are kept, and found by their bytes. */
const SHORT = 48;
const KEPT = 1024;
const kept: string[] = Array.from({ length: KEPT }, () => "");
/** The bytes of each kept string in words of four, the last filled up with zeros. */
const keptWords = new Int32Array((KEPT * SHORT) / 4);
/** The words of the string at hand. */
const words = new Int32Array(SHORT / 4);
const wordBytes = new Uint8Array(words.buffer);
const MIX = 0x9e3779b1 | 0;
const NOT_ASCII = 0x80808080 | 0;
/** The same of two UTF-16 code units. */
const NOT_ASCII_UNITS = 0xff80ff80 | 0;

/** The string of `length` bytes of UTF-8 at `start`. */
function decodeUtf8(cx: Canon, start: number, length: number): string {
  const { bytes, view } = cx;
  if (length > SHORT) return decodeStrictly(bytes, start, length);
  const whole = length >> 2;
  let hash = length;
  let high = 0;
  for (let at = 0; at < whole; at++) {
    const word = view.getInt32(start + 4 * at, true);
    words[at] = word;
    high |= word;
    hash = Math.imul(hash ^ word, MIX);
  }
  if (length > 4 * whole) {
    let word = 0;
    for (let at = start + length - 1, first = start + 4 * whole; at >= first; at--) word = (word << 8) | (bytes[at] as number);
    words[whole] = word;
    high |= word;
    hash = Math.imul(hash ^ word, MIX);
  }
  return (high & NOT_ASCII) === 0 ? keptText(length, hash) : decodeStrictly(bytes, start, length);
}

/** The string of `length` code units of UTF-16 at `start`. */
function decodeUtf16(cx: Canon, start: number, length: number): string {
  const { bytes, view } = cx;
  if (length > SHORT) return decodeUtf16Strictly(bytes.subarray(start, start + 2 * length));
  const whole = length >> 2;
  let hash = length;
  let high = 0;
  let from = start;
  for (let at = 0; at < whole; at++, from += 8) {
    const one = view.getInt32(from, true);
    const two = view.getInt32(from + 4, true);
    high |= one | two;
    const word = (one & 0xff) | ((one >> 8) & 0xff00) | ((two | (two >> 8)) << 16);
    words[at] = word;
    hash = Math.imul(hash ^ word, MIX);
  }
  if (length > 4 * whole) {
    let word = 0;
    for (let unit = start + 2 * length - 2; unit >= from; unit -= 2) {
      const value = view.getUint16(unit, true);
      high |= value;
      word = (word << 8) | value;
    }
    words[whole] = word;
    hash = Math.imul(hash ^ word, MIX);
  }
  return (high & NOT_ASCII_UNITS) === 0 ? keptText(length, hash) : decodeUtf16Strictly(bytes.subarray(start, start + 2 * length));
}

/** The string of the `length` ASCII bytes in `words`. */
function keptText(length: number, hash: number): string {
  const count = (length + 3) >> 2;
  const slot = (hash ^ (hash >>> 15)) & (KEPT - 1);
  const base = slot * (SHORT / 4);
  const candidate = kept[slot] as string;
  if (candidate.length === length) {
    let at = 0;
    while (at < count && keptWords[base + at] === words[at]) at++;
    if (at === count) return candidate;
  }
  for (let at = 0; at < count; at++) keptWords[base + at] = words[at] as number;
  return (kept[slot] = utf8.decode(wordBytes.subarray(0, length)));
}

function decodeStrictly(bytes: Uint8Array, start: number, length: number): string {
  try {
    return utf8.decode(bytes.subarray(start, start + length));
  } catch (cause) {
    return trap(`invalid utf-8: ${cause instanceof Error ? cause.message : "incomplete utf-8 byte sequence"}`);
  }
}

function decodeUtf16Strictly(units: Uint8Array): string {
  try {
    return utf16.decode(units);
  } catch {
    return trap("invalid utf-16: an unpaired surrogate");
  }
}

/** Reads the string that the guest points to. */
function liftString(cx: Canon, pointer: number, units: number): string {
  const { bytes, encoding } = cx;
  const wide = encoding === "utf16" || (encoding === "latin1+utf16" && units >= UTF16_TAG);
  const length = wide ? 2 * (encoding === "utf16" ? units : units - UTF16_TAG) : units;
  if (length > VALUE_BYTES_MAX) trap("string content out-of-bounds: longer than 2^28 - 1 bytes");
  if (encoding !== "utf8" && pointer % 2 !== 0) trap("unaligned pointer");
  if (pointer + length > bytes.length) trap("string pointer/length out of bounds of memory: string content out-of-bounds");
  cx.spend(length, length * TEXT_FUEL);
  if (encoding === "utf8") return decodeUtf8(cx, pointer, length);
  if (wide) return decodeUtf16(cx, pointer, length / 2);
  // Latin-1 is the first 256 code points; the decoder called "latin1" on the web is windows-1252, which differs.
  return decodeUtf16Strictly(new Uint8Array(Uint16Array.from(bytes.subarray(pointer, pointer + length)).buffer));
}

/** Gives the guest a string: leaves its pointer and length in `cx`. */
function lowerString(cx: Canon, value: unknown): void {
  if (typeof value !== "string") wrongValue("a string", value);
  if (value.length > VALUE_BYTES_MAX) trap("a string is longer than 2^28 - 1");
  cx.charge(value.length * TEXT_FUEL);
  if (cx.encoding === "utf8") storeUtf8(cx, value);
  else storeUnits(cx, value.toWellFormed());
}

/** Strings are encoded here first, so that the guest is asked once, for what they take (CanonicalABI, `store_string_copy`). */
const scratch = new Uint8Array(0x4000);

function storeUtf8(cx: Canon, text: string): void {
  if (text.length <= SHORT && storeShortAscii(cx, text)) return;
  const fits = text.length * 3 <= scratch.length;
  const encoded = fits ? scratch : encoder.encode(text);
  const length = fits ? encoder.encodeInto(text, scratch).written : encoded.length;
  if (length > VALUE_BYTES_MAX) trap("a string is longer than 2^28 - 1");
  const pointer = cx.allocate(1, length);
  const { bytes } = cx;
  bytes.set(fits ? encoded.subarray(0, length) : encoded, pointer);
  cx.pointer = pointer;
  cx.length = length;
}

/** Most strings are short and ASCII: these need no encoder. @returns false, with nothing done, for one that is not */
function storeShortAscii(cx: Canon, text: string): boolean {
  const { length } = text;
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return false;
    scratch[at] = unit;
  }
  const pointer = cx.allocate(1, length);
  const { bytes } = cx;
  for (let at = 0; at < length; at++) bytes[pointer + at] = scratch[at] as number;
  cx.pointer = pointer;
  cx.length = length;
  return true;
}

/** Latin-1 where the encoding has it and it does, else UTF-16; one code unit after the other. */
function storeUnits(cx: Canon, text: string): void {
  const { length } = text;
  const hasNarrow = cx.encoding !== "utf16";
  let wide = !hasNarrow;
  for (let at = 0; at < length && !wide; at++) wide = text.charCodeAt(at) > 0xff;
  const pointer = cx.allocate(2, wide ? 2 * length : length);
  const { bytes, view } = cx;
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (wide) view.setUint16(pointer + 2 * at, unit, true);
    else bytes[pointer + at] = unit;
  }
  cx.pointer = pointer;
  cx.length = wide && hasNarrow ? length + UTF16_TAG : length;
}

/** The codec of strings. */
export const STRING: Codec = {
  size: 8,
  align: 4,
  flat: ["i32", "i32"],
  load: (cx, pointer) => liftString(cx, cx.view.getUint32(pointer, true), cx.view.getUint32(pointer + 4, true)),
  store: (cx, value, pointer) => {
    lowerString(cx, value);
    cx.view.setUint32(pointer, cx.pointer, true);
    cx.view.setUint32(pointer + 4, cx.length, true);
  },
  lift: (cx, flat, at) => liftString(cx, (flat[at] as number) >>> 0, (flat[at + 1] as number) >>> 0),
  lower: (cx, value, flat, at) => {
    lowerString(cx, value);
    flat[at] = cx.pointer;
    flat[at + 1] = cx.length;
  },
};
