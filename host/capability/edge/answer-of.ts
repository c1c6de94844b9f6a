import { ComponentError } from "../../contract/error.ts";
import { writeAnswer } from "./answer.ts";

/** Calls a function of the host's user. Answers what came of it as `writeAnswer` does; never throws. */
export function answerOf(target: (...args: unknown[]) => unknown, args: readonly unknown[]): Uint8Array {
  try {
    const value = target(...args);
    return isPromise(value) ? refused(value) : writeAnswer({ kind: "returned", value });
  } catch (error) {
    if (error instanceof ComponentError) return writeAnswer({ kind: "error", value: error.payload });
    return writeAnswer({ kind: "failed", value: error instanceof Error ? error.message : String(error) });
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** The answer in the place of one that is not there yet. What becomes of that is nobody's affair any more. */
function refused(promise: PromiseLike<unknown>): Uint8Array {
  promise.then(undefined, () => undefined);
  return writeAnswer({ kind: "failed", value: "it answered with a promise, and a capsule cannot wait" });
}
