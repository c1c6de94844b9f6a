import { ComponentError, DoterosError } from "../contract/error.ts";
import type { AnyFunction } from "./arity.ts";
import { gather, roomFor, spread } from "./arity.ts";
import type { Canon } from "./canon.ts";
import type { Codec, Flat } from "./codec/codec.ts";
import type { SeldomCodec } from "./codec/compile.ts";
import { compile, compileParameters, compileResult } from "./codec/compile.ts";
import { Failure } from "./codec/variant.ts";
import type { ComponentState } from "./instance.ts";
import { enter, leave } from "./instance.ts";
import type { CanonFunction } from "./plan.ts";
import { explain, trap } from "./trap.ts";
import { factsOf } from "./value-type.ts";

/**
 * What an asynchronous function gave to `task.return`.
 *
 * @param unwraps whether it is a result of which the value, or a {@link Failure}, is wanted
 */
export type TakeReturned = (cx: Canon, core: unknown, unwraps: boolean) => unknown;

/** A core function that was lifted: what `canon lift` makes. */
export interface LiftedFunction {
  readonly kind: "guest";
  readonly crossing: CanonFunction;
  readonly cx: Canon;
  readonly core: AnyFunction;
  readonly postReturn: AnyFunction | undefined;
  readonly seldom: SeldomCodec;
  /** Takes the result of an asynchronous function. */
  readonly takeReturned: TakeReturned | undefined;
}

/** A function of the host's. Errors it throws with a `payload` are the error case of its result. */
export interface HostFunction {
  readonly kind: "host";
  /** As the component imports it, for messages. */
  readonly name: string;
  readonly target: AnyFunction;
}

/** A component function while components run. */
export type RuntimeFunction = LiftedFunction | HostFunction;

/**
 * Makes `lifted` callable.
 *
 * @param caller the instance that will call, or undefined for the host
 * @param name for messages
 * @param throws whether an error result is thrown as a {@link ComponentError}; otherwise results are `{ tag, val }`
 */
export function callable(lifted: LiftedFunction, caller: ComponentState | undefined, name: string, throws: boolean): AnyFunction {
  const { cx, core, postReturn } = lifted;
  const { type, signature } = lifted.crossing;
  const { instance } = cx;
  const args = roomFor(type.params.length);
  const flat = roomFor(signature.params.length);
  const lowerArguments = argumentWriter(lifted, args, flat);
  const call = spread(signature.params.length, flat, core);
  const readResult = resultReader(lifted, throws);
  const borrows = type.params.some((param) => factsOf(param.type).borrows);
  const entered = instance.enteredFrom(caller);

  const run = (): unknown => {
    enter(entered);
    let lowered = false;
    let value: unknown;
    try {
      cx.renew();
      lowerArguments();
      lowered = true;
      const result = call();
      if (instance.failure !== undefined) throw instance.failure;
      cx.renew();
      value = readResult(result);
      if (postReturn !== undefined) {
        instance.mayLeave = false;
        (postReturn as (result: unknown) => void)(result);
        if (instance.failure !== undefined) throw instance.failure;
        instance.mayLeave = true;
      }
      if (borrows && instance.borrows > 0) trap("borrow handles still remain at the end of the call");
    } catch (error) {
      if (!lowered && error instanceof DoterosError && error.code === "wrong-value") {
        if (instance.borrows > 0) instance.handles?.dropBorrowed();
        instance.borrows = 0;
        leave(entered);
        throw new DoterosError("wrong-value", `${name}: ${error.message}`, { where: name, cause: error });
      }
      throw (instance.failure ??= explain(error, `${name} trapped`, name, instance.lastWords));
    }
    leave(entered);
    if (throws && value instanceof Failure) throw new ComponentError(value.payload);
    return value;
  };
  return gather(type.params.length, args, run);
}

function argumentWriter({ crossing: { type, signature }, cx, seldom }: LiftedFunction, args: unknown[], flat: Flat): () => void {
  const { align, size, lower, store } = compileParameters(type, seldom);
  if (!signature.paramsSpill) return () => lower(cx, args, flat, 0);
  return () => {
    const pointer = cx.allocate(align, size);
    store(cx, args, pointer);
    flat[0] = pointer;
  };
}

/** Makes what reads the result that the core function returned: its flat value, or the pointer to it in memory. */
function resultReader({ crossing, cx, seldom, takeReturned }: LiftedFunction, throws: boolean): (core: unknown) => unknown {
  const { signature } = crossing;
  const { result } = crossing.type;
  if (takeReturned !== undefined) return (core) => takeReturned(cx, core, throws && result?.kind === "result");
  if (result === undefined) return () => undefined;
  const codec = throws ? compileResult(result, seldom) : compile(result, seldom);
  return valueReader(codec, signature.resultSpills, cx);
}

/** Makes what reads a value from a core value, or from memory behind a pointer. */
export function valueReader(codec: Codec, isPointer: boolean, cx: Canon): (core: unknown) => unknown {
  const { size, align, load, lift } = codec;
  if (isPointer) {
    return (core) => {
      const pointer = (core as number) >>> 0;
      cx.check(pointer, size, align);
      return load(cx, pointer);
    };
  }
  const flat: Flat = [undefined];
  return (core) => {
    flat[0] = core;
    return lift(cx, flat, 0);
  };
}
