import { DoterosError } from "../contract/error.ts";
import type { AnyFunction } from "./arity.ts";
import { gather, spread } from "./arity.ts";
import type { Canon } from "./canon.ts";
import type { Flat } from "./codec/codec.ts";
import type { ResourceLookup } from "./codec/compile.ts";
import { compile, compileParameters, compileResult } from "./codec/compile.ts";
import { Failure } from "./codec/variant.ts";
import type { RuntimeFunction } from "./lift.ts";
import { callable } from "./lift.ts";
import type { CanonFunction } from "./plan.ts";
import { GuestResource } from "./resource.ts";
import { explain, trap } from "./trap.ts";
import { factsOf } from "./value-type.ts";

/** A component function that core code is given: what `canon lower` makes. */
export interface LoweredFunction {
  readonly crossing: CanonFunction;
  readonly func: RuntimeFunction;
  /** The memory, allocator and instance of the caller. */
  readonly cx: Canon;
  readonly resources: ResourceLookup;
}

/** Makes a component function callable by core code. What a call needs is put together at the first one. */
export function lowerFunction(lowered: LoweredFunction): AnyFunction {
  const { func, cx } = lowered;
  const { instance } = cx;
  const flat: Flat = [];
  let run = (): unknown => {
    run = runner(lowered, flat);
    return run();
  };
  return gather(lowered.crossing.signature.params.length, flat, () => {
    try {
      if (!instance.mayLeave) trap("cannot leave component instance");
      return run();
    } catch (error) {
      const thrown = func.kind === "guest" ? explain(error, "a call between components trapped") : error;
      instance.failure ??= thrown;
      throw thrown;
    }
  });
}

/** What an asynchronous call answers when it is already over. */
const RETURNED = 2;

function runner(lowered: LoweredFunction, flat: Flat): () => unknown {
  const { func, cx } = lowered;
  const { type, options } = lowered.crossing;
  const call = caller(lowered, flat);
  const write = resultWriter(lowered, flat);
  const throws = func.kind === "host" && type.result?.kind === "result";
  const borrows = type.params.some((param) => factsOf(param.type).borrows);
  return () => {
    cx.renew();
    let value: unknown;
    try {
      value = call();
    } catch (error) {
      const failed = throws ? failureOf(error) : undefined;
      if (failed === undefined) throw error;
      value = failed;
    }
    cx.renew();
    const core = write(value);
    if (borrows) giveBack(cx);
    return options.async ? RETURNED : core;
  };
}

/** Says which of the host's functions answered with a value of the wrong type. */
function blame(name: string, error: unknown): unknown {
  if (!(error instanceof DoterosError) || error.code !== "wrong-value") return error;
  return new DoterosError("wrong-value", `${name} answered: ${error.message}`, { where: name, cause: error });
}

/** The error case that a host function threw: the payload of an error or, as jco has it, a value that is no error. */
function failureOf(thrown: unknown): Failure | undefined {
  if (typeof thrown === "object" && thrown !== null && "payload" in thrown) return new Failure(thrown.payload);
  return thrown instanceof Error || thrown instanceof WebAssembly.Exception ? undefined : new Failure(thrown);
}

/** The call is over: handles that were lent to it may be dropped again. */
function giveBack(cx: Canon): void {
  for (const handle of cx.instance.lent) handle.lends--;
  cx.instance.lent = [];
}

/** Makes what calls the function with the arguments that its caller left, as core values or in memory. */
function caller({ func, crossing: { type, signature }, cx, resources }: LoweredFunction, flat: Flat): () => unknown {
  const { size, align, lift, load } = compileParameters(type, resources);
  const args: unknown[] = [];
  const target = func.kind === "host" ? func.target : callable(func, cx.instance, "an imported function", false);
  const call = spread(type.params.length, args, target);
  const lent = type.params.flatMap((param, at) => (param.type.kind === "borrow" ? [at] : []));
  return () => {
    if (signature.paramsSpill) {
      const pointer = (flat[0] as number) >>> 0;
      cx.check(pointer, size, align);
      load(cx, pointer, args);
    } else lift(cx, flat, 0, args);
    const value = call();
    for (const at of lent) GuestResource.expire(args[at]);
    return value;
  };
}

/** Makes what writes the result for the caller; answers the core result, if that is how it travels. */
function resultWriter({ func, crossing, cx, resources }: LoweredFunction, flat: Flat): (value: unknown) => unknown {
  const { result } = crossing.type;
  const { signature } = crossing;
  if (result === undefined) return () => undefined;
  const isHost = func.kind === "host";
  const { size, align, store, lower } = isHost ? compileResult(result, resources) : compile(result, resources);
  const pointerAt = signature.params.length - 1;
  const values: Flat = [];
  return (value) => {
    try {
      if (!signature.resultSpills) {
        lower(cx, value, values, 0);
        return values[0];
      }
      const pointer = (flat[pointerAt] as number) >>> 0;
      cx.check(pointer, size, align);
      store(cx, value, pointer);
      return undefined;
    } catch (error) {
      throw isHost ? blame(func.name, error) : error;
    }
  };
}
