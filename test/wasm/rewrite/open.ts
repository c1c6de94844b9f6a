import { parse } from "@bytecodealliance/jco";
import { Counters, type CounterLimits } from "../../../host/wasm/rewrite/counters.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import type { RewriteOptions, RewrittenModule } from "../../../host/wasm/rewrite/rewritten-module.ts";

/** Fuel and frames that are enough for whatever ends. */
export const FUEL = 1_000_000;
export const FRAMES = 4_000;

type Run = (...args: unknown[]) => unknown;

/** A rewritten module, running. */
export interface Opened {
  readonly rewritten: RewrittenModule;
  readonly counters: Counters;
  readonly exports: Readonly<Record<string, Run>>;
  /** Calls an export with all fuel and all frames. */
  readonly call: (name: string, ...args: unknown[]) => unknown;
  /** The fuel that a call takes that returns. */
  readonly cost: (name: string, ...args: unknown[]) => number;
}

/** Rewrites and instantiates a module that is given as text. */
export async function open(text: string, options: RewriteOptions, limits?: CounterLimits, imports: WebAssembly.Imports = {}): Promise<Opened> {
  return openBytes(await parse(`(module ${text})`), options, limits, imports);
}

/** The same of bytes. */
export function openBytes(bytes: Uint8Array, options: RewriteOptions, limits?: CounterLimits, imports: WebAssembly.Imports = {}): Opened {
  const rewritten = rewriteModule(bytes, options);
  const counters = new Counters(limits);
  counters.refill(FUEL, FRAMES);
  const added = rewritten.countersFrom === undefined ? {} : { [rewritten.countersFrom]: counters.imports };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(rewritten.bytes), { ...imports, ...added });
  const call = (name: string, ...args: unknown[]): unknown => {
    counters.refill(FUEL, FRAMES);
    return (exports[name] as Run)(...args);
  };
  const cost = (name: string, ...args: unknown[]): number => {
    call(name, ...args);
    return FUEL - counters.fuelLeft;
  };
  return { rewritten, counters, exports: exports as unknown as Opened["exports"], call, cost };
}
