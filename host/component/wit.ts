import type { FunctionType, ValueType } from "./type.ts";

/** Names that WIT gives types, by the types: what turns structures into references when they are printed. */
export type TypeNames = ReadonlyMap<object, string>;

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
      return type.length === undefined ? `list<${print(type.element)}>` : `list<${print(type.element)}, ${type.length}>`;
    case "map":
      return `map<${print(type.key)}, ${print(type.value)}>`;
    case "option":
      return `option<${print(type.element)}>`;
    case "tuple":
      return `tuple<${type.elements.map(print).join(", ")}>`;
    case "result":
      return printResult(type, print);
    case "own":
      return names.get(type.resource) ?? type.resource.name ?? "resource";
    case "borrow":
      return `borrow<${names.get(type.resource) ?? type.resource.name ?? "resource"}>`;
    case "stream":
    case "future":
      return type.element === undefined ? type.kind : `${type.kind}<${print(type.element)}>`;
    case "record":
      return `record { ${type.fields.map((field) => `${field.name}: ${print(field.type)}`).join(", ")} }`;
    case "variant":
      return `variant { ${type.cases.map((entry) => (entry.type === undefined ? entry.name : `${entry.name}(${print(entry.type)})`)).join(", ")} }`;
    case "enum":
    case "flags":
      return `${type.kind} { ${type.names.join(", ")} }`;
    default:
      return type.kind;
  }
}

function printResult(type: Extract<ValueType, { kind: "result" }>, print: (part: ValueType) => string): string {
  if (type.err === undefined) return type.ok === undefined ? "result" : `result<${print(type.ok)}>`;
  return `result<${type.ok === undefined ? "_" : print(type.ok)}, ${print(type.err)}>`;
}

/** A function type in WIT's notation: `func(key: string) -> option<u32>`. */
export function printFunction(type: FunctionType, names: TypeNames = NO_NAMES): string {
  const params = type.params.map((param) => `${label(param.name)}: ${printType(param.type, names)}`).join(", ");
  const result = type.result === undefined ? "" : ` -> ${printType(type.result, names)}`;
  return `${type.async ? "async " : ""}func(${params})${result}`;
}
