// What a module does, as text: what its functions answer, what they tell the host, and what they leave behind.
import { hashOf } from "../../../host/kernel/index.ts";
import { Random } from "../../component/random.ts";
import { F32, F64, I64, type Signature, type ValueType } from "./random-shape.ts";

/** Calls of each exported function. */
const ROUNDS = 3;
/** What each call from outside may lead to, as the module counts it. */
const BUDGET = 40;

/** What is done around each call from outside. */
export interface Hooks {
  before?(exports: WebAssembly.Instance["exports"]): void;
  /** `returned` is false when the call trapped, or an exception came out of it. */
  after?(exports: WebAssembly.Instance["exports"], returned: boolean): void;
}

/** An instance of a random module, and what it has told the host so far. */
export interface Started {
  readonly exports: WebAssembly.Instance["exports"];
  readonly lines: string[];
}

/** Calls everything that a random module exports, with arguments that the seed says. */
export function behaviourOf(bytes: Uint8Array, signatures: readonly Signature[], seed: number, added: WebAssembly.Imports = {}, hooks: Hooks = {}): string {
  let started: Started;
  try {
    started = startRandom(new WebAssembly.Module(bytes), added);
  } catch (error) {
    return outcome(error);
  }
  const random = new Random(seed);
  for (let round = 0; round < ROUNDS; round += 1) callAll(started, signatures, random, hooks);
  return [...started.lines, ...leftBehind(started.exports)].join("\n");
}

/** Makes an instance of a random module. */
export function startRandom(module: WebAssembly.Module, added: WebAssembly.Imports = {}): Started {
  const lines: string[] = [];
  const ask = (a: number, b: bigint): number => {
    lines.push(`asked ${a} ${b}`);
    return (a ^ Number(BigInt.asIntN(32, b))) | 0;
  };
  const host = { ask, tell: (value: number) => void lines.push(`told ${print(value)}`), base: 3 };
  const { exports } = new WebAssembly.Instance(module, { host, ...added });
  return { exports, lines };
}

/** Calls each exported function once. */
export function callAll({ exports, lines }: Started, signatures: readonly Signature[], random: Random, hooks: Hooks = {}): void {
  for (const [index, { params }] of signatures.entries()) {
    (exports["budget"] as WebAssembly.Global).value = BUDGET;
    hooks.before?.(exports);
    const args = params.map((type) => argument(random, type));
    let returned = false;
    try {
      const answer: unknown = (exports[`f${index}`] as (...given: unknown[]) => unknown)(...args);
      lines.push(`f${index} ${[answer].flat().map(print).join(" ")}`);
      returned = true;
    } catch (error) {
      lines.push(`f${index} ${outcome(error)}`);
    }
    hooks.after?.(exports, returned);
  }
}

function argument(random: Random, type: ValueType): number | bigint {
  if (type === I64) return BigInt(random.bits()) * BigInt(random.bits());
  if (type === F32 || type === F64) return random.pick([0, -0, 1.5, Number.NaN, Infinity, random.bits() / 3]);
  return random.pick([0, 1, random.below(100), random.bits() | 0]);
}

function print(value: unknown): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function outcome(error: unknown): string {
  if (error instanceof WebAssembly.Exception) return "threw";
  // Engines have their own words for traps.
  return error instanceof WebAssembly.RuntimeError ? "trapped" : `failed: ${String(error)}`;
}

function leftBehind(exports: WebAssembly.Instance["exports"]): string[] {
  return Object.entries(exports).flatMap(([name, value]) => {
    if (value instanceof WebAssembly.Memory) return /^m\d$/.test(name) ? [`${name} ${value.buffer.byteLength} ${digest(value.buffer)}`] : [];
    return value instanceof WebAssembly.Global && /^(?:g\d+|budget)$/.test(name) ? [`${name} ${print(value.value)}`] : [];
  });
}

function digest(buffer: ArrayBuffer): string {
  return hashOf(new Uint8Array(buffer)).toString(16);
}
