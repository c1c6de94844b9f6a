import { ComponentError } from "../../../contract/error.ts";

// What functions of WASI preview 1 answer: a code.

export const SUCCESS = 0;
export const BAD_DESCRIPTOR = 8;
export const INVALID = 28;
const INPUT_OUTPUT = 29;
export const NOT_SUPPORTED = 58;
export const BROKEN_PIPE = 64;
export const NOT_SEEKABLE = 70;

/** Does something with a stream of wasi:io, and answers why that failed; undefined when it did not. */
export function failureOf(call: () => void): number | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (!(error instanceof ComponentError)) throw error;
    return (error.payload as { readonly tag?: string }).tag === "closed" ? BROKEN_PIPE : INPUT_OUTPUT;
  }
}
