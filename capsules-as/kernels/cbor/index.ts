// The CBOR kernel. The host puts the input at inputAt() and calls one of these; each answers with the number of the fault,
// 0 when there is none, whose place in the input is faultOffset(). Lengths and places are in bytes.

import { canonicalise } from "./canonical";
import { BAD_UTF8, clearFault, fail, fault, faultAt, JSON_CHARACTER, TRAILING } from "./fault";
import { fromJson, skipSpace } from "./from-json";
import { project } from "./project";
import { FOUND, INPUT, NUMBER, outputAt, PATHS } from "./room";
import { toJson } from "./to-json";
import { startOutput } from "./write";
import { utf8Fault } from "./utf8";
import { STRICT, TEXT, walk } from "./walk";

export { reserve } from "./room";
export { outputLength } from "./write";

export function inputAt(): u32 {
  return INPUT;
}

export function pathsAt(): u32 {
  return PATHS;
}

export function foundAt(): u32 {
  return FOUND;
}

export function numberAt(): u32 {
  return NUMBER;
}

export function outputStart(): u32 {
  return outputAt;
}

export function faultOffset(): u32 {
  return faultAt - INPUT;
}

/** One item and nothing behind it, well-formed, its text UTF-8; deterministic as well when that is asked. */
export function check(length: u32, depth: u32, isStrict: bool): u32 {
  clearFault();
  const end = INPUT + length;
  const next = walk(INPUT, end, depth, isStrict ? STRICT : TEXT);
  if (next != 0 && next != end) fail(TRAILING, next);
  return fault;
}

/** The item in its deterministic encoding. */
export function canonical(length: u32, depth: u32): u32 {
  if (check(length, depth, false) != 0) return fault;
  startOutput();
  canonicalise(INPUT, INPUT + length);
  return fault;
}

/** Fills the first `slots` slots by the paths that lie at pathsAt(). */
export function find(length: u32, depth: u32, slots: u32): u32 {
  clearFault();
  project(INPUT, INPUT + length, depth, slots);
  return fault;
}

export function cborToJson(length: u32, depth: u32): u32 {
  if (check(length, depth, false) != 0) return fault;
  startOutput();
  toJson(INPUT, INPUT + length);
  return fault;
}

export function jsonToCbor(length: u32, depth: u32): u32 {
  clearFault();
  const end = INPUT + length;
  const wrong = utf8Fault(INPUT, end);
  if (wrong != end) return fail(BAD_UTF8, wrong) + fault;
  startOutput();
  const next = fromJson(skipSpace(INPUT, end), end, depth);
  if (next == 0) return fault;
  const last = skipSpace(next, end);
  if (last != end) fail(JSON_CHARACTER, last);
  return fault;
}
