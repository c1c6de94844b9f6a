// The values of Rego as JavaScript has them. What JSON can say is what JSON.parse gives, so that documents are used as they
// come; only sets, and objects with keys that are no strings, have classes of their own. Order and equality belong to them.

import { DoterosError } from "../../../contract/error.ts";
import { REGO_VALUE_DEPTH_MAX } from "../../../contract/limits.ts";

/** An object whose keys are all strings. */
export interface Fields {
  readonly [key: string]: Value;
}

/** A value of Rego. Whole numbers beyond 2^53 are bigints, the others never are. */
export type Value = null | boolean | number | bigint | string | readonly Value[] | RegoSet | RegoMap | Fields;

/** What tells two values apart in a Map: scalars are their own key, the rest has a text that begins with a zero. */
export type Key = null | boolean | number | bigint | string;

/** A set. It is filled where it is made, and never changed after it was given away. */
export class RegoSet {
  readonly #members = new Map<Key, Value>();
  #sorted: readonly Value[] | undefined;

  constructor(members: Iterable<Value> = []) {
    for (const member of members) this.add(member);
  }

  get size(): number {
    return this.#members.size;
  }

  add(value: Value): void {
    this.#members.set(keyOf(value), value);
    this.#sorted = undefined;
  }

  has(value: Value): boolean {
    return this.#members.has(keyOf(value));
  }

  /** The members in the order they came. */
  members(): Iterable<Value> {
    return this.#members.values();
  }

  /** The members in Rego's order. */
  sorted(): readonly Value[] {
    this.#sorted ??= [...this.#members.values()].sort((a, b) => compareValues(a, b));
    return this.#sorted;
  }
}

/** An object that has a key which is no string. It is filled where it is made, and never changed after it was given away. */
export class RegoMap {
  readonly #entries = new Map<Key, readonly [Value, Value]>();
  #sorted: readonly (readonly [Value, Value])[] | undefined;

  get size(): number {
    return this.#entries.size;
  }

  set(key: Value, value: Value): void {
    this.#entries.set(keyOf(key), [key, value]);
    this.#sorted = undefined;
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(keyOf(key))?.[1];
  }

  /** The entries in the order of their keys. */
  sorted(): readonly (readonly [Value, Value])[] {
    this.#sorted ??= [...this.#entries.values()].sort(([a], [b]) => compareValues(a, b));
    return this.#sorted;
  }
}

/** The kinds of values, in Rego's order. */
const KINDS = ["null", "boolean", "number", "string", "array", "object", "set"] as const;

/** The name of a kind of value, as `type_name` answers. */
export type Kind = (typeof KINDS)[number];

function rankOf(value: Value): number {
  switch (typeof value) {
    case "string":
      return 3;
    case "number":
    case "bigint":
      return 2;
    case "boolean":
      return 1;
    default:
      if (value === null) return 0;
      if (Array.isArray(value)) return 4;
      return value instanceof RegoSet ? 6 : 5;
  }
}

/** What kind of value it is. */
export function kindOf(value: Value): Kind {
  return KINDS[rankOf(value)] as Kind;
}

/** Whether a value is an array. Array.isArray does not narrow a readonly one. */
export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is an object, of either class. */
export function isObject(value: Value | undefined): value is Fields | RegoMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RegoSet);
}

/** Whether a value is a number of either type. */
export function isNumber(value: Value | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function tooDeep(): DoterosError {
  return new DoterosError("limit-exceeded", `a value is nested deeper than ${REGO_VALUE_DEPTH_MAX}`, {
    help: "give the policy a flatter document",
  });
}

/** Throws when a walk through a value is deeper than a value may be. */
export function checkDepth(depth: number): void {
  if (depth > REGO_VALUE_DEPTH_MAX) throw tooDeep();
}

/** Strings in the order of their code points, which is that of their UTF-8 bytes. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    // A surrogate stands for a code point beyond U+FFFF, and so comes after the units that are greater than it.
    const surrogates = Number(left >= 0xd800 && left < 0xe000) - Number(right >= 0xd800 && right < 0xe000);
    if (surrogates !== 0 && left >= 0xd800 && right >= 0xd800) return surrogates;
    return left < right ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** The keys of an object whose keys are strings, in order. */
export function sortedKeys(fields: Fields): string[] {
  const keys = Object.keys(fields);
  for (let at = 1; at < keys.length; at += 1) {
    if (compareStrings(keys[at - 1] as string, keys[at] as string) > 0) return keys.sort(compareStrings);
  }
  return keys;
}

/** The entries of an object, in the order of the keys. */
export function sortedEntries(object: Fields | RegoMap): readonly (readonly [Value, Value])[] {
  if (object instanceof RegoMap) return object.sorted();
  return sortedKeys(object).map((key) => [key, object[key] as Value] as const);
}

/** Less than zero, zero or more: where `a` stands in Rego's order, which goes through all values. */
export function compareValues(a: Value, b: Value, depth = 0): number {
  if (a === b) return 0;
  const rank = rankOf(a);
  const other = rankOf(b);
  if (rank !== other) return rank - other;
  if (rank === 3) return compareStrings(a as string, b as string);
  if (rank < 3) return (a as number) < (b as number) ? -1 : Number((a as number) > (b as number));
  checkDepth(depth);
  if (rank === 4) return compareLists(a as readonly Value[], b as readonly Value[], depth + 1);
  if (rank === 6) return compareLists((a as RegoSet).sorted(), (b as RegoSet).sorted(), depth + 1);
  return compareObjects(sortedEntries(a as Fields), sortedEntries(b as Fields), depth + 1);
}

function compareLists(a: readonly Value[], b: readonly Value[], depth: number): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const order = compareValues(a[at] as Value, b[at] as Value, depth);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

type Entries = readonly (readonly [Value, Value])[];

function compareObjects(a: Entries, b: Entries, depth: number): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [key, value] = a[at] as readonly [Value, Value];
    const [otherKey, otherValue] = b[at] as readonly [Value, Value];
    const order = compareValues(key, otherKey, depth) || compareValues(value, otherValue, depth);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Whether two values are the same value. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return compareValues(a, b) === 0;
}

/** What tells a value apart in a Map. */
export function keyOf(value: Value): Key {
  switch (typeof value) {
    case "string":
      return value.charCodeAt(0) === 0 ? `\0s${value}` : value;
    case "number":
      return Number.isSafeInteger(value) || !Number.isInteger(value) ? value : BigInt(value);
    case "object":
      return value === null ? null : `\0c${textKey(value, 0)}`;
    default:
      return value;
  }
}

function textKey(value: Value, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(typeof value === "number" ? keyOf(value) : value);
  checkDepth(depth);
  if (isArray(value)) return `[${value.map((item) => textKey(item, depth + 1)).join(",")}]`;
  if (value instanceof RegoSet) return `<${value.sorted().map((item) => textKey(item, depth + 1)).join(",")}>`;
  return `{${sortedEntries(value as Fields).map(([key, item]) => `${textKey(key, depth + 1)}:${textKey(item, depth + 1)}`).join(",")}}`;
}
