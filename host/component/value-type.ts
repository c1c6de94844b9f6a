import { DoterosError } from "../contract/error.ts";
import { TYPE_DEPTH_MAX, TYPE_WEIGHT_MAX } from "../contract/limits.ts";
import type { CompoundType, PrimitiveName, PrimitiveType, ResourceType, ValueType } from "./type.ts";

/** The bytes that the canonical ABI keeps every value type under, counted with 64-bit pointers. */
const ELEMENT_BYTES_MAX = 2 ** 28;

/** What is known of a value type from the moment it exists, so that no later question walks its parts again. */
export interface TypeFacts {
  /** Its parts, counted each time they are used. */
  readonly weight: number;
  /** Value types inside value types. */
  readonly depth: number;
  /** Whether a handle is somewhere inside. */
  readonly handles: boolean;
  /** Whether a borrowed handle is somewhere inside. */
  readonly borrows: boolean;
  /** What of the asynchronous model is inside: a stream, a future, an error context; undefined when nothing is. */
  readonly asynchronous: string | undefined;
  /** Bytes in a 64-bit memory. */
  readonly wideSize: number;
  readonly wideAlign: number;
}

const facts = new WeakMap<ValueType, TypeFacts>();

const PRIMITIVE_BYTES: Readonly<Record<PrimitiveName, number>> = {
  bool: 1,
  s8: 1,
  u8: 1,
  s16: 2,
  u16: 2,
  s32: 4,
  u32: 4,
  s64: 8,
  u64: 8,
  f32: 4,
  f64: 8,
  char: 4,
  string: 8,
  "error-context": 4,
};

/** The one object for each primitive type. */
export const PRIMITIVES: Readonly<Record<PrimitiveName, PrimitiveType>> = makePrimitives();

function makePrimitives(): Record<PrimitiveName, PrimitiveType> {
  const made = {} as Record<PrimitiveName, PrimitiveType>;
  for (const kind of Object.keys(PRIMITIVE_BYTES) as PrimitiveName[]) {
    const type = { kind };
    const bytes = PRIMITIVE_BYTES[kind];
    const asynchronous = kind === "error-context" ? "error-context" : undefined;
    const wideSize = kind === "string" ? 16 : bytes;
    facts.set(type, { weight: 1, depth: 1, handles: false, borrows: false, asynchronous, wideSize, wideAlign: bytes });
    made[kind] = type;
  }
  return made;
}

/** What is known of `type`. */
export function factsOf(type: ValueType): TypeFacts {
  return facts.get(type) ?? learn(type);
}

/**
 * Makes a value type known and refuses it when it is too large.
 *
 * @throws DoterosError `limit-exceeded` when it weighs or nests too much, `invalid` when its values would not fit
 */
export function defineType<T extends ValueType>(type: T): T {
  learn(type);
  return type;
}

/** A second object for the same type: what is known of one is known of the other. */
export function copyType<T extends ValueType>(type: T): T {
  const copy = { ...type };
  facts.set(copy, factsOf(type));
  return copy;
}

function learn(type: ValueType): TypeFacts {
  let weight = 1;
  let depth = 0;
  let handles = type.kind === "own" || type.kind === "borrow";
  let borrows = type.kind === "borrow";
  let asynchronous: string | undefined = type.kind === "stream" || type.kind === "future" ? type.kind : undefined;
  const parts = partsOf(type);
  for (const part of parts) {
    const known = factsOf(part);
    weight += known.weight;
    depth = Math.max(depth, known.depth);
    handles ||= known.handles;
    borrows ||= known.borrows;
    asynchronous ??= known.asynchronous;
  }
  if (weight > TYPE_WEIGHT_MAX) {
    throw new DoterosError("limit-exceeded", `a value type with ${weight} parts, more than ${TYPE_WEIGHT_MAX}`);
  }
  if (depth >= TYPE_DEPTH_MAX) {
    throw new DoterosError("limit-exceeded", `a value type nested deeper than ${TYPE_DEPTH_MAX}`);
  }
  const [wideSize, wideAlign] = measure(type, parts);
  if (wideSize >= ELEMENT_BYTES_MAX) {
    throw new DoterosError("invalid", `a ${type.kind} type exceeds maximum byte size of 2^28 - 1`);
  }
  const known: TypeFacts = { weight, depth: depth + 1, handles, borrows, asynchronous, wideSize, wideAlign };
  facts.set(type, known);
  return known;
}

/** The value types directly inside `type`. */
export function partsOf(type: ValueType): readonly ValueType[] {
  switch (type.kind) {
    case "record":
      return type.fields.map((field) => field.type);
    case "variant":
      return present(type.cases.map((entry) => entry.type));
    case "list":
    case "option":
      return [type.element];
    case "map":
      return [type.key, type.value];
    case "tuple":
      return type.elements;
    case "result":
      return present([type.ok, type.err]);
    case "stream":
    case "future":
      return type.element === undefined ? [] : [type.element];
    default:
      return NO_PARTS;
  }
}

