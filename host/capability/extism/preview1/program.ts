import type { ModuleType } from "../../../wasm/module-type.ts";
import { COMMAND } from "../entry.ts";
import { PREVIEW1 } from "./signatures.ts";

/** Whether a module imports WASI preview 1 and nothing else. */
export function isOfPreview1({ imports }: ModuleType): boolean {
  return imports.size === 1 && imports.has(PREVIEW1);
}

/**
 * Whether it is a program of WASI preview 1: one that begins, and ends. It runs here as it is, without any folder: for one that is
 * granted some, the official adapter makes a component of it first.
 */
export function isProgram(type: ModuleType): boolean {
  return isOfPreview1(type) && type.exports.has(COMMAND);
}
