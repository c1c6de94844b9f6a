// Reads JSON text (RFC 8259), which is UTF-8, and writes it as deterministic CBOR. A number whose value is an integer is one,
// as far as integers go without loss; minus zero and the rest are floats.

import {
  fail,
  JSON_CHARACTER,
  JSON_CONTROL,
  JSON_ENDS,
  JSON_ESCAPE,
  JSON_NUMBER,
  JSON_RANGE,
  JSON_SURROGATE,
  TOO_DEEP,
} from "./fault";
import { addMember, closeHead, closeMap, openHead, openMembers, out, put, putBytes, putFloat, putHead } from "./write";

/** Reads the number that lies in [at, at + length) as ECMAScript does. */
@external("host", "numberOf")
declare function numberOf(at: u32, length: u32): f64;

const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;
/** Integers up to this are doubles, each its own. */
const EXACT_MAX: f64 = 9007199254740991;

/** The first place from `at` on that is not white space. */
export function skipSpace(at: u32, end: u32): u32 {
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte > 32 || (byte != 32 && byte != 10 && byte != 13 && byte != 9)) break;
    at += 1;
  }
  return at;
}

/** Writes the value at `at`, which no space comes before, and answers where it ends; 0 when it is faulty. */
export function fromJson(at: u32, end: u32, depth: u32): u32 {
  if (at >= end) return fail(JSON_ENDS, at);
  const byte = <u32>load<u8>(at);
  switch (byte) {
    case QUOTE:
      return readString(at, end);
    case 123:
      return depth == 0 ? fail(TOO_DEEP, at) : readObject(at + 1, end, depth - 1);
    case 91:
      return depth == 0 ? fail(TOO_DEEP, at) : readArray(at + 1, end, depth - 1);
    case 116:
      return readWord(at, end, 0x65757274, 4, 0xf5);
    case 102:
      return readWord(at + 1, end, 0x65736c61, 4, 0xf4);
    case 110:
      return readWord(at, end, 0x6c6c756e, 4, 0xf6);
    default:
      return readNumber(at, end);
  }
}

/** A word whose last four letters are `letters`. */
function readWord(at: u32, end: u32, letters: u32, length: u32, byte: u32): u32 {
  if (end - at < length || at > end) return fail(JSON_CHARACTER, at);
  if (load<u32>(at) != letters) return fail(JSON_CHARACTER, at);
  put(byte);
  return at + length;
}

function readArray(at: u32, end: u32, depth: u32): u32 {
  const head = openHead();
  let count: u64 = 0;
  at = skipSpace(at, end);
  if (at < end && load<u8>(at) == 93) {
    closeHead(head, 4, 0);
    return at + 1;
  }
  for (;;) {
    at = fromJson(at, end, depth);
    if (at == 0) return 0;
    count += 1;
    at = skipSpace(at, end);
    if (at >= end) return fail(JSON_ENDS, at);
    const byte = <u32>load<u8>(at);
    if (byte == 93) break;
    if (byte != 44) return fail(JSON_CHARACTER, at);
    at = skipSpace(at + 1, end);
  }
  closeHead(head, 4, count);
  return at + 1;
}

function readObject(at: u32, end: u32, depth: u32): u32 {
  const head = openHead();
  const members = openMembers();
  at = skipSpace(at, end);
  if (at < end && load<u8>(at) == 125) {
    closeHead(head, 5, 0);
    return at + 1;
  }
  for (;;) {
    at = readMember(at, end, depth);
    if (at == 0) return 0;
    at = skipSpace(at, end);
    if (at >= end) return fail(JSON_ENDS, at);
    const byte = <u32>load<u8>(at);
    if (byte == 125) break;
    if (byte != 44) return fail(JSON_CHARACTER, at);
    at = skipSpace(at + 1, end);
  }
  return closeMap(head, members) ? at + 1 : 0;
}

function readMember(at: u32, end: u32, depth: u32): u32 {
  if (at >= end) return fail(JSON_ENDS, at);
  if (load<u8>(at) != QUOTE) return fail(JSON_CHARACTER, at);
  const source = at;
  const key = out;
  at = readString(at, end);
  if (at == 0) return 0;
  const keyEnd = out;
  at = skipSpace(at, end);
  if (at >= end) return fail(JSON_ENDS, at);
  if (load<u8>(at) != 58) return fail(JSON_CHARACTER, at);
  at = fromJson(skipSpace(at + 1, end), end, depth);
  if (at != 0) addMember(key, keyEnd, source);
  return at;
}

/** The string whose opening quote is at `at`. */
function readString(at: u32, end: u32): u32 {
  const start = at + 1;
  at = plainEnd(start, end);
  if (at < end && load<u8>(at) == QUOTE) {
    putHead(3, <u64>(at - start));
    putBytes(start, at - start);
    return at + 1;
  }
  const head = openHead();
  let from = start;
  for (;;) {
    putBytes(from, at - from);
    if (at >= end) return fail(JSON_ENDS, at);
    const byte = <u32>load<u8>(at);
    if (byte == QUOTE) break;
    if (byte != BACKSLASH) return fail(JSON_CONTROL, at);
    at = readEscape(at, end);
    if (at == 0) return 0;
    from = at;
    at = plainEnd(at, end);
  }
  closeHead(head, 3, <u64>(out - head - 1));
  return at + 1;
}

/** The first place from `at` on with a quote, a backslash or a control character. */
function plainEnd(at: u32, end: u32): u32 {
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte < 0x20 || byte == QUOTE || byte == BACKSLASH) break;
    at += 1;
  }
  return at;
}

