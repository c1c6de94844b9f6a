// Values as text: as Rego writes them, in messages, in sprintf's %v and in template strings; and as JSON.

import { numberText } from "./number.ts";
import { checkDepth, isArray, RegoSet, sortedEntries, type Value } from "./value.ts";

/** What one way to write values has of its own. */
interface Notation {
  readonly quote: (text: string) => string;
  /** A key of an object. */
  readonly key: (key: Value, depth: number) => string;
  readonly set: (items: readonly string[]) => string;
  readonly comma: string;
  readonly colon: string;
}

const REGO: Notation = {
  quote,
  key: valueText,
  set: (items) => (items.length === 0 ? "set()" : `{${items.join(", ")}}`),
  comma: ", ",
  colon: ": ",
};

/** Sets are arrays, and keys that are no strings their text. */
const JSON_NOTATION: Notation = { quote: quoteJson, key: (key) => quoteJson(keyText(key)), set: (items) => `[${items.join(",")}]`, comma: ",", colon: ":" };

/** A string in quotes, as Go's strconv.Quote writes it. */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll(/\\u00([0-9a-f]{2})/g, (_, hex: string) => GO_ESCAPES[hex] ?? `\\x${hex}`);
}

const GO_ESCAPES: Readonly<Record<string, string>> = { "07": String.raw`\a`, "0b": String.raw`\v` };

/** What Go's encoder escapes beside what JSON must. */
const HTML = /[<>&\u2028\u2029]/g;

/** A string as Go's JSON encoder writes it. */
function quoteJson(text: string): string {
  return JSON.stringify(text).replaceAll(HTML, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A value as Rego text. */
export function valueText(value: Value, depth = 0): string {
  return written(value, REGO, depth);
}

/** A value as JSON text: sets are arrays, keys that are no strings their text; Go's escapes. */
export function toJsonText(value: Value, depth = 0): string {
  return written(value, JSON_NOTATION, depth);
}

/** A key of an object as the text it has in JSON. */
export function keyText(key: Value): string {
  return typeof key === "string" ? key : toJsonText(key);
}

function written(value: Value, notation: Notation, depth: number): string {
  switch (typeof value) {
    case "string":
      return notation.quote(value);
    case "number":
    case "bigint":
      return numberText(value);
    case "boolean":
      return String(value);
    default:
      if (value === null) return "null";
  }
  checkDepth(depth);
  const inner = (item: Value): string => written(item, notation, depth + 1);
  if (isArray(value)) return `[${value.map(inner).join(notation.comma)}]`;
  if (value instanceof RegoSet) return notation.set(value.sorted().map(inner));
  const entries = sortedEntries(value).map(([key, item]) => `${notation.key(key, depth + 1)}${notation.colon}${inner(item)}`);
  return `{${entries.join(notation.comma)}}`;
}
