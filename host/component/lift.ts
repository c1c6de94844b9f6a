import { ComponentError, DoterosError } from "../contract/error.ts";
import type { AnyFunction } from "./arity.ts";
import { gather, spread } from "./arity.ts";
import type { Canon } from "./canon.ts";
import type { Codec, Flat } from "./codec/codec.ts";
import type { ResourceLookup } from "./codec/compile.ts";
import { compile } from "./codec/compile.ts";
import type { ComponentState } from "./instance.ts";
import { enter, leave } from "./instance.ts";
import { payloadOffset, sequence, signatureOf } from "./layout.ts";
import { explain, trap } from "./trap.ts";
import type { CanonOptions } from "./plan.ts";
import type { FunctionType, ValueType } from "./type.ts";
import { alignTo, factsOf } from "./value-type.ts";

/** A core function that was lifted: what `canon lift` makes. */
export interface LiftedFunction {
  readonly kind: "guest";
  readonly type: FunctionType;
  readonly cx: Canon;
  readonly core: AnyFunction;
  readonly postReturn: AnyFunction | undefined;
  readonly options: CanonOptions;
  readonly resources: ResourceLookup;
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

/** Reads what the core function returned: its flat result, or the pointer to its result in memory. */
type ResultReader = (cx: Canon, core: unknown) => unknown;

/**
 * Makes `lifted` callable.
 *
 * @param caller the instance that will call, or undefined for the host
 * @param name for messages
 * @param throws whether an error result is thrown as a {@link ComponentError}; otherwise results are `{ tag, val }`
 */
export function callable(lifted: LiftedFunction, caller: ComponentState | undefined, name: string, throws: boolean): AnyFunction {
  const { type, cx, core, postReturn, options } = lifted;
  const { instance } = cx;
  const signature = signatureOf(type, "lift", options);
  const args: unknown[] = [];
  const flat: Flat = [];
  const lowerArguments = argumentWriter(type, lifted.resources, args, flat);
  const call = spread(signature.params.length, flat, core);
  const readResult = options.async ? taskReader(type, throws) : resultReader(type, lifted.resources, throws);
  const borrows = type.params.some((param) => factsOf(param.type).borrows);
  const entered = instance.enteredFrom(caller);

  const run = (): unknown => {
    enter(entered);
    let lowered = false;
    let value: unknown;
    try {
      cx.renew();
      lowerArguments(cx);
      lowered = true;
      const result = call();
      if (instance.failure !== undefined) throw instance.failure;
      cx.renew();
      value = readResult(cx, result);
      if (postReturn !== undefined) {
        instance.mayLeave = false;
        (postReturn as (result: unknown) => void)(result);
        if (instance.failure !== undefined) throw instance.failure;
        instance.mayLeave = true;
      }
      if (borrows && instance.borrows > 0) trap("borrow handles still remain at the end of the call");
    } catch (error) {
      if (!lowered && error instanceof DoterosError && error.code === "wrong-value") {
        if (instance.borrows > 0) instance.handles.dropBorrowed();
        instance.borrows = 0;
        leave(entered);
        throw new DoterosError("wrong-value", `${name}: ${error.message}`, { where: name, cause: error });
      }
      throw ended(instance, error, name);
    }
    leave(entered);
    if (throws && value instanceof ComponentError) throw value;
    return value;
  };
  return gather(type.params.length, args, run);
}

/** What the caller of a guest that did not return gets to see. */
function ended(instance: ComponentState, error: unknown, name: string): unknown {
  const failure = instance.failure ?? explain(error, `${name} trapped`, name, instance.lastWords);
  instance.failure = failure;
  return failure;
}

function argumentWriter(type: FunctionType, resources: ResourceLookup, args: unknown[], flat: Flat): (cx: Canon) => void {
  const codecs = type.params.map((param) => compile(param.type, resources));
  const whole = sequence(type.params.map((param) => param.type));
  const count = codecs.length;
  if (whole.flat !== undefined) {
    const starts = startsOf(codecs);
    const [first] = codecs;
    if (count === 1 && first !== undefined) return (cx) => first.lower(cx, args[0], flat, 0);
    return (cx) => {
      for (let at = 0; at < count; at++) (codecs[at] as Codec).lower(cx, args[at], flat, starts[at] as number);
    };
  }
  const offsets = offsetsOf(codecs);
  return (cx) => {
    const pointer = cx.allocate(whole.align, whole.size);
    for (let at = 0; at < count; at++) (codecs[at] as Codec).store(cx, args[at], pointer + (offsets[at] as number));
    flat[0] = pointer;
  };
}

/** Where each of several values starts among their core values. */
export function startsOf(codecs: readonly Codec[]): number[] {
  let next = 0;
  return codecs.map((codec) => {
    const start = next;
    next += codec.flat?.length ?? 0;
    return start;
  });
}

/** Where each of several values lies in memory. */
export function offsetsOf(codecs: readonly Codec[]): number[] {
  let next = 0;
  return codecs.map((codec) => {
    const start = alignTo(next, codec.align);
    next = start + codec.size;
    return start;
  });
}

function resultReader(type: FunctionType, resources: ResourceLookup, throws: boolean): ResultReader {
  const { result } = type;
  if (result === undefined) return () => undefined;
  const spills = signatureOf(type, "lift").resultSpills;
  if (throws && result.kind === "result") return throwingReader(result, resources, spills);
  const codec = compile(result, resources);
  if (spills) {
    return (cx, core) => {
      const pointer = (core as number) >>> 0;
      cx.check(pointer, codec.size, codec.align);
      return codec.load(cx, pointer);
    };
  }
  const flat: Flat = [];
  return (cx, core) => {
    flat[0] = core;
    return codec.lift(cx, flat, 0);
  };
}

/** Takes what an asynchronous function gave to `task.return`. Functions that have to wait for something are not run here. */
function taskReader(type: FunctionType, throws: boolean): ResultReader {
  return (cx, core) => {
    const { returned } = cx.instance;
    cx.instance.returned = undefined;
    if (returned === undefined || (core !== undefined && core !== 0)) {
      throw new DoterosError("unsupported", "the component uses the asynchronous model: an async function that waits");
    }
    const { value } = returned;
    if (!throws || type.result?.kind !== "result") return value;
    const { tag, val } = value as { tag: string; val: unknown };
    return tag === "ok" ? val : new ComponentError(val);
  };
}

/** Makes the function by which an asynchronous function returns. */
export function taskReturn(type: ValueType | undefined, cx: Canon, resources: ResourceLookup): AnyFunction {
  const flat: Flat = [];
  if (type === undefined) return () => void (cx.instance.returned = { value: undefined });
  const codec = compile(type, resources);
  const run = (): void => {
    if (!cx.instance.mayLeave) trap("cannot leave component instance");
    cx.renew();
    if (codec.flat !== undefined) {
      cx.instance.returned = { value: codec.lift(cx, flat, 0) };
      return;
    }
    const pointer = (flat[0] as number) >>> 0;
    cx.check(pointer, codec.size, codec.align);
    cx.instance.returned = { value: codec.load(cx, pointer) };
  };
  return gather(codec.flat?.length ?? 1, flat, run);
}

/** Reads a result so that its error case is a {@link ComponentError}, to be thrown once the call is over. */
function throwingReader(
  result: Extract<ValueType, { kind: "result" }>,
  resources: ResourceLookup,
  spills: boolean,
): ResultReader {
  const ok = result.ok === undefined ? undefined : compile(result.ok, resources);
  const err = result.err === undefined ? undefined : compile(result.err, resources);
  const offset = payloadOffset([result.ok, result.err]);
  const { size, align } = compile(result, resources);
  if (!spills) {
    return (_cx, core) => {
      if (core === 0) return undefined;
      return core === 1 ? new ComponentError(undefined) : trap("invalid variant discriminant");
    };
  }
  return (cx, core) => {
    const pointer = (core as number) >>> 0;
    cx.check(pointer, size, align);
    const tag = cx.bytes[pointer];
    if (tag === 0) return ok?.load(cx, pointer + offset);
    return tag === 1 ? new ComponentError(err?.load(cx, pointer + offset)) : trap("invalid variant discriminant");
  };
}
