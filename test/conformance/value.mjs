// The values that .wast scripts write down, as the JavaScript values that the linker uses.
import { isDeepStrictEqual } from "node:util";
import { textOf } from "./script.mjs";

const camelCase = (label) => label.replaceAll(/-(.)/g, (_, char) => char.toUpperCase());

const parseNumber = (text) => {
  const plain = text.replaceAll("_", "");
  if (/^[+-]?nan/.test(plain)) return Number.NaN;
  if (/^[+-]?inf/.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
  return plain.startsWith("-") ? -Number(plain.slice(1)) : Number(plain);
};

const parseBigInt = (text) => {
  const plain = text.replaceAll("_", "");
  return plain.startsWith("-") ? -BigInt(plain.slice(1)) : BigInt(plain);
};

/** The JavaScript value of a form such as `(u32.const 5)`. @param {{ items: unknown[] }} form */
export function valueOf({ items }) {
  const [kind, ...rest] = items;
  switch (kind) {
    case "bool.const":
      return rest[0] === "true";
    case "s64.const":
    case "u64.const":
      return parseBigInt(rest[0]);
    case "f32.const":
      return Math.fround(parseNumber(rest[0]));
    case "char.const":
    case "str.const":
    case "enum.const":
      return textOf(rest[0]);
    case "list.const":
    case "tuple.const":
      return rest.map(valueOf);
    case "record.const":
      return Object.fromEntries(rest.map((field) => [camelCase(textOf(field.items[1])), valueOf({ items: field.items.slice(2) })]));
    case "variant.const":
      return rest.length > 1 ? { tag: textOf(rest[0]), val: valueOf(rest[1]) } : { tag: textOf(rest[0]) };
    case "option.none":
      return undefined;
    case "option.some":
      return valueOf(rest[0]);
    case "result.ok":
      return { tag: "ok", val: rest[0] === undefined ? undefined : valueOf(rest[0]) };
    case "result.err":
      return { tag: "err", val: rest[0] === undefined ? undefined : valueOf(rest[0]) };
    case "flags.const":
      return new Set(rest.map((token) => camelCase(textOf(token))));
    default:
      if (/^[suf](8|16|32|64)\.const$/.test(kind)) return parseNumber(rest[0]);
      throw new Error(`the script has a value of an unknown kind: ${String(kind)}`);
  }
}

/** Whether a call answered what the script expects. @param {unknown} actual @param {unknown} expected */
export function sameValue(actual, expected) {
  if (expected instanceof Set) {
    const set = Object.entries(actual).filter(([, on]) => on);
    return set.length === expected.size && set.every(([name]) => expected.has(name));
  }
  if (ArrayBuffer.isView(actual)) return isDeepStrictEqual([...actual], expected);
  return isDeepStrictEqual(actual, expected);
}
