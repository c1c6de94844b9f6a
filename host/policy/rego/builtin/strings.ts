import { fromWhole, numberText } from "../value/number.ts";
import { isArray, isObject, RegoSet, sortedEntries, type Value } from "../value/value.ts";
import { lengthOf } from "./collection.ts";
import { formatText } from "./format.ts";
import { asArray, asInteger, asItems, asNumber, asString, asStrings, type BuiltinFamily, type Context, Failure, wrongElement, wrongKind, wrongOperand } from "./table.ts";

/** Strings. */
export const strings: BuiltinFamily = {
  concat: [2, concat],
  contains: [2, (text: Value, part: Value) => asString(text, 1).includes(asString(part, 2))],
  startswith: [2, (text: Value, part: Value) => asString(text, 1).startsWith(asString(part, 2))],
  endswith: [2, (text: Value, part: Value) => asString(text, 1).endsWith(asString(part, 2))],
  format_int: [2, formatInteger],
  indexof: [2, (text: Value, part: Value) => positions(text, part, true)[0] ?? -1],
  indexof_n: [2, (text: Value, part: Value) => positions(text, part, false)],
  lower: [1, (text: Value) => asString(text, 1).toLowerCase()],
  upper: [1, (text: Value) => upper(asString(text, 1))],
  replace: [3, (text: Value, old: Value, by: Value) => replaceAll(asString(text, 1), [[asString(old, 2), asString(by, 3)]])],
  "strings.replace_n": [2, replaceMany],
  "strings.reverse": [1, (text: Value) => Array.from(asString(text, 1)).reverse().join("")],
  "strings.count": [2, (text: Value, part: Value) => occurrences(asString(text, 1), asString(part, 2))],
  "strings.any_prefix_match": [2, (texts: Value, parts: Value) => anyMatch(texts, parts, (text, part) => text.startsWith(part))],
  "strings.any_suffix_match": [2, (texts: Value, parts: Value) => anyMatch(texts, parts, (text, part) => text.endsWith(part))],
  split: [2, (text: Value, by: Value) => pieces(asString(text, 1), asString(by, 2))],
  "strings.split_n": [3, splitSome],
  sprintf: [2, (format: Value, values: Value, context: Context) => formatText(asString(format, 1), asArray(values, 2), context)],
  substring: [3, substring],
  trim: [2, (text: Value, set: Value) => trim(asString(text, 1), asString(set, 2), true, true)],
  trim_left: [2, (text: Value, set: Value) => trim(asString(text, 1), asString(set, 2), true, false)],
  trim_right: [2, (text: Value, set: Value) => trim(asString(text, 1), asString(set, 2), false, true)],
  trim_prefix: [2, trimPrefix],
  trim_suffix: [2, trimSuffix],
  trim_space: [1, (text: Value) => asString(text, 1).replaceAll(/^[\s\u0085]+|[\s\u0085]+$/g, "")],
};

function concat(separator: Value, items: Value): string {
  const join = asString(separator, 1);
  if (!isArray(items) && !(items instanceof RegoSet)) throw wrongKind(2, items, "set", "array");
  return asStrings(items, 2).join(join);
}

/** Upper case as Go has it, which changes one letter into one letter. */
function upper(text: string): string {
  return text.replaceAll(/\p{L}/gu, (char) => {
    const large = char.toUpperCase();
    return lengthOf(large) === 1 ? large : char;
  });
}

function formatInteger(value: Value, base: Value): string {
  const number = asNumber(value, 1);
  const radix = asNumber(base, 2);
  if (radix !== 2 && radix !== 8 && radix !== 10 && radix !== 16) throw wrongOperand(2, "must be one of {2, 8, 10, 16}");
  const whole = typeof number === "bigint" ? number : BigInt(Math.trunc(number));
  return radix === 10 ? numberText(fromWhole(whole)) : whole.toString(radix);
}

