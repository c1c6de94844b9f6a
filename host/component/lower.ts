import type { AnyFunction } from "./arity.ts";
import { gather } from "./arity.ts";
import type { Canon } from "./canon.ts";
import type { Codec, Flat } from "./codec/codec.ts";
import type { ResourceLookup } from "./codec/compile.ts";
import { compile } from "./codec/compile.ts";
import { payloadOffset, sequence, signatureOf } from "./layout.ts";
import type { RuntimeFunction } from "./lift.ts";
import { callable, offsetsOf, startsOf } from "./lift.ts";
import { GuestResource } from "./resource.ts";
import { trap } from "./trap.ts";
import type { FunctionType, ValueType } from "./type.ts";
import { factsOf } from "./value-type.ts";

/** Calls the target with arguments read from core values. */
type ArgumentsReader = (cx: Canon) => unknown;
/** Writes what the target returned; answers the core result, if that is how it travels. */
type ResultWriter = (cx: Canon, value: unknown) => unknown;

/**
 * Makes a component function callable by core code: what `canon lower` makes.
 *
 * @param cx the memory, allocator and instance of the caller
 */
export function lowerFunction(func: RuntimeFunction, type: FunctionType, cx: Canon, resources: ResourceLookup, name: string): AnyFunction {
  const { instance } = cx;
  const signature = signatureOf(type, "lower");
  const flat: Flat = [];
  const host = func.kind === "host";
  const target = host ? func.target : callable(func, instance, name, false);
  const call = argumentsReader(type, resources, flat, target);
  const pointerAt = signature.params.length - 1;
  const throws = host && type.result?.kind === "result";
  const write = resultWriter(type, resources, flat, pointerAt, throws);
  const writeError = throws ? errorWriter(type.result as ResultType, resources, flat, pointerAt) : undefined;
  const borrows = type.params.some((param) => factsOf(param.type).borrows);

  const run = (): unknown => {
    try {
      if (!instance.mayLeave) trap("cannot leave component instance");
      cx.renew();
      let core: unknown;
      let value: unknown;
      let failed: unknown;
      try {
        value = call(cx);
      } catch (error) {
        if (writeError === undefined || !hasPayload(error)) throw error;
        failed = error;
      }
      cx.renew();
      if (failed === undefined) core = write(cx, value);
      else core = writeError?.(cx, (failed as { payload: unknown }).payload);
      if (borrows) giveBack(cx);
      return core;
    } catch (error) {
      instance.failure ??= error;
      throw error;
    }
  };
  return gather(signature.params.length, flat, run);
}

type ResultType = Extract<ValueType, { kind: "result" }>;

function hasPayload(error: unknown): error is { payload: unknown } {
  return typeof error === "object" && error !== null && "payload" in error;
}

/** The call is over: handles that were lent to it may be dropped again. */
function giveBack(cx: Canon): void {
  for (const handle of cx.instance.lent) handle.lends--;
  cx.instance.lent = [];
}

function argumentsReader(type: FunctionType, resources: ResourceLookup, flat: Flat, target: AnyFunction): ArgumentsReader {
  const codecs = type.params.map((param) => compile(param.type, resources));
  const whole = sequence(type.params.map((param) => param.type));
  const call = target as (...args: unknown[]) => unknown;
  const expire = type.params.flatMap((param, at) => (param.type.kind === "borrow" ? [at] : []));
  if (whole.flat === undefined || codecs.length > 3 || expire.length > 0) {
    return manyArgumentsReader(codecs, whole, flat, call, expire);
  }
  const [first, second, third] = codecs;
  const [, b = 0, c = 0] = startsOf(codecs);
  if (third !== undefined && second !== undefined && first !== undefined) {
    return (cx) => call(first.lift(cx, flat, 0), second.lift(cx, flat, b), third.lift(cx, flat, c));
  }
  if (second !== undefined && first !== undefined) return (cx) => call(first.lift(cx, flat, 0), second.lift(cx, flat, b));
  return first === undefined ? () => call() : (cx) => call(first.lift(cx, flat, 0));
}

function manyArgumentsReader(
  codecs: readonly Codec[],
  whole: ReturnType<typeof sequence>,
  flat: Flat,
  call: (...args: unknown[]) => unknown,
  expire: readonly number[],
): ArgumentsReader {
  const places = whole.flat === undefined ? offsetsOf(codecs) : startsOf(codecs);
  return (cx) => {
    const args: unknown[] = [];
    if (whole.flat === undefined) {
      const pointer = (flat[0] as number) >>> 0;
      cx.check(pointer, whole.size, whole.align);
      for (const [at, codec] of codecs.entries()) args.push(codec.load(cx, pointer + (places[at] as number)));
    } else {
      for (const [at, codec] of codecs.entries()) args.push(codec.lift(cx, flat, places[at] as number));
    }
    const value = call(...args);
    for (const at of expire) GuestResource.expire(args[at]);
    return value;
  };
}

function resultWriter(
  type: FunctionType,
  resources: ResourceLookup,
  flat: Flat,
  pointerAt: number,
  throws: boolean,
): ResultWriter {
  const { result } = type;
  if (result === undefined) return () => undefined;
  const spills = signatureOf(type, "lower").resultSpills;
  if (throws) return okWriter(result as ResultType, resources, flat, pointerAt, spills);
  const codec = compile(result, resources);
  if (spills) {
    return (cx, value) => {
      const pointer = (flat[pointerAt] as number) >>> 0;
      cx.check(pointer, codec.size, codec.align);
      codec.store(cx, value, pointer);
      return undefined;
    };
  }
  const values: Flat = [];
  return (cx, value) => {
    codec.lower(cx, value, values, 0);
    return values[0];
  };
}

/** Writes what a host function returned as the ok case of its result. */
function okWriter(result: ResultType, resources: ResourceLookup, flat: Flat, pointerAt: number, spills: boolean): ResultWriter {
  if (!spills) return () => 0;
  const ok = result.ok === undefined ? undefined : compile(result.ok, resources);
  return caseWriter(0, ok, result, resources, flat, pointerAt);
}

/** Writes the payload of what a host function threw as the error case of its result. */
function errorWriter(result: ResultType, resources: ResourceLookup, flat: Flat, pointerAt: number): ResultWriter {
  if (compile(result, resources).flat?.length === 1) return () => 1;
  const err = result.err === undefined ? undefined : compile(result.err, resources);
  return caseWriter(1, err, result, resources, flat, pointerAt);
}

function caseWriter(
  tag: 0 | 1,
  payload: Codec | undefined,
  result: ResultType,
  resources: ResourceLookup,
  flat: Flat,
  pointerAt: number,
): ResultWriter {
  const { size, align } = compile(result, resources);
  const offset = payloadOffset([result.ok, result.err]);
  return (cx, value) => {
    const pointer = (flat[pointerAt] as number) >>> 0;
    cx.check(pointer, size, align);
    cx.bytes[pointer] = tag;
    payload?.store(cx, value, pointer + offset);
    return undefined;
  };
}
