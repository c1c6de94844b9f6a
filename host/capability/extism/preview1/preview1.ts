import { RANDOM_BYTES_MAX } from "../../../contract/limits.ts";
import { clockOf } from "../../clock.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import type { HostFunction } from "../env.ts";
import { Exit } from "../exit.ts";
import type { LineWriter } from "./console.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { PREVIEW1_SIGNATURES } from "./signatures.ts";

// WASI preview 1 for plugins: no arguments, no variables, no files, no network. Time and chance are those of the message, what is
// written to standard output and standard error is lines of log, and standard input is empty.

const SUCCESS = 0;
const BAD_DESCRIPTOR = 8;
const INVALID = 28;
const NOT_SUPPORTED = 58;
const NOT_SEEKABLE = 70;

const STANDARD_STREAMS = 3;
/** What a descriptor of a standard stream says that it is. */
const CHARACTER_DEVICE = 2;
const FDSTAT_BYTES = 24;
const FILESTAT_BYTES = 64;
const VECTOR_BYTES = 8;
/** What a vector of bytes costs that is looked at, in units of fuel. */
const VECTOR_FUEL = 50;

const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const SUBSCRIBED_CLOCK = 0;
const ABSOLUTE_TIME = 1;
const REALTIME = 0;
const MONOTONIC = 1;

/** What the functions of one instance work on. */
interface Preview1Parts {
  readonly memory: GuestMemory;
  readonly transition: Transition;
  /** Where standard output and standard error go, by their descriptors. */
  readonly streams: ReadonlyMap<number, LineWriter>;
}

/** The functions for one instance. What is not here is for descriptors that nobody has. */
export function preview1Functions(parts: Preview1Parts): Readonly<Record<string, HostFunction>> {
  const { transition } = parts;
  const refused = Object.fromEntries(Object.keys(PREVIEW1_SIGNATURES).map((name) => [name, () => BAD_DESCRIPTOR]));
  const functions: Record<string, HostFunction> = { ...refused, ...processFunctions(parts), ...timeFunctions(parts), ...streamFunctions(parts) };
  const priced = (call: HostFunction): HostFunction => (...args) => {
    transition.charge(CALL_FUEL);
    return call(...args);
  };
  return Object.fromEntries(Object.entries(functions).map(([name, call]) => [name, priced(call)]));
}

function processFunctions({ memory, transition }: Preview1Parts): Record<string, HostFunction> {
  const none = (count: number, bytes: number): number => {
    memory.setWord(count, 0);
    memory.setWord(bytes, 0);
    return SUCCESS;
  };
  return {
    args_sizes_get: none,
    args_get: () => SUCCESS,
    environ_sizes_get: none,
    environ_get: () => SUCCESS,
    proc_exit(code: number) {
      throw new Exit(code >>> 0);
    },
    proc_raise: () => NOT_SUPPORTED,
    sched_yield: () => SUCCESS,
    random_get(pointer: number, size: number) {
      const bytes = memory.bytes(pointer, size);
      for (let at = 0; at < bytes.length; at += RANDOM_BYTES_MAX) bytes.set(transition.random(Math.min(RANDOM_BYTES_MAX, bytes.length - at)), at);
      return SUCCESS;
    },
  };
}

function timeFunctions({ memory, transition }: Preview1Parts): Record<string, HostFunction> {
  const clock = clockOf(transition);
  const isClock = (id: number): boolean => id === REALTIME || id === MONOTONIC;
  const now = (id: number): bigint => (id === REALTIME ? clock.wall() : clock.monotonic());
  return {
    clock_res_get(id: number, pointer: number) {
      if (!isClock(id)) return INVALID;
      memory.setLong(pointer, 1n);
      return SUCCESS;
    },
    clock_time_get(id: number, _precision: bigint, pointer: number) {
      if (!isClock(id)) return INVALID;
      memory.setLong(pointer, now(id));
      return SUCCESS;
    },
    /** Sleeps until the first of the times, which are the only things that can be waited for. */
    poll_oneoff(subscriptions: number, events: number, count: number, made: number) {
      let first: { readonly at: bigint; readonly data: bigint } | undefined;
      for (let index = 0; index < count >>> 0; index += 1) {
        transition.charge(VECTOR_FUEL);
        const subscription = memory.view(subscriptions + index * SUBSCRIPTION_BYTES, SUBSCRIPTION_BYTES);
        const id = subscription.getUint32(16, true);
        if (subscription.getUint8(8) !== SUBSCRIBED_CLOCK || !isClock(id)) continue;
        const time = subscription.getBigUint64(24, true);
        const at = (subscription.getUint16(40, true) & ABSOLUTE_TIME) === 0 ? clock.monotonic() + time : clock.monotonic() + time - now(id);
        if (first === undefined || at < first.at) first = { at, data: subscription.getBigUint64(0, true) };
      }
      if (first === undefined) return NOT_SUPPORTED;
      clock.sleep(first.at, false);
      const event = memory.view(events, EVENT_BYTES);
      for (let at = 0; at < EVENT_BYTES; at += 8) event.setBigUint64(at, 0n, true);
      event.setBigUint64(0, first.data, true);
      memory.setWord(made, 1);
      return SUCCESS;
    },
  };
}

function streamFunctions({ memory, transition, streams }: Preview1Parts): Record<string, HostFunction> {
  /** Answers for a standard stream, and that there is no other. */
  const standard = (descriptor: number, answer: () => number): number => (descriptor >= 0 && descriptor < STANDARD_STREAMS ? answer() : BAD_DESCRIPTOR);
  const describe = (size: number) => (descriptor: number, pointer: number): number =>
    standard(descriptor, () => {
      const bytes = memory.bytes(pointer, size).fill(0);
      // Where a file's kind stands depends on what is asked for.
      bytes[size === FDSTAT_BYTES ? 0 : 16] = CHARACTER_DEVICE;
      return SUCCESS;
    });
  const seek = (descriptor: number): number => standard(descriptor, () => NOT_SEEKABLE);
  return {
    fd_close: (descriptor: number) => standard(descriptor, () => SUCCESS),
    fd_fdstat_get: describe(FDSTAT_BYTES),
    fd_filestat_get: describe(FILESTAT_BYTES),
    fd_fdstat_set_flags: (descriptor: number) => standard(descriptor, () => SUCCESS),
    fd_seek: seek,
    fd_tell: seek,
    fd_read(descriptor: number, _vectors: number, _count: number, made: number) {
      if (descriptor !== 0) return BAD_DESCRIPTOR;
      memory.setWord(made, 0);
      return SUCCESS;
    },
    fd_write(descriptor: number, vectors: number, count: number, made: number) {
      const stream = streams.get(descriptor);
      if (stream === undefined) return BAD_DESCRIPTOR;
      let written = 0;
      for (let index = 0; index < count >>> 0; index += 1) {
        const vector = memory.view(vectors + index * VECTOR_BYTES, VECTOR_BYTES);
        const bytes = memory.bytes(vector.getUint32(0, true), vector.getUint32(4, true));
        transition.charge(VECTOR_FUEL + bytes.length);
        stream.write(bytes);
        written += bytes.length;
      }
      memory.setWord(made, written);
      return SUCCESS;
    },
  };
}
