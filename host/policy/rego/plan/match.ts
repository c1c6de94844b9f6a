// Patterns: values taken apart into variables.

import { unboundIn } from "../check/outputs.ts";
import { isWildcard, makeVar, type Term } from "../syntax/ast.ts";
import { lookup, sizeOf } from "../value/object.ts";
import { isArray, isObject, sameValue, type Value } from "../value/value.ts";
import { chargeComparison } from "./weight.ts";
import type { Evaluate, Match, Place, Planner } from "./instruction.ts";

/** A pattern as a function, and what is to be planned once it has matched. */
export interface PatternPlan {
  readonly match: Match;
  /** Plans the parts that could be computed only from variables of the pattern itself. */
  readonly settle: () => void;
}

/** Plans a pattern; its variables have values once it matched. */
export function planMatch(planner: Planner, pattern: Term, place: Place): PatternPlan {
  const later: (() => void)[] = [];
  const match = matcher(planner, pattern, place, later);
  return { match, settle: () => later.forEach((plan) => plan()) };
}

function matcher(planner: Planner, pattern: Term, place: Place, later: (() => void)[]): Match {
  if (pattern.kind === "scalar") return matchScalar(pattern.value);
  if (pattern.kind === "var" && !place.bound.has(pattern.name)) return assign(pattern.name, place);
  if (unboundIn(pattern, place.bound).size === 0) return compareWith(planner.term(pattern, place));
  switch (pattern.kind) {
    case "array":
      return matchArray(pattern.items.map((item) => matcher(planner, item, place, later)));
    case "object":
      return matchObject(
        pattern.entries.map(([key, value]) => [planner.term(key, place), matcher(planner, value, place, later)] as const),
      );
    case "var":
    case "ref":
    case "set":
    case "comprehension":
    case "call":
    case "template": {
      const name = `$later${place.fresh()}`;
      later.push(() => planner.unify(makeVar(name, pattern.at), pattern, place));
      return keep(name, place);
    }
  }
}

function matchScalar(wanted: Value): Match {
  return (_rt, _frame, value) => value === wanted;
}

function keep(name: string, place: Place): Match {
  const slot = place.slotOf(name);
  place.bound.add(name);
  return (_rt, frame, value) => {
    frame[slot] = value;
    return true;
  };
}

function assign(name: string, place: Place): Match {
  if (!isWildcard(name)) return keep(name, place);
  place.bound.add(name);
  return () => true;
}

function compareWith(wanted: Evaluate): Match {
  return (rt, frame, value) => {
    const other = wanted(rt, frame);
    if (other === undefined) return false;
    chargeComparison(rt, value, other);
    return sameValue(value, other);
  };
}

function matchArray(items: readonly Match[]): Match {
  return (rt, frame, value) => {
    if (!isArray(value) || value.length !== items.length) return false;
    for (let at = 0; at < items.length; at += 1) if (!(items[at] as Match)(rt, frame, value[at] as Value)) return false;
    return true;
  };
}

function matchObject(entries: readonly (readonly [Evaluate, Match])[]): Match {
  return (rt, frame, value) => {
    if (!isObject(value) || sizeOf(value) !== entries.length) return false;
    for (const [keyOf, match] of entries) {
      const key = keyOf(rt, frame);
      const item = key === undefined ? undefined : lookup(value, key);
      if (item === undefined || !match(rt, frame, item)) return false;
    }
    return true;
  };
}
