import type { FunctionType, ValueType } from "./type.ts";
import { factsOf } from "./value-type.ts";

/** Names that WIT gives types, by the types: what turns structures into references when they are printed. */
export interface TypeNames {
  get(type: object): string | undefined;
}

type MemberType = Extract<ValueType, { kind: "record" | "variant" | "enum" | "flags" }>;

const NO_NAMES: TypeNames = new Map();

/** Words that WIT keeps for itself; as names they are written with a `%`. */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "as async bool borrow char constructor enum export f32 f64 flags from func future import include interface list map " +
    "option own package record resource result s16 s32 s64 s8 static stream string tuple type u16 u32 u64 u8 use variant with world"
  ).split(" "),
);

/** A name as WIT writes it. */
export function label(name: string): string {
  return KEYWORDS.has(name) ? `%${name}` : name;
}

/** A value type in WIT's notation. Types that have a name in `names` are printed as it. */
export function printType(type: ValueType, names: TypeNames = NO_NAMES): string {
  const name = names.get(type);
  if (name !== undefined) return name;
  const print = (part: ValueType): string => printType(part, names);
  switch (type.kind) {
    case "list":
    case "option":
    case "stream":
    case "future":
    case "map":
    case "tuple":
    case "result":
      return generic(type, print);
    case "own":
    case "borrow": {
      const resource = names.get(type.resource) ?? type.resource.name ?? "resource";
      return type.kind === "own" ? resource : `borrow<${resource}>`;
    }
    case "record":
    case "variant":
    case "enum":
    case "flags":
      return `${type.kind} { ${printMembers(type, names, String).join(", ")} }`;
    default:
      return type.kind;
  }
}

/** A kind with what it is of: `list<u8>`, or the kind alone. */
function generic(type: ValueType, print: (part: ValueType) => string): string {
  const parts = factsOf(type).parts.map((part) => (part === undefined ? "_" : print(part)));
  while (parts.at(-1) === "_") parts.pop();
  if (type.kind === "list" && type.length !== undefined) parts.push(String(type.length));
  return parts.length === 0 ? type.kind : `${type.kind}<${parts.join(", ")}>`;
}

/** What stands between the braces of a type that has a name: fields, cases or flags, with their types. */
export function printMembers(type: MemberType, names: TypeNames, written = label): string[] {
  switch (type.kind) {
    case "record":
      return type.fields.map((field) => `${written(field.name)}: ${printType(field.type, names)}`);
    case "variant":
      return type.cases.map(({ name, type: part }) => written(name) + (part === undefined ? "" : `(${printType(part, names)})`));
    default:
      return type.names.map(written);
  }
}

/** A function type in WIT's notation: `func(key: string) -> option<u32>`. */
export function printFunction(type: FunctionType, names: TypeNames = NO_NAMES): string {
  const params = type.params.map((param) => `${label(param.name)}: ${printType(param.type, names)}`).join(", ");
  const result = type.result === undefined ? "" : ` -> ${printType(type.result, names)}`;
  return `${type.async ? "async " : ""}func(${params})${result}`;
}