/** Where a part stands in a text, in code points. */
function positions(value: Value, search: Value, first: boolean): number[] {
  const text = asString(value, 1);
  const part = asString(search, 2);
  if (part === "") throw new Failure("empty search character");
  const found: number[] = [];
  let units = 0;
  let points = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    points += lengthOf(text.slice(units, at));
    units = at;
    found.push(points);
    if (first) break;
  }
  return found;
}

/** Replaces the first of several texts that stands at each place, as Go's Replacer does. */
function replaceAll(text: string, pairs: readonly (readonly [string, string])[]): string {
  const [only] = pairs;
  if (only === undefined) return text;
  if (pairs.length === 1) return only[0] === "" ? only[1] + Array.from(text, (char) => char + only[1]).join("") : text.split(only[0]).join(only[1]);
  let result = "";
  let plain = 0;
  for (let at = 0; at < text.length; ) {
    const pair = pairs.find(([old]) => old !== "" && text.startsWith(old, at));
    if (pair === undefined) {
      at += 1;
      continue;
    }
    result += text.slice(plain, at) + pair[1];
    at += pair[0].length;
    plain = at;
  }
  return result + text.slice(plain);
}

function replaceMany(patterns: Value, text: Value): string {
  if (!isObject(patterns)) throw wrongKind(1, patterns, "object");
  const whole = asString(text, 2);
  const pairs = sortedEntries(patterns).map(([key, value]) => {
    if (typeof key !== "string") throw wrongOperand(1, "non-string key found in pattern object");
    if (typeof value !== "string") throw wrongOperand(1, "non-string value found in pattern object");
    return [key, value] as const;
  });
  return replaceAll(whole, pairs);
}

function occurrences(text: string, part: string): number {
  return part === "" ? lengthOf(text) + 1 : text.split(part).length - 1;
}

function textsOf(value: Value, position: number): readonly string[] {
  if (typeof value === "string") return [value];
  if (!isArray(value) && !(value instanceof RegoSet)) throw wrongKind(position, value, "string", "set", "array");
  return asItems(value, position).map((item) => {
    if (typeof item === "string") return item;
    throw wrongElement(position, value, item, "string");
  });
}

function anyMatch(texts: Value, parts: Value, matches: (text: string, part: string) => boolean): boolean {
  const all = textsOf(texts, 1);
  const wanted = textsOf(parts, 2);
  return all.some((text) => wanted.some((part) => matches(text, part)));
}

/** Splits as Go does: an empty separator stands between any two characters. */
function pieces(text: string, by: string): string[] {
  return by === "" ? Array.from(text) : text.split(by);
}

function splitSome(value: Value, by: Value, count: Value): Value {
  const parts = pieces(asString(value, 1), asString(by, 2));
  const limit = asInteger(count, 3);
  return limit >= 0 ? parts.slice(0, limit) : parts.slice(Math.max(parts.length + limit, 0));
}

function substring(value: Value, start: Value, length: Value): string {
  const text = asString(value, 1);
  const from = asInteger(start, 2);
  const count = asInteger(length, 3);
  if (from < 0) throw new Failure("negative offset");
  const isPlain = lengthOf(text) === text.length;
  const end = count < 0 ? Infinity : from + count;
  return isPlain ? text.slice(from, end) : Array.from(text).slice(from, end).join("");
}

function trim(text: string, characters: string, left: boolean, right: boolean): string {
  const set = new Set(characters);
  const chars = Array.from(text);
  let from = 0;
  let to = chars.length;
  if (left) while (from < to && set.has(chars[from] as string)) from += 1;
  if (right) while (to > from && set.has(chars[to - 1] as string)) to -= 1;
  return chars.slice(from, to).join("");
}

function trimPrefix(value: Value, prefix: Value): string {
  const text = asString(value, 1);
  const part = asString(prefix, 2);
  return part !== "" && text.startsWith(part) ? text.slice(part.length) : text;
}

function trimSuffix(value: Value, suffix: Value): string {
  const text = asString(value, 1);
  const part = asString(suffix, 2);
  return part !== "" && text.endsWith(part) ? text.slice(0, -part.length) : text;
}

