import { lookup } from "../value/object.ts";
import { eachEntry } from "../value/object.ts";
import { isArray, isObject, type Value } from "../value/value.ts";
import { Failure } from "./table.ts";

/** Repetition inside repetition, which makes an engine that goes back take very long. */
const NESTED_REPEAT = /[+*}]\)?[+*{]|\([^)]*[+*][^)]*\)[+*{]/;

/**
 * Refuses the patterns of a schema that the engine's own regular expressions could hang on: the library validates with those.
 *
 * @throws Failure that names the pattern
 */
export function checkPatterns(schema: Value): void {
  const pattern = isObject(schema) ? lookup(schema, "pattern") : undefined;
  if (typeof pattern === "string") checkPattern(pattern);
  const keyed = isObject(schema) ? lookup(schema, "patternProperties") : undefined;
  if (isObject(keyed)) {
    eachEntry(keyed, (key) => {
      if (typeof key === "string") checkPattern(key);
      return false;
    });
  }
  if (!isObject(schema) && !isArray(schema)) return;
  eachEntry(schema, (_key, inner) => {
    checkPatterns(inner);
    return false;
  });
}

function checkPattern(pattern: string): void {
  try {
    void new RegExp(pattern, "u");
  } catch {
    throw new Failure(`Invalid regex pattern '${pattern}'`);
  }
  if (NESTED_REPEAT.test(pattern)) throw new Failure(`the pattern '${pattern}' repeats what repeats, which could take very long`);
}
