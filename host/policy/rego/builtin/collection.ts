import { add, multiply } from "../value/number.ts";
import { sizeOf } from "../value/object.ts";
import { compareValues, isArray, isNumber, RegoSet, type Value } from "../value/value.ts";
import { asArray, asInteger, asSet, type BuiltinFamily, type Context, wrongElement, wrongKind } from "./table.ts";

/** Aggregates, arrays and sets. */
export const collection: BuiltinFamily = {
  count: [1, count],
  sum: [1, (items: Value) => numbersOf(items).reduce(add, 0)],
  product: [1, (items: Value) => numbersOf(items).reduce(multiply, 1)],
  max: [1, (items: Value) => extreme(items, 1)],
  min: [1, (items: Value) => extreme(items, -1)],
  sort: [1, (items: Value) => [...aggregated(items)].sort((a, b) => compareValues(a, b))],
  all: [1, (items: Value) => listed(items).every((item) => item === true)],
  any: [1, (items: Value) => listed(items).includes(true)],
  "array.concat": [2, (a: Value, b: Value) => [...asArray(a, 1), ...asArray(b, 2)]],
  "array.flatten": [1, (items: Value) => asArray(items, 1).flatMap((item) => (isArray(item) ? item : [item]))],
  "array.reverse": [1, (items: Value) => [...asArray(items, 1)].reverse()],
  "array.slice": [3, slice],
  and: [2, (a: Value, b: Value) => intersect(asSet(a, 1), asSet(b, 2))],
  or: [2, (a: Value, b: Value) => new RegoSet([...asSet(a, 1).members(), ...asSet(b, 2).members()])],
  set_diff: [2, (a: Value, b: Value) => difference(asSet(a, 1), asSet(b, 2))],
  intersection: [1, intersection],
  union: [1, union],
};

function count(value: Value): number {
  const size = typeof value === "string" ? lengthOf(value) : sizeOf(value);
  if (size === undefined) throw wrongKind(1, value, "array", "object", "set", "string");
  return size;
}

const SURROGATE = /[\uD800-\uDFFF]/;

/** The code points of a string. */
export function lengthOf(text: string): number {
  return SURROGATE.test(text) ? Array.from(text).length : text.length;
}

function aggregated(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  if (value instanceof RegoSet) return value.sorted();
  throw wrongKind(1, value, "set", "array");
}

function listed(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  if (value instanceof RegoSet) return value.sorted();
  throw wrongKind(1, value, "array", "set");
}

function numbersOf(value: Value): readonly (number | bigint)[] {
  return aggregated(value).map((item) => {
    if (isNumber(item)) return item;
    throw wrongElement(1, value, item, "number");
  });
}

function extreme(value: Value, sign: number): Value | undefined {
  let [best] = aggregated(value);
  if (best === undefined) return undefined;
  for (const item of aggregated(value)) if (compareValues(item, best) * sign > 0) best = item;
  return best;
}

function slice(items: Value, start: Value, stop: Value): Value {
  const list = asArray(items, 1);
  const from = asInteger(start, 2);
  const to = Math.min(Math.max(asInteger(stop, 3), 0), list.length);
  return list.slice(Math.min(Math.max(from, 0), to), to);
}

function intersect(a: RegoSet, b: RegoSet): RegoSet {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  return new RegoSet([...small.members()].filter((member) => large.has(member)));
}

function difference(a: RegoSet, b: RegoSet): RegoSet {
  return new RegoSet([...a.members()].filter((member) => !b.has(member)));
}

function setsOf(value: Value): readonly RegoSet[] {
  return asSet(value, 1)
    .sorted()
    .map((member) => {
      if (member instanceof RegoSet) return member;
      throw wrongKind(1, member, "set");
    });
}

function intersection(value: Value): Value {
  const [first, ...others] = setsOf(value);
  return first === undefined ? new RegoSet() : others.reduce(intersect, first);
}

function union(value: Value, context: Context): Value {
  const result = new RegoSet();
  for (const set of setsOf(value)) {
    context.charge(set.size >> 6);
    for (const member of set.members()) result.add(member);
  }
  return result;
}

