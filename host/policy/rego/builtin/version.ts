import { compareStrings, type Value } from "../value/value.ts";
import { valueText } from "../value/text.ts";
import { asString, type BuiltinFamily, Failure } from "./table.ts";

/** Semantic versions. */
export const version: BuiltinFamily = {
  "semver.is_valid": [1, (text: Value) => typeof text === "string" && parse(text) !== undefined],
  "semver.compare": [2, (a: Value, b: Value) => compare(operand(a, 1), operand(b, 2))],
};

interface Version {
  readonly numbers: readonly bigint[];
  readonly pre: string;
}

const IDENTIFIERS = /^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/;
const INT64_MAX = 9_223_372_036_854_775_807n;

function cut(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function parse(text: string): Version | undefined {
  const [withoutMeta, meta] = cut(text.replace(/^v/, ""), "+");
  const [core, pre] = cut(withoutMeta, "-");
  if ([meta, pre].some((part) => part !== "" && !IDENTIFIERS.test(part))) return undefined;
  const parts = core.split(".");
  if (parts.length !== 3 || parts.some((part) => !/^[+-]?\d+$/.test(part))) return undefined;
  const numbers = parts.map((part) => BigInt(part.replace(/^\+/, "")));
  return numbers.some((number) => number > INT64_MAX || -number > INT64_MAX + 1n) ? undefined : { numbers, pre };
}

function operand(value: Value, position: number): Version {
  const text = asString(value, position);
  const parsed = parse(text);
  if (parsed === undefined) throw new Failure(`operand ${position}: string ${valueText(text)} is not a valid SemVer`);
  return parsed;
}

function compare(a: Version, b: Version): number {
  for (const [at, number] of a.numbers.entries()) {
    const other = b.numbers[at] as bigint;
    if (number !== other) return number > other ? 1 : -1;
  }
  if (a.pre === b.pre) return 0;
  if (a.pre === "" || b.pre === "") return a.pre === "" ? 1 : -1;
  const left = a.pre.split(".");
  const right = b.pre.split(".");
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareIdentifiers(left[at], right[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const aIsNumber = /^\d+$/.test(a);
  const bIsNumber = /^\d+$/.test(b);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  if (aIsNumber) return BigInt(a) === BigInt(b) ? 0 : BigInt(a) > BigInt(b) ? 1 : -1;
  return Math.sign(compareStrings(a, b));
}
