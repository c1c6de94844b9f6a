import { ComponentError, DoterosError } from "../../contract/error.ts";
import type { CoreExtern } from "../../wasm/module-type.ts";
import type { Transition } from "../transition.ts";
import type { PluginCall } from "./call.ts";
import type { HostFunction } from "./env.ts";

const encoder = new TextEncoder();

/** The name of a function as WIT would have it, from which its name in JavaScript is made again: `helloWorld` is `hello-world`. */
export function labelOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * A function of the host's user, as a plugin calls it. Numbers of 64 bits are addresses: the function is given the bytes of the
 * block, no bytes for 0, and what it answers, bytes or text, becomes a block.
 *
 * @param functions what is provided under the name of the module
 */
export function userFunction(functions: unknown, { name, type }: { readonly name: string; readonly type: CoreExtern }, { blocks }: PluginCall, transition: Transition): HostFunction {
  const target = (functions as Readonly<Record<string, (...args: unknown[]) => unknown>>)[name.replaceAll(/-./g, (word) => word.slice(1).toUpperCase())] as (...args: unknown[]) => unknown;
  const given = (value: number | bigint): unknown => {
    if (typeof value === "number") return value;
    const bytes = value === 0n ? new Uint8Array() : blocks.bytesAt(value).slice();
    transition.charge(bytes.length);
    return bytes;
  };
  const [result] = type.kind === "func" ? type.results : [];
  return (...args: readonly (number | bigint)[]) => {
    const value = answerOf(() => target(...args.map(given)));
    if (result === undefined) return undefined;
    if (result !== "i64") return typeof value === "number" ? value : wrongAnswer(name, "a number");
    if (value === undefined || value === null) return 0n;
    const bytes = typeof value === "string" ? encoder.encode(value) : value;
    return bytes instanceof Uint8Array ? blocks.store(bytes) : wrongAnswer(name, "bytes or text");
  };
}

/** An error in terms of WIT is an error like any other: the functions of plugins have none. */
function answerOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    throw error instanceof ComponentError ? new DoterosError("trap", error.message, { cause: error }) : error;
  }
}

function wrongAnswer(name: string, wanted: string): never {
  throw new DoterosError("trap", `${name} did not answer ${wanted}`);
}
