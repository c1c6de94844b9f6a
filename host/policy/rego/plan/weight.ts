// How much a value is: what a builtin or a comparison goes through, it goes through again each time it is called, and a policy
// that does so in a loop must come to its limit.

import { checkDepth, isArray, RegoMap, RegoSet, type Value } from "../value/value.ts";
import type { Runtime } from "./runtime.ts";

/** Parts, or characters, that are one step. */
const PER_STEP = 64;

/** The weights of composite values. Of one that is changed it is what it was. */
const known = new WeakMap<object, number>();

/** The parts of a value, all the way down. */
function weightOf(value: Value, depth: number): number {
  if (typeof value === "string") return 1 + value.length;
  if (typeof value !== "object" || value === null) return 1;
  const found = known.get(value);
  if (found !== undefined) return found;
  checkDepth(depth);
  let weight = 1;
  if (isArray(value)) for (const item of value) weight += weightOf(item, depth + 1);
  else if (value instanceof RegoSet) for (const member of value.members()) weight += weightOf(member, depth + 1);
  else if (value instanceof RegoMap) for (const [key, item] of value.sorted()) weight += weightOf(key, depth + 1) + weightOf(item, depth + 1);
  else for (const [key, item] of Object.entries(value)) weight += key.length + weightOf(item, depth + 1);
  known.set(value, weight);
  return weight;
}

/** Counts what going through a value costs. */
export function chargeValue(rt: Runtime, value: Value | undefined): void {
  if (typeof value === "string") {
    if (value.length >= PER_STEP) rt.shared.charge(Math.floor(value.length / PER_STEP));
  } else if (typeof value === "object" && value !== null) {
    const weight = weightOf(value, 0);
    if (weight >= PER_STEP) rt.shared.charge(Math.floor(weight / PER_STEP));
  }
}

/** Counts what comparing two values costs: no more than the smaller one is. */
export function chargeComparison(rt: Runtime, a: Value, b: Value): void {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || a === b) return;
  const weight = Math.min(weightOf(a, 0), weightOf(b, 0));
  if (weight >= PER_STEP) rt.shared.charge(Math.floor(weight / PER_STEP));
}
