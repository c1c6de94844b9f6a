// What the writers of CBOR share: where the output has got to, heads, numbers, and the members of open maps.

import { compare } from "./bytes";
import { DUPLICATE_KEY, fail } from "./fault";
import { HALF_NAN, halfOf } from "./float";
import { outputAt, tableAt } from "./room";

/** Where the next byte goes. */
export let out: u32 = 0;
/** Where the next member goes: the key's first byte, its end, the value's end, and where the key is in the input. */
let table: u32 = 0;

const MEMBER: u32 = 16;

export function startOutput(): void {
  out = outputAt;
  table = tableAt;
}

export function outputLength(): u32 {
  return out - outputAt;
}

export function moveTo(at: u32): void {
  out = at;
}

@inline
export function put(byte: u32): void {
  store<u8>(out, byte);
  out += 1;
}

export function putBytes(from: u32, length: u32): void {
  memory.copy(out, from, length);
  out += length;
}

function headLength(value: u64): u32 {
  if (value < 24) return 1;
  if (value <= 0xff) return 2;
  if (value <= 0xffff) return 3;
  return value <= 0xffffffff ? 5 : 9;
}

/** The shortest head. */
export function putHead(major: u32, value: u64): void {
  const kind = major << 5;
  if (value < 24) {
    store<u8>(out, kind | <u32>value);
  } else if (value <= 0xff) {
    store<u8>(out, kind | 24);
    store<u8>(out + 1, <u32>value);
  } else if (value <= 0xffff) {
    store<u8>(out, kind | 25);
    store<u16>(out + 1, bswap<u16>(<u16>value));
  } else if (value <= 0xffffffff) {
    store<u8>(out, kind | 26);
    store<u32>(out + 1, bswap<u32>(<u32>value));
  } else {
    store<u8>(out, kind | 27);
    store<u64>(out + 1, bswap<u64>(value));
  }
  out += headLength(value);
}

/** The shortest float with this value. */
export function putFloat(value: f64): void {
  const single = <f32>value;
  if (value != value || <f64>single == value) {
    const half = value != value ? <i32>HALF_NAN : halfOf(reinterpret<u32>(single));
    if (half >= 0) {
      put(0xf9);
      store<u16>(out, bswap<u16>(<u16>half));
      out += 2;
      return;
    }
    put(0xfa);
    store<u32>(out, bswap<u32>(reinterpret<u32>(single)));
    out += 4;
    return;
  }
  put(0xfb);
  store<u64>(out, bswap<u64>(reinterpret<u64>(value)));
  out += 8;
}

/** Leaves a byte for a head whose argument is known only when what it counts has been written. */
export function openHead(): u32 {
  out += 1;
  return out - 1;
}

/** Writes the head that was left open at `head`, and moves what was written since when it needs more room. */
export function closeHead(head: u32, major: u32, value: u64): void {
  const stop = out;
  const extra = headLength(value) - 1;
  if (extra > 0) memory.copy(head + 1 + extra, head + 1, stop - head - 1);
  out = head;
  putHead(major, value);
  out = stop + extra;
}

/** Where the members of a map that opens now begin in the table. */
export function openMembers(): u32 {
  return table;
}

export function addMember(key: u32, keyEnd: u32, source: u32): void {
  store<u32>(table, key);
  store<u32>(table, keyEnd, 4);
  store<u32>(table, out, 8);
  store<u32>(table, source, 12);
  table += MEMBER;
}

/** Ends a map: its members in the order of their keys, and its head. False when two of them have the same key. */
export function closeMap(head: u32, members: u32): bool {
  const count = (table - members) / MEMBER;
  if (!isSorted(members, count)) {
    sort(members, count);
    if (!isSorted(members, count)) {
      table = members;
      return false;
    }
    rearrange(head + 1, members, count);
  }
  table = members;
  closeHead(head, 5, <u64>count);
  return true;
}

@inline
function order(left: u32, right: u32): i32 {
  return compare(load<u32>(left), load<u32>(left, 4), load<u32>(right), load<u32>(right, 4));
}

/** Whether the keys rise. Where two neighbours are the same the later of them is noted as a fault; sorted, that is any two. */
function isSorted(members: u32, count: u32): bool {
  for (let index: u32 = 1; index < count; index += 1) {
    const member = members + index * MEMBER;
    const difference = order(member - MEMBER, member);
    if (difference < 0) continue;
    if (difference == 0) fail(DUPLICATE_KEY, max(load<u32>(member, 12), load<u32>(member - MEMBER, 12)));
    return false;
  }
  return true;
}

/** Heapsort: in place, and no input makes it slow. */
function sort(members: u32, count: u32): void {
  for (let root = count / 2; root > 0; root -= 1) sink(members, root - 1, count);
  for (let last = count - 1; last > 0; last -= 1) {
    swap(members, members + last * MEMBER);
    sink(members, 0, last);
  }
}

function sink(members: u32, root: u32, count: u32): void {
  for (;;) {
    let child = root * 2 + 1;
    if (child >= count) return;
    if (child + 1 < count && order(members + child * MEMBER, members + (child + 1) * MEMBER) < 0) child += 1;
    if (order(members + root * MEMBER, members + child * MEMBER) >= 0) return;
    swap(members + root * MEMBER, members + child * MEMBER);
    root = child;
  }
}

function swap(left: u32, right: u32): void {
  const low = load<u64>(left);
  const high = load<u64>(left, 8);
  store<u64>(left, load<u64>(right));
  store<u64>(left, load<u64>(right, 8), 8);
  store<u64>(right, low);
  store<u64>(right, high, 8);
}

/** Copies the members behind the output in their new order, and back over the old. */
function rearrange(start: u32, members: u32, count: u32): void {
  let to = out;
  for (let index: u32 = 0; index < count; index += 1) {
    const member = members + index * MEMBER;
    const from = load<u32>(member);
    const length = load<u32>(member, 8) - from;
    memory.copy(to, from, length);
    to += length;
  }
  memory.copy(start, out, to - out);
}
