import { cborFault } from "./cbor-fault.ts";

/** Where a part of a document lies, in bytes from its start. */
export interface CborSlice {
  readonly offset: number;
  readonly length: number;
}

/**
 * A part of a document as a value: integers that a number does not hold exactly are bigints, byte strings are copied, and
 * arrays, maps, tagged items and unknown simple values are told by their place.
 */
export type CborValue = number | bigint | string | boolean | null | undefined | Uint8Array | CborSlice;

const BAD_UTF8 = 6;
const BREAK = 0xff;
/** Up to this length, text of ASCII is put together faster by hand than by a TextDecoder. */
const SHORT_TEXT_BYTES = 24;

const float = new DataView(new ArrayBuffer(8));
let utf8: TextDecoder | undefined;

/** The value of the well-formed item that begins at `offset` and ends before `end`. */
export function cborValue(bytes: Uint8Array, offset: number, end: number): CborValue {
  const first = bytes[offset] ?? 0;
  const info = first & 31;
  switch (first >> 5) {
    case 0:
      return info < 24 ? info : integerAt(bytes, offset, info);
    case 1:
      return info < 24 ? -1 - info : negative(integerAt(bytes, offset, info));
    case 2:
      return joined(bytes, offset, end);
    case 3:
      if (info !== 31) return text(bytes, headEnd(offset, info), end, offset);
      return openText(joined(bytes, offset, end), offset);
    case 7:
      return simple(bytes, offset, end, info);
    default:
      return { offset, length: end - offset };
  }
}

/** Where a definite head that begins at `offset` ends. */
function headEnd(offset: number, info: number): number {
  return offset + (info < 24 ? 1 : 1 + (1 << (info - 24)));
}

function integerAt(bytes: Uint8Array, offset: number, info: number): number | bigint {
  const stop = headEnd(offset, info);
  let value = 0;
  for (let at = offset + 1; at < stop; at += 1) value = value * 256 + (bytes[at] ?? 0);
  if (Number.isSafeInteger(value)) return value;
  let large = 0n;
  for (let at = offset + 1; at < stop; at += 1) large = large * 256n + BigInt(bytes[at] ?? 0);
  return large;
}

function negative(value: number | bigint): number | bigint {
  if (typeof value === "bigint") return -1n - value;
  return value === Number.MAX_SAFE_INTEGER ? -1n - BigInt(value) : -1 - value;
}

/** The contents of a string, copied. */
function joined(bytes: Uint8Array, offset: number, end: number): Uint8Array {
  const info = (bytes[offset] ?? 0) & 31;
  if (info !== 31) return bytes.slice(headEnd(offset, info), end);
  const whole = new Uint8Array(end - offset);
  let length = 0;
  let at = offset + 1;
  while (bytes[at] !== BREAK) {
    const piece = (bytes[at] ?? 0) & 31;
    const start = headEnd(at, piece);
    const size = piece < 24 ? piece : Number(integerAt(bytes, at, piece));
    whole.set(bytes.subarray(start, start + size), length);
    length += size;
    at = start + size;
  }
  return whole.slice(0, length);
}

function openText(whole: Uint8Array, offset: number): string {
  return text(whole, 0, whole.length, offset);
}

function text(bytes: Uint8Array, start: number, end: number, offset: number): string {
  if (end - start <= SHORT_TEXT_BYTES) {
    let short = "";
    let at = start;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= 0x80) break;
      short += String.fromCharCode(byte);
    }
    if (at === end) return short;
  }
  utf8 ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return utf8.decode(bytes.subarray(start, end));
  } catch {
    throw cborFault(BAD_UTF8, offset);
  }
}

function simple(bytes: Uint8Array, offset: number, end: number, info: number): CborValue {
  if (info === 20) return false;
  if (info === 21) return true;
  if (info === 22) return null;
  if (info === 23) return undefined;
  if (info < 25) return { offset, length: end - offset };
  for (let at = offset + 1; at < end; at += 1) float.setUint8(at - offset - 1, bytes[at] ?? 0);
  if (info === 26) return float.getFloat32(0);
  return info === 27 ? float.getFloat64(0) : half(float.getUint16(0));
}

function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits >> 15 === 0 ? 1 : -1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
