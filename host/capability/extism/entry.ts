import type { CoreExtern } from "../../wasm/module-type.ts";

/** What makes an instance ready by the conventions of reactors and of Haskell, in this order; of the first two one is enough. */
const READY = ["_initialize", "__wasm_call_ctors"];
const HASKELL = "hs_init";
/** What a command begins with, which makes it ready when nothing else does. */
export const COMMAND = "_start";

/**
 * The functions to call before any other is called.
 *
 * @param call what will be called then: that is no beginning; undefined for a module that others call
 */
export function initializersOf(exports: readonly string[], call: string | undefined): string[] {
  const has = (name: string): boolean => exports.includes(name) && name !== call;
  const ready = READY.find(has) ?? (call !== COMMAND && has(COMMAND) ? COMMAND : undefined);
  return [ready, has(HASKELL) ? HASKELL : undefined].filter((name) => name !== undefined);
}

/** The functions that may handle messages: without parameters, and with a code or nothing as their result. */
export function callableFunctions(exports: ReadonlyMap<string, CoreExtern>): string[] {
  return Array.from(exports).flatMap(([name, type]) => (type.kind === "func" && type.params.length === 0 && ["", "i32"].includes(type.results.join()) ? [name] : []));
}
