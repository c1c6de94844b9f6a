import { DoterosError } from "../contract/error.ts";
import type { AnyFunction } from "./arity.ts";
import { gather } from "./arity.ts";
import type { Canon } from "./canon.ts";
import type { Codec, Flat } from "./codec/codec.ts";
import type { ResourceLookup } from "./codec/compile.ts";
import { compile } from "./codec/compile.ts";
import type { Layout } from "./layout.ts";
import { payloadOffset, sequence, signatureOf } from "./layout.ts";
import type { RuntimeFunction } from "./lift.ts";
import { callable, offsetsOf, startsOf } from "./lift.ts";
import type { CanonOptions } from "./plan.ts";
import { GuestResource } from "./resource.ts";
import { explain, trap } from "./trap.ts";
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
export function lowerFunction(
  func: RuntimeFunction,
  type: FunctionType,
  cx: Canon,
  resources: ResourceLookup,
  options: CanonOptions,
): AnyFunction {
  const { instance } = cx;
  const signature = signatureOf(type, "lower", options);
  const flat: Flat = [];
  const host = func.kind === "host";
  const target = host ? func.target : callable(func, instance, "an imported function", false);
  const call = argumentsReader(type, resources, signature.paramsSpill, flat, target);
  const pointerAt = signature.params.length - 1;
  const throws = host && type.result?.kind === "result";
  const spills = signature.resultSpills;
  const write = resultWriter(type, resources, flat, pointerAt, throws, spills);
  const writeError = throws ? errorWriter(type.result, resources, flat, pointerAt, spills) : undefined;
  const borrows = type.params.some((param) => factsOf(param.type).borrows);

  const run = (): unknown => {
    let answered = false;
    try {
      if (!instance.mayLeave) trap("cannot leave component instance");
      cx.renew();
      let core: unknown;
      let value: unknown;
      let failed: ErrorCase | undefined;
      try {
        value = call(cx);
      } catch (error) {
        failed = writeError === undefined ? undefined : errorCase(error);
        if (failed === undefined) throw error;
      }
      answered = true;
      cx.renew();
      if (failed === undefined) core = write(cx, value);
      else core = writeError?.(cx, failed.payload);
      if (borrows) giveBack(cx);
      return options.async ? RETURNED : core;
    } catch (error) {
      const thrown = !host ? explain(error, "a call between components trapped") : answered ? blame(func.name, error) : error;
      instance.failure ??= thrown;
      throw thrown;
    }
  };
  return gather(signature.params.length, flat, run);
}

/** Says which of the host's functions answered with a value of the wrong type. */
function blame(name: string, error: unknown): unknown {
  if (!(error instanceof DoterosError) || error.code !== "wrong-value") return error;
  return new DoterosError("wrong-value", `${name} answered: ${error.message}`, { where: name, cause: error });
}

/** What an asynchronous call answers when it is already over. */
const RETURNED = 2;

type ResultType = Extract<ValueType, { kind: "result" }>;

interface ErrorCase {
  readonly payload: unknown;
}

/** The error case that a host function threw: the payload of an error or, as jco has it, a value that is no error. */
function errorCase(thrown: unknown): ErrorCase | undefined {
  if (typeof thrown === "object" && thrown !== null && "payload" in thrown) return thrown;
  return thrown instanceof Error || thrown instanceof WebAssembly.Exception ? undefined : { payload: thrown };
}

/** The call is over: handles that were lent to it may be dropped again. */
function giveBack(cx: Canon): void {
  for (const handle of cx.instance.lent) handle.lends--;
  cx.instance.lent = [];
}

function argumentsReader(
  type: FunctionType,
  resources: ResourceLookup,
  spills: boolean,
  flat: Flat,
  target: AnyFunction,
): ArgumentsReader {
  const codecs = type.params.map((param) => compile(param.type, resources));
  const whole = sequence(type.params.map((param) => param.type));
  const call = target as (...args: unknown[]) => unknown;
  const expire = type.params.flatMap((param, at) => (param.type.kind === "borrow" ? [at] : []));
  if (spills || codecs.length > 3 || expire.length > 0) {
    return manyArgumentsReader(codecs, spills ? whole : undefined, flat, call, expire);
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
  memory: Layout | undefined,
  flat: Flat,
  call: (...args: unknown[]) => unknown,
  expire: readonly number[],
): ArgumentsReader {
  const places = memory === undefined ? startsOf(codecs) : offsetsOf(codecs);
  return (cx) => {
    const args: unknown[] = [];
    if (memory !== undefined) {
      const pointer = (flat[0] as number) >>> 0;
      cx.check(pointer, memory.size, memory.align);
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
  spills: boolean,
): ResultWriter {
  const { result } = type;
  if (result === undefined) return () => undefined;
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
function errorWriter(
  result: ResultType,
  resources: ResourceLookup,
  flat: Flat,
  pointerAt: number,
  spills: boolean,
): ResultWriter {
  if (!spills) return () => 1;
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
