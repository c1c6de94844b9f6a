import { DoterosError } from "../contract/error.ts";
import type { LastWords } from "./panic.ts";

/** Ends the component: what a guest did is something the canonical ABI traps on. @throws DoterosError `trap`, always */
export function trap(message: string): never {
  throw new DoterosError("trap", message);
}

/**
 * What the engine or the canonical ABI ended a guest with, as a trap that says what trapped. Anything else is the host's own
 * and stays as it is.
 *
 * @param lastWords what the guest had to say before it ended itself
 */
export function explain(error: unknown, what: string, where?: string, lastWords?: LastWords): unknown {
  const why = (error instanceof WebAssembly.RuntimeError ? lastWords?.() : undefined) ?? reasonOf(error);
  return why === undefined ? error : new DoterosError("trap", `${what}: ${why}`, { ...(where === undefined ? {} : { where }), cause: error });
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof WebAssembly.Exception) return "an exception left the component";
  if (error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.LinkError) return error.message;
  // Not by a regular expression: with the stack this full the engine has no room to run one. SpiderMonkey throws no RangeError.
  if (error instanceof Error && (error instanceof RangeError ? error.message.includes("stack") : error.message === "too much recursion")) return "call stack exhausted";
  return error instanceof DoterosError && error.code === "trap" && error.where === undefined ? error.message : undefined;
}

/**
 * Refuses a JavaScript value that is not of the WIT type it is passed as.
 *
 * @throws DoterosError `wrong-value`, always
 */
export function wrongValue(expected: string, value: unknown): never {
  throw new DoterosError("wrong-value", `expected ${expected}, found ${describeValue(value)}`);
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return Array.isArray(value) ? "an array" : `an object (${value.constructor?.name ?? "Object"})`;
  if (typeof value === "string") return value.length > 40 ? `"${value.slice(0, 40)}…"` : JSON.stringify(value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return `${typeof value} ${value}`;
  return `a ${typeof value}`;
}
