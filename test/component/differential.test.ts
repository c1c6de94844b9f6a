// Random types and values through our linker and through jco, which know nothing of each other. DOTEROS_RUNS says how many
// types, DOTEROS_SEED from which seed on; a failure names the seed of its component, with which it comes again.
import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { echoText, spills } from "./echo.ts";
import { openByJco } from "./jco.ts";
import type { Encoding } from "./memory.ts";
import { countMaps, optionsDeep, widensSigned } from "./jco-fault.ts";
import { type Callable, type Exports, openBytes } from "./open.ts";
import { fromEnvironment, Random } from "./random.ts";
import { randomType, randomValue } from "./random-type.ts";
import type { Type } from "./type.ts";

const RUNS = fromEnvironment("DOTEROS_RUNS", 150);
const SEED = fromEnvironment("DOTEROS_SEED", 1);
const TYPES_PER_COMPONENT = 10;
const VALUES_PER_TYPE = 4;
/** jco panics at transpiling latin1+utf16. */
const ENCODINGS: readonly Encoding[] = ["utf8", "utf8", "utf16"];

/** An echo under one of the two hosts, with what its imports were called with last. */
interface Echo {
  readonly exports: Exports;
  readonly seen: unknown[];
}

/** Answers the value it is called with: returned, or, in the error case of a result, thrown. */
function answering(type: Type, seen: unknown[], index: number): Callable {
  const isResult = typeof type === "object" && type.kind === "result";
  return (value) => {
    seen[index] = value;
    if (!isResult) return value;
    const { tag, val } = value as { tag: string; val: unknown };
    if (tag === "err") throw Object.assign(new Error("the error case"), { payload: val });
    return val;
  };
}

/** Calls what answers a `type`, and puts its result together again. */
function call(type: Type, run: Callable | undefined, ...args: unknown[]): unknown {
  if (typeof type !== "object" || type.kind !== "result") return run?.(...args);
  try {
    return { tag: "ok", val: run?.(...args) };
  } catch (error) {
    if (typeof error === "object" && error !== null && "payload" in error) return { tag: "err", val: error.payload };
    throw error;
  }
}

async function open(types: readonly Type[], make: (imports: Readonly<Record<string, Callable>>) => Promise<Exports>): Promise<Echo> {
  const seen: unknown[] = [];
  const imports = Object.fromEntries(types.map((type, index) => [`host-${index}`, answering(type, seen, index)]));
  return { exports: await make(imports), seen };
}

/** Sends `value` through, as type number `index`; answers the guest's memory afterwards. */
function send(echo: Echo, index: number, type: Type, value: unknown): unknown {
  echo.exports["reset"]?.();
  const back = call(type, echo.exports[`run${index}`], value);
  expect(echo.seen[index]).toStrictEqual(value);
  expect(back).toStrictEqual(value);
  return echo.exports["image"]?.();
}

/** Reads `value` out of the memory that it left in another instance: as a result and, unless `flat` is not right, as a parameter. */
function readFrom(echo: Echo, image: unknown, index: number, type: Type, value: unknown, flat = true): void {
  echo.exports["restore"]?.(image);
  if (spills(type)) expect(call(type, echo.exports[`again${index}`])).toStrictEqual(value);
  if (!flat) return;
  echo.exports["restore"]?.(image);
  echo.seen[index] = undefined;
  expect(call(type, echo.exports[`replay${index}`])).toStrictEqual(value);
  expect(echo.seen[index]).toStrictEqual(value);
}

/** A random type that jco can do. What it cannot is left to the tests of values. */
function randomTypeForJco(random: Random): Type {
  for (;;) {
    const type = randomType(random);
    const [maps, within] = countMaps(type, false);
    if (maps <= 1 && within === 0 && optionsDeep(type) <= 2) return type;
  }
}

/** Says of what goes wrong in `run` which step it was, and with which type. */
function named<T>(step: string, type: Type, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${step}: ${error instanceof Error ? error.message : String(error)}\n${JSON.stringify(type)}`, { cause: error });
  }
}

async function compare(seed: number, count: number): Promise<void> {
  const random = new Random(seed);
  const encoding = random.pick(ENCODINGS);
  const types = random.many(count, () => randomTypeForJco(random));
  const bytes = await parse(echoText(types, encoding));
  const ours = await open(types, (imports) => openBytes(bytes, imports));
  const theirs = await open(types, (imports) => openByJco(bytes, imports));
  for (const [index, type] of types.entries()) {
    for (const value of random.many(VALUES_PER_TYPE, () => randomValue(random, type))) {
      const ourImage = named("our echo", type, () => send(ours, index, type, value));
      const theirImage = named("jco's echo", type, () => send(theirs, index, type, value));
      named("we read jco's memory", type, () => readFrom(ours, theirImage, index, type, value));
      named("jco reads our memory", type, () => readFrom(theirs, ourImage, index, type, value, !widensSigned(type)));
    }
  }
}

describe("our linker and jco agree on random types", () => {
  const seeds = Array.from({ length: Math.ceil(RUNS / TYPES_PER_COMPONENT) }, (_, index) => SEED + index);
  it.each(seeds)("DOTEROS_RUNS=10 DOTEROS_SEED=%d", async (seed) => {
    await expect(compare(seed, TYPES_PER_COMPONENT)).resolves.toBeUndefined();
  });
});
