import { FLAT_PARAMETERS_MAX, FLAT_RESULTS_MAX } from "../contract/limits.ts";
import type { FunctionType, ValueType } from "./type.ts";
import { alignTo, discriminantBytes } from "./value-type.ts";

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

const layouts = new WeakMap<ValueType, Layout>();

/** The layout of a value type. */
export function layoutOf(type: ValueType): Layout {
  const known = layouts.get(type);
  if (known !== undefined) return known;
  const made = layout(type);
  layouts.set(type, made);
  return made;
}

const POINTER: Layout = { size: 8, align: 4, flat: ["i32", "i32"], points: true };

function scalar(size: number, flat: FlatType): Layout {
  return { size, align: size, flat: [flat], points: false };
}

function layout(type: ValueType): Layout {
  switch (type.kind) {
    case "bool":
    case "s8":
    case "u8":
      return scalar(1, "i32");
    case "s16":
    case "u16":
      return scalar(2, "i32");
    case "s64":
    case "u64":
      return scalar(8, "i64");
    case "f32":
      return scalar(4, "f32");
    case "f64":
      return scalar(8, "f64");
    case "string":
    case "map":
      return POINTER;
    case "list":
      return type.length === undefined ? POINTER : repeat(layoutOf(type.element), type.length);
    case "record":
      return sequence(type.fields.map((field) => field.type));
    case "tuple":
      return sequence(type.elements);
    case "variant":
      return variant(type.cases.map((entry) => entry.type));
    case "enum":
      return variant(type.names.map(() => undefined));
    case "option":
      return variant([undefined, type.element]);
    case "result":
      return variant([type.ok, type.err]);
    case "flags": {
      const count = type.names.length;
      return scalar(count <= 8 ? 1 : count <= 16 ? 2 : 4, "i32");
    }
    default:
      return scalar(4, "i32");
  }
}

function repeat(element: Layout, length: number): Layout {
  const { flat, size, align, points } = element;
  const fits = flat !== undefined && flat.length * length <= FLAT_PARAMETERS_MAX;
  const flats = fits ? Array.from({ length }, () => flat).flat() : undefined;
  return { size: size * length, align, flat: flats, points };
}

/** The layout of values one after the other, as in a record or in parameters that are kept in memory. */
export function sequence(types: readonly ValueType[]): Layout {
  let size = 0;
  let align = 1;
  let points = false;
  let flat: FlatType[] | undefined = [];
  for (const type of types) {
    const part = layoutOf(type);
    size = alignTo(size, part.align) + part.size;
    align = Math.max(align, part.align);
    points ||= part.points;
    flat = flat === undefined || part.flat === undefined ? undefined : append(flat, part.flat);
  }
  return { size: alignTo(size, align), align, flat, points };
}

function append(flat: FlatType[], more: readonly FlatType[]): FlatType[] | undefined {
  if (flat.length + more.length > FLAT_PARAMETERS_MAX) return undefined;
  flat.push(...more);
  return flat;
}

function variant(cases: readonly (ValueType | undefined)[]): Layout {
  const tag = discriminantBytes(cases.length);
  let size = 0;
  let align = 1;
  let points = false;
  let flat: FlatType[] | undefined = ["i32"];
  for (const type of cases) {
    if (type === undefined) continue;
    const part = layoutOf(type);
    size = Math.max(size, part.size);
    align = Math.max(align, part.align);
    points ||= part.points;
    flat = flat === undefined || part.flat === undefined ? undefined : join(flat, part.flat);
  }
  const whole = Math.max(align, tag);
  if (flat !== undefined && flat.length > FLAT_PARAMETERS_MAX) flat = undefined;
  return { size: alignTo(alignTo(tag, align) + size, whole), align: whole, flat, points };
}

/** Makes the core values behind the discriminant wide enough for one more case. */
function join(flat: FlatType[], payload: readonly FlatType[]): FlatType[] {
  for (const [index, type] of payload.entries()) {
    const before = flat[index + 1];
    flat[index + 1] = before === undefined || before === type ? type : widest(before, type);
  }
  return flat;
}

function widest(a: FlatType, b: FlatType): FlatType {
  return (a === "i32" && b === "f32") || (a === "f32" && b === "i32") ? "i32" : "i64";
}

/** Where a payload starts behind the discriminant of a variant with these cases. */
export function payloadOffset(cases: readonly (ValueType | undefined)[]): number {
  const align = cases.reduce((most, type) => Math.max(most, type === undefined ? 1 : layoutOf(type).align), 1);
  return alignTo(discriminantBytes(cases.length), align);
}

/** How a function's values travel, seen from one side. */
export interface Signature {
  readonly params: readonly FlatType[];
  readonly results: readonly FlatType[];
  /** Whether the parameters, respectively the result, are kept in memory, with a pointer travelling in their place. */
  readonly paramsSpill: boolean;
  readonly resultSpills: boolean;
  readonly needsMemory: boolean;
  readonly needsRealloc: boolean;
}

/** How a function is lifted or lowered, as far as it changes its core signature. */
export interface AsyncOptions {
  readonly async: boolean;
  readonly callback: number | undefined;
}

const SYNCHRONOUS: AsyncOptions = { async: false, callback: undefined };
const ASYNC_FLAT_PARAMETERS_MAX = 4;

/** The core signature of a function type (CanonicalABI, `flatten_functype`). */
export function signatureOf(type: FunctionType, side: "lift" | "lower", options: AsyncOptions = SYNCHRONOUS): Signature {
  const params = sequence(type.params.map((param) => param.type));
  const result = type.result === undefined ? NOTHING : layoutOf(type.result);
  const most = options.async && side === "lower" ? ASYNC_FLAT_PARAMETERS_MAX : FLAT_PARAMETERS_MAX;
  const paramsSpill = params.flat === undefined || params.flat.length > most;
  const flat: FlatType[] = params.flat === undefined || paramsSpill ? ["i32"] : [...params.flat];
  const pointed = {
    needsRealloc: side === "lift" ? params.points || paramsSpill : result.points,
    needsMemory: params.points || paramsSpill || result.points,
  };
  if (options.async) return asyncSignature(flat, paramsSpill, result, side, options, pointed);
  const resultSpills = result.flat === undefined || result.flat.length > FLAT_RESULTS_MAX;
  if (resultSpills && side === "lower") flat.push("i32");
  const results: readonly FlatType[] = !resultSpills ? (result.flat ?? []) : side === "lift" ? ["i32"] : [];
  return { params: flat, results, paramsSpill, resultSpills, ...pointed, needsMemory: pointed.needsMemory || resultSpills };
}

/** Asynchronous functions give their result to `task.return`, or to a place in memory that their caller names. */
function asyncSignature(
  params: FlatType[],
  paramsSpill: boolean,
  result: Layout,
  side: "lift" | "lower",
  options: AsyncOptions,
  pointed: Pick<Signature, "needsMemory" | "needsRealloc">,
): Signature {
  if (side === "lift") {
    const results: readonly FlatType[] = options.callback === undefined ? [] : ["i32"];
    return { params, results, paramsSpill, resultSpills: false, ...pointed };
  }
  const resultSpills = result.flat === undefined || result.flat.length > 0;
  if (resultSpills) params.push("i32");
  return { params, results: ["i32"], paramsSpill, resultSpills, ...pointed, needsMemory: pointed.needsMemory || resultSpills };
}

const NOTHING: Layout = { size: 0, align: 1, flat: [], points: false };
