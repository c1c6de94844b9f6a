// Equations: both sides are known, or one is a pattern whose variables the other gives values to.

import { pairsOf, unboundIn, unsafeIn } from "../check/outputs.ts";
import type { Term } from "../syntax/ast.ts";
import { sameValue } from "../value/value.ts";
import type { Place, Planner, Test } from "./instruction.ts";
import { planMatch } from "./match.ts";
import { chargeComparison } from "./weight.ts";
import { DoterosError } from "../../../contract/error.ts";

/** What is taken apart; everything else is looked up or computed. */
const PATTERNS = new Set(["scalar", "var", "array", "object"]);

/** Plans an equation. */
export function planUnify(planner: Planner, left: Term, right: Term, place: Place): void {
  let pending = pairsOf({ left, right });
  while (pending.length > 0) {
    const waiting = pending.filter((pair) => !planPair(planner, pair.left, pair.right, place));
    if (waiting.length === pending.length) throw new DoterosError("internal", "an equation was found safe that has no known side");
    pending = waiting;
  }
}

/** Plans one pair when one side of it can be evaluated. */
function planPair(planner: Planner, left: Term, right: Term, place: Place): boolean {
  const { bound } = place;
  const sides = [[left, right], [right, left]] as const;
  // A side that is known altogether is the value when the other can be taken apart; then one that gets known on the way.
  for (const [pattern, value] of sides) {
    if (unboundIn(value, bound).size === 0 && (PATTERNS.has(pattern.kind) || unboundIn(pattern, bound).size === 0)) return planOne(planner, pattern, value, place);
  }
  for (const [pattern, value] of sides) {
    if (unsafeIn(value, bound).size === 0) return planOne(planner, pattern, value, place);
  }
  return false;
}

function planOne(planner: Planner, pattern: Term, value: Term, place: Place): boolean {
  if (pattern.kind === "scalar") {
    place.test(equals(planner, value, pattern, place));
    return true;
  }
  const source = planner.term(value, place);
  const { match, settle } = planMatch(planner, pattern, place);
  place.test((rt, frame) => {
    const found = source(rt, frame);
    return found !== undefined && match(rt, frame, found);
  });
  settle();
  return true;
}

/** Whether two terms that can be evaluated have the same value. */
function equals(planner: Planner, left: Term, right: Term, place: Place): Test {
  const value = planner.term(left, place);
  if (right.kind === "scalar") {
    const wanted = right.value;
    return (rt, frame) => value(rt, frame) === wanted;
  }
  const other = planner.term(right, place);
  return (rt, frame) => {
    const found = value(rt, frame);
    if (found === undefined) return false;
    const expected = other(rt, frame);
    if (expected === undefined) return false;
    chargeComparison(rt, found, expected);
    return sameValue(found, expected);
  };
}
