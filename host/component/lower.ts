import { DoterosError } from "../contract/error.ts";
import type { AnyFunction } from "./arity.ts";
import { gather, roomFor, spread } from "./arity.ts";
import type { Canon } from "./canon.ts";
import type { Codec, Flat } from "./codec/codec.ts";
import type { SeldomCodec } from "./codec/compile.ts";
import { compile, compileParameters, compileResult } from "./codec/compile.ts";
import { Failure } from "./codec/variant.ts";
import type { RuntimeFunction } from "./lift.ts";
import { callable } from "./lift.ts";
import type { CanonFunction } from "./plan.ts";
import { explain, trap } from "./trap.ts";
import { factsOf } from "./value-type.ts";

/** A component function that core code is given: what `canon lower` makes. */
export interface LoweredFunction {
  readonly crossing: CanonFunction;
  readonly func: RuntimeFunction;
  /** The memory, allocator and instance of the caller. */
  readonly cx: Canon;
  readonly seldom: SeldomCodec;
  /** Ends the use of an object that was lent to a call that has ended. */
  readonly expire: ((value: unknown) => void) | undefined;
}

/** Makes a component function callable by core code. */
export function lowerFunction(lowered: LoweredFunction): AnyFunction {
  const { func, cx } = lowered;
  const { type, options, signature } = lowered.crossing;
  const { instance } = cx;
  const flat = roomFor(signature.params.length);
  const call = caller(lowered, flat);
  const write = resultWriter(lowered, flat);
  const isHost = func.kind === "host";
  const throws = isHost && type.result?.kind === "result";
  const borrows = type.params.some((param) => factsOf(param.type).borrows);

  const run = (): unknown => {
    let answered = false;
    try {
      if (!instance.mayLeave) trap("cannot leave component instance");
      cx.renew();
      let value: unknown;
      try {
        value = call();
      } catch (error) {
        const failed = throws ? failureOf(error) : undefined;
        if (failed === undefined) throw error;
        value = failed;
      }
      answered = true;
      cx.renew();
      const core = write(value);
      if (borrows) giveBack(cx);
      return options.async ? RETURNED : core;
    } catch (error) {
      const thrown = !isHost ? explain(error, "a call between components trapped") : answered ? blame(func.name, error) : error;
      instance.failure ??= thrown;
      throw thrown;
    }
  };
  return gather(signature.params.length, flat, run);
}

/** What an asynchronous call answers when it is already over. */
const RETURNED = 2;

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
function caller({ func, crossing: { type, signature }, cx, seldom, expire }: LoweredFunction, flat: Flat): () => unknown {
  const codecs = type.params.map((param) => compile(param.type, seldom));
  const target = func.kind === "host" ? func.target : callable(func, cx.instance, "an imported function", false);
  const lent = type.params.flatMap((param, at) => (param.type.kind === "borrow" ? [at] : []));
  if (!signature.paramsSpill && codecs.length <= 3 && lent.length === 0) return fewCaller(codecs, target, cx, flat);
  const { size, align, lift, load } = compileParameters(type, seldom);
  const args = roomFor(codecs.length);
  const call = spread(codecs.length, args, target);
  return () => {
    if (signature.paramsSpill) {
      const pointer = (flat[0] as number) >>> 0;
      cx.check(pointer, size, align);
      load(cx, pointer, args);
    } else lift(cx, flat, 0, args);
    const value = call();
    for (const at of lent) expire?.(args[at]);
    return value;
  };
}

/** The same for few arguments, which most functions have: they need no array on their way. */
function fewCaller(codecs: readonly Codec[], target: AnyFunction, cx: Canon, flat: Flat): () => unknown {
  const call = target as (...args: unknown[]) => unknown;
  const [first, second, third] = codecs;
  if (first === undefined) return () => call();
  if (second === undefined) return () => call(first.lift(cx, flat, 0));
  const b = first.flat?.length ?? 0;
  if (third === undefined) return () => call(first.lift(cx, flat, 0), second.lift(cx, flat, b));
  const c = b + (second.flat?.length ?? 0);
  return () => call(first.lift(cx, flat, 0), second.lift(cx, flat, b), third.lift(cx, flat, c));
}

/** Makes what writes the result for the caller; answers the core result, if that is how it travels. */
function resultWriter({ func, crossing, cx, seldom }: LoweredFunction, flat: Flat): (value: unknown) => unknown {
  const { result } = crossing.type;
  const { signature } = crossing;
  if (result === undefined) return () => undefined;
  const { size, align, store, lower } = func.kind === "host" ? compileResult(result, seldom) : compile(result, seldom);
  if (!signature.resultSpills) {
    const values: Flat = [undefined];
    return (value) => {
      lower(cx, value, values, 0);
      return values[0];
    };
  }
  const pointerAt = signature.params.length - 1;
  return (value) => {
    const pointer = (flat[pointerAt] as number) >>> 0;
    cx.check(pointer, size, align);
    store(cx, value, pointer);
    return undefined;
  };
}
