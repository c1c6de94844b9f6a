// Writes an item, which walk() has found well-formed, in its deterministic encoding (RFC 8949, 4.2.1): the shortest heads
// and floats, definite lengths, the keys of a map in bytewise order. Tags and what they mean stay as they are.

import { floatValue } from "./float";
import { argument, readHead } from "./head";
import { addMember, closeHead, closeMap, openHead, openMembers, out, putBytes, putFloat, putHead } from "./write";

/** Writes the item at `at` and answers where it ends; 0 when a map in it has a key twice. */
export function canonicalise(at: u32, end: u32): u32 {
  const first = <u32>load<u8>(at);
  const major = first >> 5;
  const info = first & 31;
  const next = readHead(at, end);
  const value = argument;
  switch (major) {
    case 2:
    case 3:
      if (info == 31) return joinString(next, end, major);
      putHead(major, value);
      putBytes(next, <u32>value);
      return next + <u32>value;
    case 4:
      return info == 31 ? openArray(next, end) : definiteArray(next, end, <u32>value);
    case 5:
      return canonicalMap(next, end, info == 31 ? -1 : <i32>value);
    case 7:
      if (info > 24) putFloat(floatValue(info, value));
      else putHead(major, value);
      return next;
    default:
      putHead(major, value);
      return major == 6 ? canonicalise(next, end) : next;
  }
}

function joinString(at: u32, end: u32, major: u32): u32 {
  const head = openHead();
  const next = putChunks(at, end);
  closeHead(head, major, <u64>(out - head - 1));
  return next;
}

/** Writes the pieces of an indefinite string, whose first is at `at`, one after the other. Answers where the string ends. */
export function putChunks(at: u32, end: u32): u32 {
  while (load<u8>(at) != 0xff) {
    const next = readHead(at, end);
    const length = <u32>argument;
    putBytes(next, length);
    at = next + length;
  }
  return at + 1;
}

function definiteArray(at: u32, end: u32, count: u32): u32 {
  putHead(4, <u64>count);
  for (let left = count; left > 0 && at != 0; left -= 1) at = canonicalise(at, end);
  return at;
}

function openArray(at: u32, end: u32): u32 {
  const head = openHead();
  let count: u64 = 0;
  while (at != 0 && load<u8>(at) != 0xff) {
    at = canonicalise(at, end);
    count += 1;
  }
  if (at == 0) return 0;
  closeHead(head, 4, count);
  return at + 1;
}

/** `count` below 0 is an indefinite one. */
function canonicalMap(at: u32, end: u32, count: i32): u32 {
  const head = openHead();
  const members = openMembers();
  for (let left = count; count < 0 ? load<u8>(at) != 0xff : left > 0; left -= 1) {
    const source = at;
    const key = out;
    at = canonicalise(at, end);
    if (at == 0) return 0;
    const keyEnd = out;
    at = canonicalise(at, end);
    if (at == 0) return 0;
    addMember(key, keyEnd, source);
  }
  if (!closeMap(head, members)) return 0;
  return count < 0 ? at + 1 : at;
}