const NO_PARTS: readonly ValueType[] = [];

function present(types: readonly (ValueType | undefined)[]): ValueType[] {
  return types.filter((type) => type !== undefined);
}

function measure(type: ValueType, parts: readonly ValueType[]): readonly [size: number, align: number] {
  switch (type.kind) {
    case "record":
    case "tuple":
      return measureSequence(parts);
    case "variant":
      return measureVariant(type.cases.length, parts);
    case "enum":
      return measureVariant(type.names.length, []);
    case "option":
    case "result":
      return measureVariant(2, parts);
    case "flags": {
      const bytes = type.names.length <= 8 ? 1 : type.names.length <= 16 ? 2 : 4;
      return [type.names.length > 32 ? 4 * Math.ceil(type.names.length / 32) : bytes, bytes];
    }
    case "list": {
      if (type.length === undefined) return [16, 8];
      const element = factsOf(type.element);
      return [element.wideSize * type.length, element.wideAlign];
    }
    case "map":
      return [16, 8];
    default:
      return [4, 4];
  }
}

function measureSequence(parts: readonly ValueType[]): [number, number] {
  let size = 0;
  let align = 1;
  for (const part of parts) {
    const { wideSize, wideAlign } = factsOf(part);
    size = alignTo(size, wideAlign) + wideSize;
    align = Math.max(align, wideAlign);
  }
  return [alignTo(size, align), align];
}

function measureVariant(cases: number, parts: readonly ValueType[]): [number, number] {
  const tag = discriminantBytes(cases);
  let payload = 0;
  let payloadAlign = 1;
  for (const part of parts) {
    const { wideSize, wideAlign } = factsOf(part);
    payload = Math.max(payload, wideSize);
    payloadAlign = Math.max(payloadAlign, wideAlign);
  }
  const align = Math.max(tag, payloadAlign);
  return [alignTo(alignTo(tag, payloadAlign) + payload, align), align];
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
  if (factsOf(a).weight !== factsOf(b).weight || !sameShape(a, b)) return false;
  const parts = partsOf(b);
  return partsOf(a).every((part, index) => sameType(part, parts[index]));
}

function sameShape(a: ValueType, b: ValueType): boolean {
  switch (a.kind) {
    case "record":
      return b.kind === a.kind && sameList(a.fields, b.fields, (x, y) => x.name === y.name);
    case "variant":
      return (
        b.kind === a.kind &&
        sameList(a.cases, b.cases, (x, y) => x.name === y.name && (x.type === undefined) === (y.type === undefined))
      );
    case "flags":
    case "enum":
      return b.kind === a.kind && sameList(a.names, b.names, (x, y) => x === y);
    case "tuple":
      return b.kind === a.kind && a.elements.length === b.elements.length;
    case "list":
      return b.kind === a.kind && a.length === b.length;
    case "result":
      return b.kind === a.kind && (a.ok === undefined) === (b.ok === undefined) && (a.err === undefined) === (b.err === undefined);
    case "own":
    case "borrow":
      return b.kind === a.kind && a.resource.root === b.resource.root;
    case "stream":
    case "future":
      return b.kind === a.kind && (a.element === undefined) === (b.element === undefined);
    default:
      return true;
  }
}

function sameList<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((item, index) => same(item, b[index] as T));
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
  const parts = partsOf(type);
  const again = (part: ValueType): ValueType => replaceParts(part, renaming, replace, done);
  // Types without parts stay themselves, so that primitives remain one object each.
  const leaf = parts.length === 0 && !factsOf(type).handles;
  const same = leaf || (type.kind !== "own" && type.kind !== "borrow" && parts.every((part) => again(part) === part));
  const result = same ? type : defineType(rebuild(type as CompoundType, again, replace));
  done.set(type, result);
  return result;
}

function rebuild(
  type: CompoundType,
  again: (part: ValueType) => ValueType,
  replace: (resource: ResourceType) => ResourceType,
): CompoundType {
  const maybe = (part: ValueType | undefined): ValueType | undefined => (part === undefined ? undefined : again(part));
  switch (type.kind) {
    case "record":
      return { kind: "record", fields: type.fields.map(({ name, type: part }) => ({ name, type: again(part) })) };
    case "variant":
      return { kind: "variant", cases: type.cases.map(({ name, type: part }) => ({ name, type: maybe(part) })) };
    case "list":
      return { ...type, element: again(type.element) };
    case "option":
      return { ...type, element: again(type.element) };
    case "map":
      return { ...type, key: again(type.key), value: again(type.value) };
    case "tuple":
      return { ...type, elements: type.elements.map(again) };
    case "result":
      return { ...type, ok: maybe(type.ok), err: maybe(type.err) };
    case "own":
    case "borrow":
      return { ...type, resource: replace(type.resource) };
    case "stream":
    case "future":
      return { ...type, element: maybe(type.element) };
    default:
      return type;
  }
}
