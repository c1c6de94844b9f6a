// Patterns of schemas. The library would run them by the engine's own regular expressions, which can take for ever; so
// `pattern` becomes a format that is tested in linear time, and the keys of `patternProperties` must be simple.

import { format } from "@cfworker/json-schema";
import type { RE2JS } from "re2js";
import { lookup } from "../value/object.ts";
import { isArray, isObject, sortedEntries, type Value } from "../value/value.ts";
import { objectOf } from "../value/object.ts";
import { compileRegex } from "./regex.ts";
import { type Context, Failure } from "./table.ts";

/** What begins the names of formats that stand for patterns. */
export const PATTERN_FORMAT = "\0pattern:";
/** Keywords whose values are no schemas. */
const VALUES: ReadonlySet<Value> = new Set(["enum", "const", "default", "examples"]);
/** A group that repeats, or more than two things that repeat, make an engine that goes back take long. */
const REPEATED_GROUP = /\)[*+{]/;
const REPEAT = /[*+]|\{\d*,\d*\}/g;
const REPEATS_MAX = 2;

/** A schema without patterns, and the patterns it had. @throws Failure when one is no regular expression */
export function linearPatterns(schema: Value, context: Context): { readonly schema: Value; readonly patterns: ReadonlyMap<string, RE2JS> } {
  const patterns = new Map<string, RE2JS>();
  return { schema: rewrite(schema, patterns, context), patterns };
}

function rewrite(schema: Value, patterns: Map<string, RE2JS>, context: Context): Value {
  if (isArray(schema)) return schema.map((item) => rewrite(item, patterns, context));
  if (!isObject(schema)) return schema;
  const keyed = lookup(schema, "patternProperties");
  if (isObject(keyed)) for (const [key] of sortedEntries(keyed)) checkKey(key as string);
  const pattern = lookup(schema, "pattern");
  const entries = sortedEntries(schema).map(([key, value]) => [key, VALUES.has(key) ? value : rewrite(value, patterns, context)] as const);
  if (typeof pattern !== "string") return objectOf(entries);
  const name = PATTERN_FORMAT + pattern;
  patterns.set(name, compile(pattern, context));
  const all = entries.find(([key]) => key === "allOf")?.[1];
  return objectOf([...entries.filter(([key]) => key !== "pattern"), ["allOf", [...(isArray(all) ? all : []), { format: name }]]]);
}

function compile(pattern: string, context: Context): RE2JS {
  try {
    return compileRegex(pattern, context);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`Invalid regex pattern '${pattern}'`);
    throw error;
  }
}

function checkKey(pattern: string): void {
  if (REPEATED_GROUP.test(pattern) || (pattern.match(REPEAT) ?? []).length > REPEATS_MAX) {
    throw new Failure(`the key '${pattern}' of patternProperties repeats too much to be matched quickly`);
  }
}

/** Runs what validates while the patterns are formats of the library. */
export function withPatterns<T>(patterns: ReadonlyMap<string, RE2JS>, context: Context, validate: () => T): T {
  const formats = format as Record<string, (text: string) => boolean>;
  for (const [name, pattern] of patterns) {
    formats[name] = (text) => {
      context.charge(text.length >> 4);
      return pattern.matcher(text).find();
    };
  }
  try {
    return validate();
  } finally {
    for (const name of patterns.keys()) Reflect.deleteProperty(formats, name);
  }
}
