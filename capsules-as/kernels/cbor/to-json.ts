// Writes an item, which walk() has found well-formed and its text UTF-8, as JSON: RFC 8949, 6.1. Byte strings are base64url
// without padding, and bignums too, the negative ones with a ~ before it; undefined and other simple values are null; the
// rest of the tags is left out. A key is a text, or an integer that becomes one.

import { fail, KEY_FOR_JSON } from "./fault";
import { floatValue } from "./float";
import { argument, readHead } from "./head";
import { putChunks } from "./canonical";
import { putDigits, putDouble } from "./decimal";
import { tableAt } from "./room";
import { moveTo, out, put } from "./write";

const QUOTE: u32 = 34;
const NEGATIVE_BIGNUM: u64 = 3;

/** Writes the item at `at` and answers where it ends; 0 when it has a key that JSON has not. */
export function toJson(at: u32, end: u32): u32 {
  const first = <u32>load<u8>(at);
  const info = first & 31;
  const next = readHead(at, end);
  const value = argument;
  switch (first >> 5) {
    case 0:
      putDigits(value, 1);
      return next;
    case 1:
      putNegative(value);
      return next;
    case 2:
      return putByteString(next, end, <u32>value, info == 31, false);
    case 3:
      return putTextString(next, end, <u32>value, info == 31);
    case 4:
      return arrayToJson(next, end, info == 31 ? -1 : <i32>value);
    case 5:
      return mapToJson(next, end, info == 31 ? -1 : <i32>value);
    case 6:
      return value == NEGATIVE_BIGNUM ? negativeBignum(next, end) : toJson(next, end);
    default:
      putSimple(info, value);
      return next;
  }
}

/** The number -1 - value. */
function putNegative(value: u64): void {
  put(45);
  if (value < u64.MAX_VALUE) return putDigits(value + 1, 1);
  // 2^64 is one more than a u64 holds.
  putDigits(1844674407370955161, 1);
  put(54);
}

function negativeBignum(at: u32, end: u32): u32 {
  const first = <u32>load<u8>(at);
  if (first >> 5 != 2) return toJson(at, end);
  const next = readHead(at, end);
  return putByteString(next, end, <u32>argument, (first & 31) == 31, true);
}

function putSimple(info: u32, value: u64): void {
  if (info > 24) return putDouble(floatValue(info, value));
  if (info == 20) {
    store<u32>(out, 0x736c6166); // fals
    store<u8>(out + 4, 0x65); // e
    return moveTo(out + 5);
  }
  store<u32>(out, info == 21 ? 0x65757274 : 0x6c6c756e); // true, null
  moveTo(out + 4);
}

function arrayToJson(at: u32, end: u32, count: i32): u32 {
  put(91);
  let comma = false;
  for (let left = count; count < 0 ? load<u8>(at) != 0xff : left > 0; left -= 1) {
    if (comma) put(44);
    comma = true;
    at = toJson(at, end);
    if (at == 0) return 0;
  }
  put(93);
  return count < 0 ? at + 1 : at;
}

function mapToJson(at: u32, end: u32, count: i32): u32 {
  put(123);
  let comma = false;
  for (let left = count; count < 0 ? load<u8>(at) != 0xff : left > 0; left -= 1) {
    if (comma) put(44);
    comma = true;
    at = keyToJson(at, end);
    if (at == 0) return 0;
    put(58);
    at = toJson(at, end);
    if (at == 0) return 0;
  }
  put(125);
  return count < 0 ? at + 1 : at;
}

function keyToJson(at: u32, end: u32): u32 {
  const major = load<u8>(at) >> 5;
  if (major == 3) return toJson(at, end);
  if (major > 1) return fail(KEY_FOR_JSON, at);
  put(QUOTE);
  const next = toJson(at, end);
  put(QUOTE);
  return next;
}

function putTextString(at: u32, end: u32, length: u32, isOpen: bool): u32 {
  put(QUOTE);
  if (!isOpen) {
    putEscaped(at, at + length);
    at += length;
  } else {
    while (load<u8>(at) != 0xff) {
      const next = readHead(at, end);
      at = next + <u32>argument;
      putEscaped(next, at);
    }
    at += 1;
  }
  put(QUOTE);
  return at;
}

/** Whether one of eight bytes is a quote, a backslash or a control character. What is above ASCII is none of these. */
@inline
function needsEscape(word: u64): bool {
  const quotes = word ^ 0x2222222222222222;
  const slashes = word ^ 0x5c5c5c5c5c5c5c5c;
  const ones: u64 = 0x0101010101010101;
  const found = ((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) | ((word - 0x2020202020202020) & ~word);
  return (found & 0x8080808080808080) != 0;
}

function putEscaped(at: u32, end: u32): void {
  let to = out;
  while (at < end) {
    while (end - at >= 8) {
      const word = load<u64>(at);
      if (needsEscape(word)) break;
      store<u64>(to, word);
      at += 8;
      to += 8;
    }
    // The eight bytes that stopped the copying, or the last few.
    const stop = min(at + 8, end);
    while (at < stop) {
      const byte = <u32>load<u8>(at);
      at += 1;
      if (byte >= 0x20 && byte != QUOTE && byte != 92) {
        store<u8>(to, byte);
        to += 1;
      } else {
        to = putEscape(byte, to);
      }
    }
  }
  moveTo(to);
}

/** The escape of one character, as JSON.stringify writes it. */
function putEscape(byte: u32, to: u32): u32 {
  store<u8>(to, 92);
  const letter = letterOf(byte);
  if (letter != 0) {
    store<u8>(to + 1, letter);
    return to + 2;
  }
  store<u32>(to + 1, 0x30303075); // u000
  store<u8>(to + 4, 48 + (byte >> 4));
  const low = byte & 15;
  store<u8>(to + 5, low < 10 ? 48 + low : 87 + low);
  return to + 6;
}

function letterOf(byte: u32): u32 {
  if (byte == QUOTE || byte == 92) return byte;
  if (byte == 8) return 98;
  if (byte == 9) return 116;
  if (byte == 10) return 110;
  if (byte == 12) return 102;
  return byte == 13 ? 114 : 0;
}

function putByteString(at: u32, end: u32, length: u32, isOpen: bool, isNegative: bool): u32 {
  put(QUOTE);
  if (isNegative) put(126);
  let next = at + length;
  if (isOpen) {
    // The pieces may end within three bytes that belong together, so they are joined first, in the table.
    const start = out;
    moveTo(tableAt);
    next = putChunks(at, end);
    length = out - tableAt;
    at = tableAt;
    moveTo(start);
  }
  putBase64(at, length);
  put(QUOTE);
  return next;
}

function putBase64(at: u32, length: u32): void {
  let left = length;
  while (left > 0) {
    const bytes = min(left, 3);
    let bits = <u32>load<u8>(at) << 16;
    if (bytes > 1) bits |= <u32>load<u8>(at + 1) << 8;
    if (bytes > 2) bits |= <u32>load<u8>(at + 2);
    for (let digit: u32 = 0; digit <= bytes; digit += 1) put(digitOf((bits >> (18 - digit * 6)) & 63));
    at += bytes;
    left -= bytes;
  }
}

function digitOf(value: u32): u32 {
  if (value < 26) return 65 + value;
  if (value < 52) return 71 + value;
  if (value < 62) return value - 4;
  return value == 62 ? 45 : 95;
}
