import { FLAT_PARAMETERS_MAX, FLAT_RESULTS_MAX } from "../contract/limits.ts";
import type { FunctionType, ValueType } from "./type.ts";
import type { FlatType, Layout } from "./value-type.ts";
import { alignTo, discriminantBytes, factsOf, sequenceOf } from "./value-type.ts";

export type { FlatType, Layout } from "./value-type.ts";

/** The layout of a value type. */
export const layoutOf: (type: ValueType) => Layout = factsOf;

/** The layout of values one after the other. */
export function sequence(types: readonly ValueType[]): Layout {
  return sequenceOf(types.map(layoutOf));
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

/**
 * The core signature of a function type (CanonicalABI, `flatten_functype`). Asynchronous functions give their result to
 * `task.return`, or to a place in memory that their caller names.
 */
export function signatureOf(type: FunctionType, side: "lift" | "lower", { async, callback } = SYNCHRONOUS): Signature {
  const lowers = side === "lower";
  const whole = sequence(type.params.map((param) => param.type));
  const result = type.result === undefined ? NOTHING : layoutOf(type.result);
  const paramsSpill = !fits(whole, async && lowers ? ASYNC_FLAT_PARAMETERS_MAX : FLAT_PARAMETERS_MAX);
  const resultSpills = (lowers || !async) && !fits(result, async ? 0 : FLAT_RESULTS_MAX);
  const params: FlatType[] = paramsSpill || whole.flat === undefined ? ["i32"] : [...whole.flat];
  if (lowers && resultSpills) params.push("i32");
  return {
    params,
    results: async ? (lowers || callback !== undefined ? ["i32"] : []) : resultSpills ? (lowers ? [] : ["i32"]) : (result.flat ?? []),
    paramsSpill,
    resultSpills,
    needsMemory: whole.points || paramsSpill || result.points || resultSpills,
    needsRealloc: lowers ? result.points : whole.points || paramsSpill,
  };
}

const NOTHING: Layout = { size: 0, align: 1, flat: [], points: false };

function fits({ flat }: Layout, most: number): boolean {
  return flat !== undefined && flat.length <= most;
}
