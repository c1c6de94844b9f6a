// Finds what paths lead to, in one walk over all of them, and builds nothing. The paths are a tree of nodes, which the host
// writes to PATHS: a node is the number of its edges, a u32, four bytes of nothing, and the edges, 32 bytes each:
//   0 u32  1 when the step is a text, 0 when it is a number      16 u32  the text's length, in bytes
//   4 i32  the slot of what the step leads to, -1 for none       20 u32  the text's place
//   8 i64  the number: an index, or a key                        24 u32  the next node's place, 0 for none
//                                                                28 u32  the call that followed it last, 0 at first
// Places are counted from PATHS.

import { isSame } from "./bytes";
import { putChunks } from "./canonical";
import { fault } from "./fault";
import { argument, readHead } from "./head";
import { FOUND, PATHS } from "./room";
import { out, outputLength, startOutput } from "./write";
import { step } from "./step";
import { FORM, isBreak, walk } from "./walk";

const EDGE: u32 = 32;
const TEXT_STEP: u32 = 1;

/** Slots that nothing was found for yet. */
let missing: u32 = 0;
/** Counts the calls: an edge that was followed in this one bears its number. */
let turn: u32 = 0;

/** Fills FOUND for `slots` slots. What lies behind the last thing found is not looked at. */
export function project(at: u32, end: u32, depth: u32, slots: u32): void {
  for (let slot: u32 = 0; slot < slots; slot += 1) store<u64>(FOUND + (slot << 3), 0);
  missing = slots;
  turn = turn == u32.MAX_VALUE ? 1 : turn + 1;
  visit(PATHS, at, end, depth);
}

/** Where the item at `at` ends; 0 when it is faulty, and when there is nothing left to find. */
function visit(node: u32, at: u32, end: u32, depth: u32): u32 {
  if (at >= end) return walk(at, end, depth, FORM);
  const first = <u32>load<u8>(at);
  const major = first >> 5;
  if (major < 4 || major == 7) return walk(at, end, depth, FORM);
  if (depth == 0) return walk(at, end, depth, FORM);
  const next = readHead(at, end);
  if (next == 0) return 0;
  const isOpen = (first & 31) == 31;
  if (major == 6) return isOpen ? walk(at, end, depth, FORM) : visit(node, next, end, depth - 1);
  const count = argument;
  // A count that the input cannot hold is for walk() to refuse.
  if (count > <u64>(end - next)) return walk(at, end, depth, FORM);
  return major == 4
    ? visitArray(node, next, end, depth - 1, isOpen ? u32.MAX_VALUE : <u32>count, isOpen)
    : visitMap(node, next, end, depth - 1, isOpen ? u32.MAX_VALUE : <u32>count, isOpen);
}

function visitArray(node: u32, at: u32, end: u32, depth: u32, count: u32, isOpen: bool): u32 {
  for (let index: u32 = 0; index < count; index += 1) {
    if (isOpen && isBreak(at, end)) break;
    const edge = edgeOfNumber(node, <i64>index);
    at = edge == 0 ? walk(at, end, depth, FORM) : follow(edge, at, end, depth);
    if (at == 0) return 0;
  }
  if (fault != 0) return 0;
  return isOpen ? at + 1 : at;
}

function visitMap(node: u32, at: u32, end: u32, depth: u32, count: u32, isOpen: bool): u32 {
  for (let left = count; left > 0; left -= 1) {
    if (isOpen && isBreak(at, end)) break;
    let keyEnd = step(at, end, false, false);
    if (keyEnd == 0) keyEnd = walk(at, end, depth, FORM);
    if (keyEnd == 0) return 0;
    const edge = edgeOfKey(node, at, keyEnd);
    // A map may break off after a key only by mistake; walk() finds that as well.
    at = edge == 0 ? walk(keyEnd, end, depth, FORM) : follow(edge, keyEnd, end, depth);
    if (at == 0) return 0;
  }
  if (fault != 0) return 0;
  return isOpen ? at + 1 : at;
}

/** Takes down the item at `at` when a path ends here, and goes into it when one goes on. */
function follow(edge: u32, at: u32, end: u32, depth: u32): u32 {
  // Of a key that is there twice the first counts, so no edge is followed again.
  if (load<u32>(edge, 28) == turn) return walk(at, end, depth, FORM);
  store<u32>(edge, turn, 28);
  const slot = load<i32>(edge, 4);
  const child = load<u32>(edge, 24);
  let next: u32 = 0;
  if (slot >= 0) {
    const place = FOUND + (<u32>slot << 3);
    next = walk(at, end, depth, FORM);
    if (next == 0) return 0;
    store<u32>(place, at);
    store<u32>(place, next, 4);
    missing -= 1;
    if (missing == 0) return 0;
  }
  if (child != 0) return visit(PATHS + child, at, end, depth);
  return slot >= 0 ? next : walk(at, end, depth, FORM);
}

function edgeOfNumber(node: u32, number: i64): u32 {
  const edges = node + 8;
  const stop = edges + load<u32>(node) * EDGE;
  for (let edge = edges; edge < stop; edge += EDGE) {
    if (load<u32>(edge) != TEXT_STEP && load<i64>(edge, 8) == number) return edge;
  }
  return 0;
}

/** The edge for a map's key, which is well-formed; 0 for none. */
function edgeOfKey(node: u32, at: u32, end: u32): u32 {
  const first = <u32>load<u8>(at);
  const major = first >> 5;
  if (major > 1 && major != 3) return 0;
  const next = readHead(at, end);
  if (major == 3) return (first & 31) == 31 ? edgeOfChunks(node, next, end) : edgeOfText(node, next, end - next);
  // Numbers past an i64 are steps of no path.
  if (argument >> 63 != 0) return 0;
  return edgeOfNumber(node, major == 0 ? <i64>argument : -1 - <i64>argument);
}

function edgeOfText(node: u32, text: u32, length: u32): u32 {
  const edges = node + 8;
  const stop = edges + load<u32>(node) * EDGE;
  for (let edge = edges; edge < stop; edge += EDGE) {
    if (load<u32>(edge, 16) != length || load<u32>(edge) != TEXT_STEP) continue;
    if (isSame(PATHS + load<u32>(edge, 20), text, length)) return edge;
  }
  return 0;
}

function edgeOfChunks(node: u32, at: u32, end: u32): u32 {
  startOutput();
  putChunks(at, end);
  const length = outputLength();
  return edgeOfText(node, out - length, length);
}
