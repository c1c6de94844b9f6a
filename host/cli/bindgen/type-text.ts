import type { ValueType } from "../../component/type.ts";
import type { SourceFile } from "./source-file.ts";

const NUMBERS: Readonly<Record<string, string>> = {
  bool: "bool",
  s8: "i8",
  u8: "u8",
  s16: "i16",
  u16: "u16",
  s32: "i32",
  u32: "u32",
  s64: "i64",
  u64: "u64",
  f32: "f32",
  f64: "f64",
  char: "u32",
};
const ARRAYS: Readonly<Record<string, string>> = {
  s8: "Int8Array",
  u8: "Uint8Array",
  s16: "Int16Array",
  u16: "Uint16Array",
  s32: "Int32Array",
  u32: "Uint32Array",
  s64: "Int64Array",
  u64: "Uint64Array",
  f32: "Float32Array",
  f64: "Float64Array",
};

/** A list of fixed length, whose elements lie where it does. */
export type FixedType = Extract<ValueType, { kind: "list" }> & { readonly length: number };

/** Whether the elements of a list lie where it does. */
export function isFixed(type: ValueType): type is FixedType {
  return type.kind === "list" && type.length !== undefined;
}

/** The typed array that a list is, when its elements lie in memory as AssemblyScript has them. */
export function typedArray(type: ValueType): string | undefined {
  return type.kind === "list" && type.length === undefined ? ARRAYS[type.element.kind] : undefined;
}

/** The number type that stands for a type; undefined when objects do. */
export function numberText(type: ValueType): string | undefined {
  return NUMBERS[type.kind];
}

/** Whether values are objects that are never null, so that null can mean none. */
function isReference(type: ValueType): boolean {
  if (type.kind === "option") return !isNullable(type.element);
  return numberText(type) === undefined && type.kind !== "enum" && type.kind !== "flags";
}

/** Whether an option of this element is `T | null`; otherwise it is an `Option<T>`. */
export function isNullable(element: ValueType): boolean {
  return isReference(element);
}

/** A type as AssemblyScript writes it. */
export function typeText(file: SourceFile, type: ValueType | undefined): string {
  if (type === undefined) return file.use("value", "Nothing");
  const number = numberText(type);
  if (number !== undefined) return number;
  switch (type.kind) {
    case "string":
      return "string";
    case "list":
      if (type.length !== undefined) return `StaticArray<${typeText(file, type.element)}>`;
      return typedArray(type) ?? `Array<${typeText(file, type.element)}>`;
    case "map":
      return `Map<${typeText(file, type.key)}, ${typeText(file, type.value)}>`;
    case "option": {
      const element = typeText(file, type.element);
      return isNullable(type.element) ? `${element} | null` : `${file.use("value", "Option")}<${element}>`;
    }
    case "result":
      return `${file.use("value", "Result")}<${typeText(file, type.ok)}, ${typeText(file, type.err)}>`;
    case "tuple":
      return `${file.use("value", `Tuple${type.elements.length}`)}<${type.elements.map((element) => typeText(file, element)).join(", ")}>`;
    case "own":
    case "borrow":
      return file.reference(file.definition(type.resource));
    default:
      return file.reference(file.definition(type));
  }
}
