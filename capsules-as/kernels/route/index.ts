// The routing kernel: which subscriptions does a subject meet? Patterns have `*` for one token and `>`, at the end, for
// one or more. The host writes a subject or a pattern into `input`, the name of a group into `groupName`, and calls.
import { seedTable } from "./entry";
import { findMatches } from "./match";
import { addId, groupName, removeId } from "./subscriptions";
import { cut, input, problemAt } from "./tokens";

/** Answers of `insert` and `remove` beside the problems that tokens.ts numbers. */
const DONE: u32 = 0;
const FULL: u32 = 8;
const NOT_THERE: u32 = 9;

let problem: u32 = 0;

/** Before anything else: what makes this table's hashes its own. */
export function seed(value: u32): void {
  seedTable(value);
}

export function inputAddress(): usize {
  return input;
}

export function groupAddress(): usize {
  return groupName;
}

/** Adds a subscription: so many bytes of pattern, an id, so many of the name of a group, 0 for none. */
export function insert(length: u32, id: u32, groupLength: u32): u32 {
  problem = cut(length, true);
  if (problem != 0) return problem;
  return addId(id, groupLength) ? DONE : FULL;
}

/** Takes away a subscription that `insert` added with the same arguments. */
export function remove(length: u32, id: u32, groupLength: u32): u32 {
  problem = cut(length, true);
  if (problem != 0) return problem;
  return removeId(id, groupLength) ? DONE : NOT_THERE;
}

/** The address of the answer, in the form that match.ts describes; 0 when there is a `matchProblem`. */
export function match(length: u32): usize {
  problem = cut(length, false);
  if (problem != 0) return 0;
  const answer = findMatches();
  if (answer == 0) problem = FULL;
  return answer;
}

export function matchProblem(): u32 {
  return problem;
}

/** The byte where the last problem with a text was. */
export function problemPlace(): u32 {
  return problemAt;
}
