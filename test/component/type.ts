/** The value types without parts. */
export type Scalar =
  | "bool"
  | "u8"
  | "s8"
  | "u16"
  | "s16"
  | "u32"
  | "s32"
  | "u64"
  | "s64"
  | "f32"
  | "f64"
  | "char"
  | "string";

/** A WIT value type, as short as it can be written in a test. */
export type Type =
  | Scalar
  | { readonly kind: "list"; readonly element: Type; readonly length?: number }
  | { readonly kind: "option"; readonly element: Type }
  | { readonly kind: "tuple"; readonly elements: readonly Type[] }
  | { readonly kind: "record"; readonly fields: Readonly<Record<string, Type>> }
  | { readonly kind: "variant"; readonly cases: Readonly<Record<string, Type | undefined>> }
  | { readonly kind: "enum" | "flags"; readonly names: readonly string[] }
  | { readonly kind: "result"; readonly ok: Type | undefined; readonly err: Type | undefined }
  | { readonly kind: "map"; readonly key: Type; readonly value: Type };

export const list = (element: Type): Type => ({ kind: "list", element });
export const fixed = (element: Type, length: number): Type => ({ kind: "list", element, length });
export const option = (element: Type): Type => ({ kind: "option", element });
export const tuple = (...elements: Type[]): Type => ({ kind: "tuple", elements });
export const record = (fields: Readonly<Record<string, Type>>): Type => ({ kind: "record", fields });
export const variant = (cases: Readonly<Record<string, Type | undefined>>): Type => ({ kind: "variant", cases });
export const enumeration = (...names: string[]): Type => ({ kind: "enum", names });
export const flags = (...names: string[]): Type => ({ kind: "flags", names });
export const result = (ok: Type | undefined, err: Type | undefined): Type => ({ kind: "result", ok, err });
export const map = (key: Type, value: Type): Type => ({ kind: "map", key, value });

/** The types directly inside a type. */
export function partsOf(type: Exclude<Type, Scalar>): (Type | undefined)[] {
  switch (type.kind) {
    case "list":
    case "option":
      return [type.element];
    case "tuple":
      return [...type.elements];
    case "record":
      return Object.values(type.fields);
    case "variant":
      return Object.values(type.cases);
    case "result":
      return [type.ok, type.err];
    case "map":
      return [type.key, type.value];
    default:
      return [];
  }
}

type Core = "i32" | "i64" | "f32" | "f64";

/** The core values that a value travels as: `flatten_type` of the canonical ABI, written down a second time. */
export function flatten(type: Type): Core[] {
  if (typeof type === "string") return flattenScalar(type);
  switch (type.kind) {
    case "list":
      return type.length === undefined ? ["i32", "i32"] : Array.from({ length: type.length }, () => flatten(type.element)).flat();
    case "map":
      return ["i32", "i32"];
    case "record":
      return Object.values(type.fields).flatMap(flatten);
    case "tuple":
      return type.elements.flatMap(flatten);
    case "variant":
      return flattenCases(Object.values(type.cases));
    case "option":
      return flattenCases([type.element]);
    case "result":
      return flattenCases([type.ok, type.err]);
    default:
      return ["i32"];
  }
}

function flattenScalar(type: Scalar): Core[] {
  if (type === "string") return ["i32", "i32"];
  if (type === "f32" || type === "f64") return [type];
  return [type === "u64" || type === "s64" ? "i64" : "i32"];
}

function flattenCases(cases: readonly (Type | undefined)[]): Core[] {
  const joined: Core[] = [];
  for (const type of cases) {
    for (const [index, core] of (type === undefined ? [] : flatten(type)).entries()) {
      const before = joined[index] ?? core;
      const both32 = [before, core].every((one) => one === "i32" || one === "f32");
      joined[index] = before === core ? core : both32 ? "i32" : "i64";
    }
  }
  return ["i32", ...joined];
}

/** Writes types down as text: definitions, with imports that name those types which must have a name. */
export class TypeWriter {
  readonly lines: string[] = [];

  /** Defines `type` and what is in it; answers how to refer to it. */
  write(type: Type): string {
    if (typeof type === "string") return type;
    const body = this.#body(type);
    const id = this.lines.length;
    const named = type.kind === "record" || type.kind === "variant" || type.kind === "enum" || type.kind === "flags";
    this.lines.push(named ? `(type $d${id} ${body}) (import "t${id}" (type $t${id} (eq $d${id})))` : `(type $t${id} ${body})`);
    return `$t${id}`;
  }

  #body(type: Exclude<Type, Scalar>): string {
    const maybe = (part: Type | undefined): string => (part === undefined ? "" : ` ${this.write(part)}`);
    switch (type.kind) {
      case "list":
        return `(list ${this.write(type.element)}${type.length === undefined ? "" : ` ${type.length}`})`;
      case "option":
        return `(option ${this.write(type.element)})`;
      case "tuple":
        return `(tuple${type.elements.map(maybe).join("")})`;
      case "record":
        return `(record${Object.entries(type.fields).map(([name, part]) => ` (field "${name}"${maybe(part)})`).join("")})`;
      case "variant":
        return `(variant${Object.entries(type.cases).map(([name, part]) => ` (case "${name}"${maybe(part)})`).join("")})`;
      case "enum":
      case "flags":
        return `(${type.kind}${type.names.map((name) => ` "${name}"`).join("")})`;
      case "result":
        return `(result${maybe(type.ok)}${type.err === undefined ? "" : ` (error${maybe(type.err)})`})`;
      case "map":
        return `(map ${this.write(type.key)} ${this.write(type.value)})`;
    }
  }
}
