// Where jco 1.35.0 is wrong, by the rule that it breaks. The comparison of both leaves out just these.
import { flatten, partsOf, type Type } from "./type.ts";

/**
 * How many maps there are in a type, and how many of them are inside lists and maps. The code that jco writes calls the
 * counter of every map `i`: with two maps in one block it does not compile, and inside another loop it reads the wrong one.
 */
export function countMaps(type: Type | undefined, inside: boolean): [all: number, inside: number] {
  if (type === undefined || typeof type === "string") return [0, 0];
  const repeats = inside || type.kind === "list" || type.kind === "map";
  const counts = partsOf(type).map((part) => countMaps(part, repeats));
  const own = type.kind === "map" ? 1 : 0;
  return counts.reduce<[number, number]>(([all, within], [a, b]) => [all + a, within + b], [own, inside ? own : 0]);
}

/**
 * How many options are directly inside each other. Of three, jco reads back only two: `some(some(some(true)))` comes back
 * as `{ tag: "some", val: true }`, which is not what went in.
 */
export function optionsDeep(type: Type | undefined): number {
  if (type === undefined || typeof type === "string") return 0;
  const inner = Math.max(0, ...partsOf(type).map(optionsDeep));
  return type.kind === "option" ? Math.max(inner, 1 + optionsInside(type.element)) : inner;
}

function optionsInside(type: Type): number {
  return typeof type === "object" && type.kind === "option" ? 1 + optionsInside(type.element) : 0;
}

/**
 * Whether a signed number of at most 32 bits travels in a slot of 64 that it shares with another case of a variant. The
 * canonical ABI wraps such a slot to 32 bits before it lifts the number (`lift_flat_variant`, `wrap_i64_to_i32`) and does
 * not extend the sign when it lowers one (`lower_flat_signed` makes an unsigned i32). jco extends the sign, and lifts all 64
 * bits as the number.
 */
export function widensSigned(type: Type | undefined): boolean {
  if (type === undefined || typeof type === "string") return false;
  const slots = flatten(type).slice(1);
  const cases = type.kind === "variant" || type.kind === "result" || type.kind === "option" ? partsOf(type) : [];
  const here = cases.some((part) => hasSigned(part) && part !== undefined && flatten(part).some((core, at) => core === "i32" && slots[at] === "i64"));
  return here || partsOf(type).some(widensSigned);
}

function hasSigned(type: Type | undefined): boolean {
  if (typeof type === "string") return type === "s8" || type === "s16" || type === "s32";
  return type !== undefined && partsOf(type).some(hasSigned);
}
