import { RANDOM_BYTES_MAX } from "../../../contract/limits.ts";
import { sessionOf, variablesOf } from "../../dialect/cli/session.ts";
import type { Reach } from "../../dialect/dialect.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import type { HostFunction } from "../env.ts";
import { Exit } from "../exit.ts";
import { BAD_DESCRIPTOR, NOT_SUPPORTED, SUCCESS } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { PREVIEW1_SIGNATURES } from "./signatures.ts";
import { streamFunctions } from "./streams.ts";
import { timeFunctions } from "./time.ts";

// WASI preview 1 for plugins, and for programs without folders: no files and no sockets. The rest is that of wasi:cli, wasi:clocks
// and wasi:random, with the same grants.

const POINTER_BYTES = 4;

/** The functions for one instance. What is not here is for descriptors that nobody has. */
export function preview1Functions(memory: GuestMemory, reach: Reach): Readonly<Record<string, HostFunction>> {
  const { transition } = reach;
  const refused = Object.fromEntries(Object.keys(PREVIEW1_SIGNATURES).map((name) => [name, () => BAD_DESCRIPTOR]));
  const functions: Record<string, HostFunction> = { ...refused, ...processFunctions(memory, reach), ...timeFunctions(memory, reach), ...streamFunctions(memory, reach) };
  const priced = (call: HostFunction): HostFunction => (...args) => {
    transition.charge(CALL_FUEL);
    return call(...args);
  };
  return Object.fromEntries(Object.entries(functions).map(([name, call]) => [name, priced(call)]));
}

function processFunctions(memory: GuestMemory, { transition }: Reach): Record<string, HostFunction> {
  return {
    ...textFunctions("args", memory, transition, () => sessionOf(transition).arguments),
    ...textFunctions("environ", memory, transition, () => variablesOf(transition).map((pair) => pair.join("="))),
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

/** The two functions for a list of texts: how much there is of it, and the list. */
function textFunctions(name: string, memory: GuestMemory, transition: Transition, listed: () => readonly string[]): Record<string, HostFunction> {
  const encoder = new TextEncoder();
  const encoded = (): Uint8Array[] => {
    const texts = listed().map((text) => encoder.encode(`${text}\0`));
    for (const { length } of texts) transition.charge(length);
    return texts;
  };
  return {
    [`${name}_sizes_get`](count: number, bytes: number) {
      const texts = encoded();
      memory.setWord(count, texts.length);
      memory.setWord(bytes, texts.reduce((sum, { length }) => sum + length, 0));
      return SUCCESS;
    },
    [`${name}_get`](pointers: number, start: number) {
      let at = start;
      for (const [index, text] of encoded().entries()) {
        memory.setWord(pointers + index * POINTER_BYTES, at);
        memory.bytes(at, text.length).set(text);
        at += text.length;
      }
      return SUCCESS;
    },
  };
}
