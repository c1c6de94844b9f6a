import { lookup, ObjectBuilder, objectOf } from "../value/object.ts";
import { type Fields, isArray, isObject, type RegoMap, RegoSet, sameValue, sortedEntries, type Value } from "../value/value.ts";
import { asArray, asObject, type BuiltinFamily, wrongElement, wrongKind, wrongOperand } from "./table.ts";

type Entries = Fields | RegoMap;

/** Objects. */
export const object: BuiltinFamily = {
  "object.get": [3, get],
  "object.keys": [1, (value: Value) => new RegoSet(sortedEntries(asObject(value, 1)).map(([key]) => key))],
  "object.remove": [2, remove],
  "object.filter": [2, filter],
  "object.union": [2, (a: Value, b: Value) => mergeObjects(asObject(a, 1), asObject(b, 2))],
  "object.union_n": [1, unionAll],
  "object.subset": [2, isSubset],
};

function get(container: Value, path: Value, otherwise: Value): Value {
  const start = asObject(container, 1);
  if (!isArray(path)) return lookup(start, path) ?? otherwise;
  let found: Value | undefined = start;
  for (const key of path) found = found === undefined ? undefined : lookup(found, key);
  return found ?? otherwise;
}

function keysOperand(value: Value): RegoSet {
  if (value instanceof RegoSet) return value;
  if (isArray(value)) return new RegoSet(value);
  if (isObject(value)) return new RegoSet(sortedEntries(value).map(([key]) => key));
  throw wrongKind(2, value, "object", "set", "array");
}

function remove(container: Value, keys: Value): Value {
  const entries = sortedEntries(asObject(container, 1));
  const gone = keysOperand(keys);
  return objectOf(entries.filter(([key]) => !gone.has(key)));
}

function filter(container: Value, keys: Value): Value {
  const entries = sortedEntries(asObject(container, 1));
  const kept = keysOperand(keys);
  return objectOf(entries.filter(([key]) => kept.has(key)));
}

/** Two objects as one: what both have as objects is merged, the second wins otherwise. */
function mergeObjects(a: Entries, b: Entries): Entries {
  const builder = new ObjectBuilder();
  for (const [key, value] of sortedEntries(a)) builder.set(key, value);
  for (const [key, value] of sortedEntries(b)) {
    const before = builder.get(key);
    builder.set(key, isObject(before) && isObject(value) ? mergeObjects(before, value) : value);
  }
  return builder.value();
}

function unionAll(list: Value): Value {
  const objects = asArray(list, 1).map((item) => {
    if (isObject(item)) return item;
    throw wrongElement(1, list, item, "object");
  });
  return objects.reduce(mergeObjects, {});
}

function isSubset(whole: Value, part: Value): boolean {
  if (isArray(whole) && part instanceof RegoSet) {
    const members = new RegoSet(whole);
    return part.sorted().every((member) => members.has(member));
  }
  const result = subsetOf(whole, part);
  if (result === undefined) throw wrongOperand(1, "and 2: both arguments object.subset must be of the same type or array and set");
  return result;
}

/** Whether one value holds another; undefined when they are of different kinds. */
function subsetOf(whole: Value, part: Value): boolean | undefined {
  if (whole instanceof RegoSet && part instanceof RegoSet) return part.sorted().every((member) => whole.has(member));
  if (isArray(whole) && isArray(part)) return hasRun(whole, part);
  if (!isObject(whole) || !isObject(part)) return undefined;
  return sortedEntries(part).every(([key, value]) => {
    const found = lookup(whole, key);
    return found !== undefined && (sameValue(found, value) || subsetOf(found, value) === true);
  });
}

/** Whether the items of one array stand in another, one after the other. */
function hasRun(whole: readonly Value[], part: readonly Value[]): boolean {
  for (let start = 0; start + part.length <= whole.length; start += 1) {
    if (part.every((item, at) => sameValue(whole[start + at] as Value, item))) return true;
  }
  return part.length === 0;
}
