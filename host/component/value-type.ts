import { DoterosError } from "../contract/error.ts";
import { FLAT_PARAMETERS_MAX, TYPE_DEPTH_MAX, TYPE_WEIGHT_MAX } from "../contract/limits.ts";
import type { CaseType, PrimitiveName, PrimitiveType, ResourceType, ValueType } from "./type.ts";

/** The bytes that the canonical ABI keeps every value type under, counted with 64-bit pointers. */
const ELEMENT_BYTES_MAX = 2 ** 28;

/** A core value type that values flatten to. */
export type FlatType = "i32" | "i64" | "f32" | "f64";

/** Where the values of a type lie in a 32-bit memory, and as which core values they travel (CanonicalABI, "flattening"). */
export interface Layout {
  /** Bytes. */
  readonly size: number;
  readonly align: number;
  /** The core values, or undefined when there are more of them than ever travel outside memory. */
  readonly flat: readonly FlatType[] | undefined;
  /** Whether a string or list is inside: a pointer, which needs a memory. */
  readonly points: boolean;
}

/** What is known of a value type from the moment it exists, so that no later question walks its parts again. */
export interface TypeFacts extends Layout {
  /** The value types directly inside, each in its place; undefined where a case has none. */
  readonly parts: readonly (ValueType | undefined)[];
  /** Its parts, counted each time they are used. */
  readonly weight: number;
  /** Value types inside value types. */
  readonly depth: number;
  /** Whether a handle is somewhere inside. */
  readonly handles: boolean;
  /** Whether a borrowed handle is somewhere inside. */
  readonly borrows: boolean;
}

const facts = new WeakMap<ValueType, TypeFacts>();

const PRIMITIVE_BYTES: Readonly<Record<PrimitiveName, number>> = {
  bool: 1, s8: 1, u8: 1, s16: 2, u16: 2, s32: 4, u32: 4, s64: 8, u64: 8, f32: 4, f64: 8, char: 4, string: 8, "error-context": 4,
};

/** The one object for each primitive type. */
export const PRIMITIVES = Object.fromEntries(
  Object.keys(PRIMITIVE_BYTES).map((kind) => [kind, { kind: kind as PrimitiveName }]),
) as Record<PrimitiveName, PrimitiveType>;

/** What is known of `type`. @throws DoterosError `limit-exceeded` or `invalid` when it is too large */
export function factsOf(type: ValueType): TypeFacts {
  let known = facts.get(type);
  if (known === undefined) facts.set(type, (known = learn(type)));
  return known;
}

/**
 * Makes a value type known and refuses it when it is too large.
 *
 * @throws DoterosError `limit-exceeded` when it weighs or nests too much, `invalid` when its values would not fit
 */
export function defineType<T extends ValueType>(type: T): T {
  factsOf(type);
  return type;
}

/** A second object for the same type: what is known of one is known of the other. */
export function copyType<T extends ValueType>(type: T): T {
  const copy = { ...type };
  facts.set(copy, factsOf(type));
  return copy;
}

function learn(type: ValueType): TypeFacts {
  const { kind } = type;
  const parts = allParts(type);
  let weight = 1;
  let depth = 0;
  let handles = kind === "own" || kind === "borrow";
  let borrows = kind === "borrow";
  for (const part of parts) {
    if (part === undefined) continue;
    const known = factsOf(part);
    weight += known.weight;
    depth = Math.max(depth, known.depth);
    handles ||= known.handles;
    borrows ||= known.borrows;
  }
  if (weight > TYPE_WEIGHT_MAX) {
    throw new DoterosError("limit-exceeded", `a value type with ${weight} parts, more than ${TYPE_WEIGHT_MAX}`);
  }
  if (depth >= TYPE_DEPTH_MAX) {
    throw new DoterosError("limit-exceeded", `a value type nested deeper than ${TYPE_DEPTH_MAX}`);
  }
  const layout = measure(type, parts, 4, factsOf);
  // Wider pointers at most double what a value takes, so most types need no second measure.
  if (layout.size * 2 >= ELEMENT_BYTES_MAX && wide(type).size >= ELEMENT_BYTES_MAX) {
    throw new DoterosError("invalid", `a ${kind} type exceeds maximum byte size of 2^28 - 1`);
  }
  const { size, align, flat, points } = layout;
  return { size, align, flat, points, parts, weight, depth: depth + 1, handles, borrows };
}

const typeOf = ({ type }: CaseType): ValueType | undefined => type;
const NO_PARTS: readonly ValueType[] = [];

function allParts(type: ValueType): readonly (ValueType | undefined)[] {
  switch (type.kind) {
    case "record":
      return type.fields.map(typeOf);
    case "variant":
      return type.cases.map(typeOf);
    case "tuple":
      return type.elements;
    case "map":
      return [type.key, type.value];
    case "result":
      return [type.ok, type.err];
    default:
      return "element" in type ? [type.element] : NO_PARTS;
  }
}

/** The value types directly inside `type`. */
export function partsOf(type: ValueType): ValueType[] {
  return factsOf(type).parts.filter((part) => part !== undefined);
}

const wide = (type: ValueType): Layout => measure(type, allParts(type), 8, wide);

