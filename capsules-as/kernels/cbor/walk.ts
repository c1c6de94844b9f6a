// Steps over one data item and finds what is wrong with it. Nested items nest calls, at most as many as the caller allows.

import { compare } from "./bytes";
import {
  BAD_CHUNK,
  BAD_SIMPLE,
  BAD_UTF8,
  DUPLICATE_KEY,
  fail,
  fault,
  INDEFINITE,
  KEY_ORDER,
  LONG_ARGUMENT,
  LONG_FLOAT,
  ODD_MAP,
  RESERVED,
  STRAY_BREAK,
  TOO_DEEP,
  TRUNCATED,
} from "./fault";
import { isShortestFloat } from "./float";
import { argument, isShortestHead, readHead } from "./head";
import { step } from "./step";
import { utf8Fault } from "./utf8";

/** How closely to look: whether it is well-formed; whether its text is UTF-8 as well; whether it is deterministic as well. */
export const FORM: u32 = 0;
export const TEXT: u32 = 1;
export const STRICT: u32 = 2;

/** Where the item at `at` ends, or 0 when it is faulty. `depth` is how many levels may yet be opened. */
export function walk(at: u32, end: u32, depth: u32, mode: u32): u32 {
  if (at >= end) return fail(TRUNCATED, at);
  const first = <u32>load<u8>(at);
  const info = first & 31;
  const next = readHead(at, end);
  if (next == 0) return 0;
  const value = argument;
  if (info >= 24) {
    if (info == 31) return walkIndefinite(at, end, depth, mode);
    if (mode == STRICT && first < 0xe0 && !isShortestHead(info, value)) return fail(LONG_ARGUMENT, at);
  }
  switch (first >> 5) {
    case 0:
    case 1:
      return next;
    case 2:
      return value > <u64>(end - next) ? fail(TRUNCATED, at) : next + <u32>value;
    case 3:
      return walkText(at, next, end, value, mode);
    case 4:
      return depth == 0 ? fail(TOO_DEEP, at) : walkItems(at, next, end, value, depth - 1, mode);
    case 5:
      if (depth == 0) return fail(TOO_DEEP, at);
      if (value > <u64>(end - next)) return fail(TRUNCATED, at);
      return mode == STRICT ? walkSorted(next, end, value, depth - 1) : walkItems(at, next, end, value * 2, depth - 1, mode);
    case 6:
      return depth == 0 ? fail(TOO_DEEP, at) : walk(next, end, depth - 1, mode);
    default:
      return walkSimple(at, next, value, info, mode);
  }
}

function walkText(at: u32, next: u32, end: u32, value: u64, mode: u32): u32 {
  if (value > <u64>(end - next)) return fail(TRUNCATED, at);
  const stop = next + <u32>value;
  if (mode != FORM) {
    const wrong = utf8Fault(next, stop);
    if (wrong != stop) return fail(BAD_UTF8, wrong);
  }
  return stop;
}

function walkSimple(at: u32, next: u32, value: u64, info: u32, mode: u32): u32 {
  if (info == 24 && value < 32) return fail(BAD_SIMPLE, at);
  if (mode == STRICT && info > 24 && !isShortestFloat(info, value)) return fail(LONG_FLOAT, at);
  return next;
}

/** Every item takes a byte at least, so a count that the rest of the input cannot hold is refused at once. */
function walkItems(start: u32, at: u32, end: u32, count: u64, depth: u32, mode: u32): u32 {
  if (count > <u64>(end - at)) return fail(TRUNCATED, start);
  const hasText = mode != FORM;
  const isStrict = mode == STRICT;
  for (let left = <u32>count; left > 0; left -= 1) {
    const next = step(at, end, hasText, isStrict);
    at = next != 0 ? next : enter(at, end, depth, mode);
    if (at == 0) return 0;
  }
  return at;
}

/** The same as walk(), with a short cut for short arrays and maps, where no keys are compared. */
function enter(at: u32, end: u32, depth: u32, mode: u32): u32 {
  if (at < end && depth > 0 && mode != STRICT) {
    const first = <u32>load<u8>(at);
    if (first - 0x80 < 24) return walkItems(at, at + 1, end, <u64>(first - 0x80), depth - 1, mode);
    if (first - 0xa0 < 24) return walkItems(at, at + 1, end, <u64>(first - 0xa0) * 2, depth - 1, mode);
  }
  return walk(at, end, depth, mode);
}

/** A map whose keys must rise, byte by byte. */
function walkSorted(at: u32, end: u32, count: u64, depth: u32): u32 {
  let before: u32 = 0;
  let beforeEnd: u32 = 0;
  for (let left = <u32>count; left > 0; left -= 1) {
    let keyEnd = step(at, end, true, true);
    if (keyEnd == 0) keyEnd = walk(at, end, depth, STRICT);
    if (keyEnd == 0) return 0;
    const order = before == 0 ? -1 : compare(before, beforeEnd, at, keyEnd);
    if (order >= 0) return fail(order == 0 ? DUPLICATE_KEY : KEY_ORDER, at);
    before = at;
    beforeEnd = keyEnd;
    at = step(keyEnd, end, true, true);
    if (at == 0) at = walk(keyEnd, end, depth, STRICT);
    if (at == 0) return 0;
  }
  return at;
}

function walkIndefinite(at: u32, end: u32, depth: u32, mode: u32): u32 {
  const major = <u32>load<u8>(at) >> 5;
  if (major == 7) return fail(STRAY_BREAK, at);
  if (major < 2 || major == 6) return fail(RESERVED, at);
  if (mode == STRICT) return fail(INDEFINITE, at);
  if (major < 4) return walkChunks(at + 1, end, major, mode);
  if (depth == 0) return fail(TOO_DEEP, at);
  let items: u32 = 0;
  let next = at + 1;
  while (!isBreak(next, end)) {
    next = walk(next, end, depth - 1, mode);
    if (next == 0) return 0;
    items += 1;
  }
  if (fault != 0) return 0;
  return major == 5 && (items & 1) != 0 ? fail(ODD_MAP, next) : next + 1;
}


/** Whether an indefinite item is over at `at`. It is as well when the input is, and then that is a fault. */
@inline
export function isBreak(at: u32, end: u32): bool {
  if (at >= end) {
    fail(TRUNCATED, at);
    return true;
  }
  return load<u8>(at) == 0xff;
}

/** The pieces of an indefinite string: definite strings of its own kind, each of them whole. */
function walkChunks(at: u32, end: u32, major: u32, mode: u32): u32 {
  while (!isBreak(at, end)) {
    const first = <u32>load<u8>(at);
    if (first >> 5 != major || (first & 31) == 31) return fail(BAD_CHUNK, at);
    at = walk(at, end, 0, mode);
    if (at == 0) return 0;
  }
  return fault == 0 ? at + 1 : 0;
}