function readEscape(at: u32, end: u32): u32 {
  if (end - at < 2) return fail(JSON_ENDS, end);
  const letter = <u32>load<u8>(at + 1);
  if (letter == 117) return readUnicode(at, end);
  const byte = byteOf(letter);
  if (byte == 0) return fail(JSON_ESCAPE, at);
  put(byte);
  return at + 2;
}

function byteOf(letter: u32): u32 {
  if (letter == QUOTE || letter == BACKSLASH || letter == 47) return letter;
  if (letter == 98) return 8;
  if (letter == 102) return 12;
  if (letter == 110) return 10;
  if (letter == 114) return 13;
  return letter == 116 ? 9 : 0;
}

function readUnicode(at: u32, end: u32): u32 {
  const unit = hexadecimal(at + 2, end);
  if (unit < 0) return fail(JSON_ESCAPE, at);
  if (unit < 0xd800 || unit > 0xdfff) {
    putCharacter(<u32>unit);
    return at + 6;
  }
  // Half a character; the other half must follow.
  if (unit > 0xdbff || at + 8 > end || load<u16>(at + 6) != 0x755c) return fail(JSON_SURROGATE, at);
  const low = hexadecimal(at + 8, end);
  if (low < 0xdc00 || low > 0xdfff) return fail(JSON_SURROGATE, at);
  putCharacter(0x10000 + ((<u32>unit - 0xd800) << 10) + (<u32>low - 0xdc00));
  return at + 12;
}

/** Four hexadecimal digits; -1 when they are not. */
function hexadecimal(at: u32, end: u32): i32 {
  if (at + 4 > end) return -1;
  let value: i32 = 0;
  for (let index: u32 = 0; index < 4; index += 1) {
    const byte = <i32>load<u8>(at + index);
    const letter = byte | 32;
    if (byte >= 48 && byte <= 57) value = (value << 4) | (byte - 48);
    else if (letter >= 97 && letter <= 102) value = (value << 4) | (letter - 87);
    else return -1;
  }
  return value;
}

function putCharacter(point: u32): void {
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xc0 | (point >> 6));
  } else {
    if (point < 0x10000) {
      put(0xe0 | (point >> 12));
    } else {
      put(0xf0 | (point >> 18));
      put(0x80 | ((point >> 12) & 63));
    }
    put(0x80 | ((point >> 6) & 63));
  }
  put(0x80 | (point & 63));
}

/** Where a run of digits from `at` on ends. */
function digitsEnd(at: u32, end: u32): u32 {
  while (at < end && <u32>load<u8>(at) - 48 <= 9) at += 1;
  return at;
}

function readNumber(start: u32, end: u32): u32 {
  const isNegative = load<u8>(start) == 45;
  const whole = isNegative ? start + 1 : start;
  const wholeEnd = digitsEnd(whole, end);
  if (wholeEnd == whole) return fail(isNegative ? JSON_NUMBER : JSON_CHARACTER, start);
  if (wholeEnd - whole > 1 && load<u8>(whole) == 48) return fail(JSON_NUMBER, start);
  let at = wholeEnd;
  if (at < end && load<u8>(at) == 46) {
    const fraction = at + 1;
    at = digitsEnd(fraction, end);
    if (at == fraction) return fail(JSON_NUMBER, start);
  }
  const mantissaEnd = at;
  if (at < end && (load<u8>(at) | 32) == 101) {
    at += 1;
    if (at < end && (load<u8>(at) == 43 || load<u8>(at) == 45)) at += 1;
    const exponent = at;
    at = digitsEnd(exponent, end);
    if (at == exponent) return fail(JSON_NUMBER, start);
  }
  if (at == wholeEnd && putInteger(whole, wholeEnd, isNegative)) return at;
  const value = mantissaEnd == at ? decimalOf(whole, wholeEnd, mantissaEnd) : -1;
  const magnitude = value >= 0 ? value : abs(numberOf(start, at - start));
  if (magnitude == Infinity) return fail(JSON_RANGE, start);
  putNumber(isNegative ? -magnitude : magnitude);
  return at;
}

/** Writes an integer that a head holds; false for one that none does, and for minus zero. */
function putInteger(at: u32, end: u32, isNegative: bool): bool {
  // The largest u64 has twenty digits.
  if (end - at > 20) return false;
  let value: u64 = 0;
  while (at < end) {
    const digit = <u64>load<u8>(at) - 48;
    if (value > 1844674407370955161 || (value == 1844674407370955161 && digit > 5)) return false;
    value = value * 10 + digit;
    at += 1;
  }
  if (!isNegative) putHead(0, value);
  else if (value == 0) return false;
  else putHead(1, value - 1);
  return true;
}

/** A decimal number without an exponent, when it has so few digits that one division is exact; otherwise -1. */
function decimalOf(whole: u32, wholeEnd: u32, end: u32): f64 {
  if (end - whole > 16) return -1;
  let value: u64 = 0;
  for (let at = whole; at < end; at += 1) if (at != wholeEnd) value = value * 10 + (<u64>load<u8>(at) - 48);
  let power: f64 = 1;
  for (let at = wholeEnd + 1; at < end; at += 1) power *= 10;
  return <f64>value / power;
}

function putNumber(value: f64): void {
  const isInteger = nearest(value) == value && abs(value) <= EXACT_MAX;
  if (!isInteger || reinterpret<u64>(value) == 0x8000000000000000) return putFloat(value);
  if (value < 0) putHead(1, <u64>(-value) - 1);
  else putHead(0, <u64>value);
}
