import type { Random } from "./random.ts";
import type { Scalar, Type } from "./type.ts";

const SCALARS: readonly Scalar[] = ["bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64", "char", "string"];
const KEYS: readonly Scalar[] = ["bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "char", "string"];
const COMPOUNDS = ["list", "list", "fixed", "option", "tuple", "record", "variant", "variant", "enum", "flags", "result", "map"] as const;

/** A random value type; `depth` is how deep it may nest. */
export function randomType(random: Random, depth = 4): Type {
  if (depth <= 1 || random.once(4)) return random.pick(SCALARS);
  const part = (): Type => randomType(random, depth - 1);
  const maybe = (): Type | undefined => (random.once(3) ? undefined : part());
  const kind = random.pick(COMPOUNDS);
  switch (kind) {
    case "list":
      return { kind, element: part() };
    case "fixed":
      return { kind: "list", element: part(), length: 1 + random.below(4) };
    case "option":
      return { kind, element: part() };
    case "tuple":
      return { kind, elements: random.many(1 + random.below(5), part) };
    case "record":
      return { kind, fields: Object.fromEntries(labels(random, 1 + random.below(6)).map((label) => [label, part()])) };
    case "variant":
      return { kind, cases: Object.fromEntries(labels(random, 1 + random.below(5)).map((label) => [label, maybe()])) };
    case "enum":
      return { kind, names: labels(random, random.once(8) ? 257 : 1 + random.below(20)) };
    case "flags":
      return { kind, names: labels(random, 1 + random.below(32)) };
    case "result":
      return { kind, ok: maybe(), err: maybe() };
    case "map":
      return { kind, key: random.pick(KEYS), value: part() };
  }
}

function labels(random: Random, count: number): string[] {
  return random.many(count, (index) => `${random.pick(["a", "bc", "x-y", "n1", "type-of"])}-n${index}`);
}

/** A random value of a type, in the form in which it arrives. */
export function randomValue(random: Random, type: Type): unknown {
  if (typeof type === "string") return randomScalar(random, type);
  switch (type.kind) {
    case "list":
      return listOf(type.element, random.many(type.length ?? random.below(5), () => randomValue(random, type.element)), type.length);
    case "option":
      return randomOption(random, type.element);
    case "tuple":
      return type.elements.map((element) => randomValue(random, element));
    case "record":
      return Object.fromEntries(Object.entries(type.fields).map(([label, part]) => [camelCase(label), randomValue(random, part)]));
    case "variant": {
      const [tag, part] = random.pick(Object.entries(type.cases));
      return part === undefined ? { tag } : { tag, val: randomValue(random, part) };
    }
    case "enum":
      return random.pick(type.names);
    case "flags":
      return Object.fromEntries(type.names.map((label) => [camelCase(label), random.once(2)]));
    case "result": {
      const tag = random.pick(["ok", "err"] as const);
      const part = type[tag];
      return { tag, val: part === undefined ? undefined : randomValue(random, part) };
    }
    case "map":
      return new Map(random.many(random.below(4), () => [randomScalar(random, type.key as Scalar), randomValue(random, type.value)] as const));
  }
}

/** An option in an option needs a tag, to tell nothing from some nothing. */
function randomOption(random: Random, element: Type): unknown {
  const nested = typeof element === "object" && element.kind === "option";
  if (random.once(3)) return nested ? { tag: "none" } : undefined;
  const value = randomValue(random, element);
  return nested ? { tag: "some", val: value } : value;
}

/** The JavaScript name of a label. */
export function camelCase(label: string): string {
  return label.replaceAll(/-(.)/g, (_, first: string) => first.toUpperCase());
}

/** A random value of a type without parts. */
export function randomScalar(random: Random, type: Scalar): unknown {
  switch (type) {
    case "bool":
      return random.once(2);
    case "char":
      return randomCharacter(random);
    case "string":
      return random.many(random.once(6) ? 200 : random.below(8), () => randomCharacter(random)).join("");
    case "f32":
      return Math.fround(randomFloat(random));
    case "f64":
      return randomFloat(random);
    case "u64":
      return BigInt.asUintN(64, randomWide(random));
    case "s64":
      return BigInt.asIntN(64, randomWide(random));
    default: {
      const bits = Number(type.slice(1));
      const value = random.once(3) ? random.pick([0, 2 ** (bits - 1) - 1, 2 ** (bits - 1), 2 ** bits - 1]) : random.bits() % 2 ** bits;
      return type.startsWith("s") && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
    }
  }
}

function randomCharacter(random: Random): string {
  const point = random.pick([
    () => 0x20 + random.below(95),
    () => 0x20 + random.below(95),
    () => random.below(0x100),
    () => random.below(0xd800),
    () => 0xe000 + random.below(0x2000),
    () => 0x1_0000 + random.below(0x10_0000),
  ])();
  return String.fromCodePoint(point);
}

function randomFloat(random: Random): number {
  const special = [0, -0, 1, -1.5, Infinity, -Infinity, Number.NaN, 1e-45, 3.4e38, 5e-324];
  return random.once(2) ? random.pick(special) : (random.bits() - 2 ** 31) / (1 + random.below(1000));
}

function randomWide(random: Random): bigint {
  if (random.once(3)) return random.pick([0n, 1n, 2n ** 63n, 2n ** 63n - 1n, 2n ** 64n - 1n]);
  return BigInt(random.bits()) * 2n ** 32n + BigInt(random.bits());
}

/** Lists of numbers arrive as typed arrays, unless their length is part of the type. */
function listOf(element: Type, values: readonly unknown[], length: number | undefined): unknown {
  if (length !== undefined) return values;
  switch (element) {
    case "u8":
      return Uint8Array.from(values as number[]);
    case "s8":
      return Int8Array.from(values as number[]);
    case "u16":
      return Uint16Array.from(values as number[]);
    case "s16":
      return Int16Array.from(values as number[]);
    case "u32":
      return Uint32Array.from(values as number[]);
    case "s32":
      return Int32Array.from(values as number[]);
    case "u64":
      return BigUint64Array.from(values as bigint[]);
    case "s64":
      return BigInt64Array.from(values as bigint[]);
    case "f32":
      return Float32Array.from(values as number[]);
    case "f64":
      return Float64Array.from(values as number[]);
    default:
      return values;
  }
}
