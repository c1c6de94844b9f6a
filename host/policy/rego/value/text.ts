// Values as Rego writes them: in messages, in sprintf's %v and in template strings.

import { numberText } from "./number.ts";
import { checkDepth, isArray, RegoSet, sortedEntries, type Value } from "./value.ts";

/** A string in quotes, as Go's strconv.Quote writes it. */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll(/\\u00([0-9a-f]{2})/g, (_, hex: string) => GO_ESCAPES[hex] ?? `\\x${hex}`);
}

const GO_ESCAPES: Readonly<Record<string, string>> = { "07": String.raw`\a`, "0b": String.raw`\v` };

/** A value as Rego text. */
export function valueText(value: Value, depth = 0): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
    case "bigint":
      return numberText(value);
    case "boolean":
      return String(value);
    default:
      if (value === null) return "null";
  }
  checkDepth(depth);
  const inner = (item: Value): string => valueText(item, depth + 1);
  if (isArray(value)) return `[${value.map(inner).join(", ")}]`;
  if (value instanceof RegoSet) return value.size === 0 ? "set()" : `{${value.sorted().map(inner).join(", ")}}`;
  return `{${sortedEntries(value).map(([key, item]) => `${inner(key)}: ${inner(item)}`).join(", ")}}`;
}
