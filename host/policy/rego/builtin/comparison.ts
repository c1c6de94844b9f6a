import { eachEntry, lookup } from "../value/object.ts";
import { compareValues, RegoSet, sameValue, type Value } from "../value/value.ts";
import type { BuiltinFamily } from "./table.ts";

/** Comparison and membership: what operators stand for. */
export const comparison: BuiltinFamily = {
  eq: [2, sameValue],
  assign: [2, sameValue],
  equal: [2, sameValue],
  neq: [2, (a: Value, b: Value) => !sameValue(a, b)],
  lt: [2, (a: Value, b: Value) => compareValues(a, b) < 0],
  lte: [2, (a: Value, b: Value) => compareValues(a, b) <= 0],
  gt: [2, (a: Value, b: Value) => compareValues(a, b) > 0],
  gte: [2, (a: Value, b: Value) => compareValues(a, b) >= 0],
  "internal.member_2": [2, isMember],
  "internal.member_3": [3, isMemberAt],
};

function isMember(value: Value, container: Value): boolean {
  if (container instanceof RegoSet) return container.has(value);
  return eachEntry(container, (_key, item) => sameValue(item, value));
}

function isMemberAt(key: Value, value: Value, container: Value): boolean {
  const found = lookup(container, key);
  return found !== undefined && sameValue(found, value);
}
