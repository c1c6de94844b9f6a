// jco, transpiled when the program was built: what is left to do when the program starts.
import { loadTranspiled } from "./transpiled.mjs";

export const version = undefined;

/** @param {Uint8Array} component */
export async function prepare(component) {
  const { transpileCounter } = await import("./jco.mjs");
  return transpileCounter(component);
}

export const load = loadTranspiled;