/** @param pointer how many bytes one takes */
function measure(
  type: ValueType,
  parts: readonly (ValueType | undefined)[],
  pointer: 4 | 8,
  of: (part: ValueType) => Layout,
): Layout {
  const { kind } = type;
  switch (kind) {
    case "record":
    case "tuple":
      return sequenceOf((parts as readonly ValueType[]).map(of));
    case "enum":
      return choiceOf(type.names.map(() => undefined));
    case "option":
      return choiceOf([undefined, of(type.element)]);
    case "variant":
    case "result":
      return choiceOf(parts.map((part) => part && of(part)));
    case "flags":
      return scalar(type.names.length <= 8 ? 1 : type.names.length <= 16 ? 2 : 4, "i32");
    case "list":
      if (type.length !== undefined) return repeat(of(type.element), type.length);
      break;
    case "map":
    case "string":
      break;
    case "s64":
    case "u64":
      return scalar(8, "i64");
    case "f32":
    case "f64":
      return scalar(PRIMITIVE_BYTES[kind], kind);
    default:
      return scalar(PRIMITIVE_BYTES[kind as PrimitiveName] ?? 4, "i32");
  }
  return { size: 2 * pointer, align: pointer, flat: ["i32", "i32"], points: true };
}

function scalar(size: number, flat: FlatType): Layout {
  return { size, align: size, flat: [flat], points: false };
}

function repeat({ flat, size, align, points }: Layout, length: number): Layout {
  const fits = flat !== undefined && flat.length * length <= FLAT_PARAMETERS_MAX;
  return { size: size * length, align, flat: fits ? Array.from({ length }, () => flat).flat() : undefined, points };
}

/** The layout of values one after the other, as in a record or in parameters that are kept in memory. */
export function sequenceOf(parts: readonly Layout[]): Layout {
  let size = 0;
  let align = 1;
  let points = false;
  let flat: FlatType[] | undefined = [];
  for (const part of parts) {
    size = alignTo(size, part.align) + part.size;
    align = Math.max(align, part.align);
    points ||= part.points;
    if (part.flat === undefined || (flat !== undefined && flat.length + part.flat.length > FLAT_PARAMETERS_MAX)) flat = undefined;
    else flat?.push(...part.flat);
  }
  return { size: alignTo(size, align), align, flat, points };
}

function choiceOf(cases: readonly (Layout | undefined)[]): Layout {
  const tag = discriminantBytes(cases.length);
  let size = 0;
  let align = 1;
  let points = false;
  let flat: FlatType[] | undefined = ["i32"];
  for (const part of cases) {
    if (part === undefined) continue;
    size = Math.max(size, part.size);
    align = Math.max(align, part.align);
    points ||= part.points;
    if (part.flat === undefined || part.flat.length >= FLAT_PARAMETERS_MAX) flat = undefined;
    // What stands behind the discriminant is made wide enough for one more case.
    else for (const [index, type] of part.flat.entries()) if (flat !== undefined) flat[index + 1] = widest(flat[index + 1], type);
  }
  const whole = Math.max(align, tag);
  return { size: alignTo(alignTo(tag, align) + size, whole), align: whole, flat, points };
}

function widest(a: FlatType | undefined, b: FlatType): FlatType {
  if (a === undefined || a === b) return b;
  return a.endsWith("32") && b.endsWith("32") ? "i32" : "i64";
}

/** How many bytes the discriminant of a variant of so many cases takes. */
export function discriminantBytes(cases: number): 1 | 2 | 4 {
  return cases <= 0x100 ? 1 : cases <= 0x10000 ? 2 : 4;
}

/** The next multiple of `align`, a power of two, at or after `offset`. */
export function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}

/** Whether two value types are the same: alike in structure, with the very same resources. */
export function sameType(a: ValueType | undefined, b: ValueType | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  const one = factsOf(a);
  const other = factsOf(b);
  // Second objects for one type share what is known of it.
  if (one === other) return true;
  return (
    one.weight === other.weight &&
    sameDetail(a, b) &&
    one.parts.length === other.parts.length &&
    one.parts.every((part, index) => sameType(part, other.parts[index]))
  );
}

/** Whether two types of one kind have the same names, the same length, the very same resource. */
function sameDetail(a: ValueType, b: ValueType): boolean {
  if ("resource" in a) return "resource" in b && a.resource.root === b.resource.root;
  if (a.kind === "list") return b.kind === "list" && a.length === b.length;
  const names = namesIn(a);
  const others = namesIn(b);
  return names.length === others.length && names.every((name, index) => name === others[index]);
}

function namesIn(type: ValueType): readonly string[] {
  const members = "fields" in type ? type.fields : "cases" in type ? type.cases : undefined;
  return members?.map(({ name }) => name) ?? ("names" in type ? type.names : []);
}

/** `type` with value types replaced as `renaming` has them and resources as `replace` says. */
export function replaceParts(
  type: ValueType,
  renaming: ReadonlyMap<ValueType, ValueType>,
  replace: (resource: ResourceType) => ResourceType,
  done: Map<object, unknown>,
): ValueType {
  const before = renaming.get(type) ?? done.get(type);
  if (before !== undefined) return before as ValueType;
  const again = (part: ValueType): ValueType => replaceParts(part, renaming, replace, done);
  const holds = type.kind === "own" || type.kind === "borrow";
  // Types without parts stay themselves, so that primitives remain one object each.
  const same = !holds && partsOf(type).every((part) => again(part) === part);
  const result = same ? type : defineType(rebuild(type, again, replace));
  done.set(type, result);
  return result;
}

function rebuild(type: ValueType, again: (part: ValueType) => ValueType, replace: (resource: ResourceType) => ResourceType): ValueType {
  const swap = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(swap);
    if (typeof item !== "object" || item === null) return item;
    if (!("kind" in item)) return { ...item, type: swap((item as CaseType).type) };
    return item.kind === "resource" ? replace(item as ResourceType) : again(item as ValueType);
  };
  return Object.fromEntries(Object.entries(type).map(([key, item]) => [key, swap(item)])) as unknown as ValueType;
}
