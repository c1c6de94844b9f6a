import { DoterosError } from "../../contract/error.ts";
import type { StateExports } from "../rewrite/state-exports.ts";

/** An instance of a rewritten module: what it exports, and which of that is its state. */
export interface CoreInstance {
  readonly exports: Readonly<Record<string, WebAssembly.ImportValue>>;
  readonly state: StateExports;
}

/** A type of numbers. */
export type NumberType = "i32" | "i64" | "f32" | "f64";

/** A global that can change. */
export interface StateGlobal {
  readonly global: WebAssembly.Global;
  readonly type: NumberType;
}

/** What the instances of a component keep between calls, in the order of the instances: all of it, where no module has hidden state. */
export interface State {
  readonly memories: readonly WebAssembly.Memory[];
  readonly globals: readonly StateGlobal[];
}

/**
 * Finds the state of instances by the names that it is exported under. To be done once: an instance that grows a memory keeps it.
 *
 * @param instances all core instances of one component, in the order in which they were made
 * @throws DoterosError `unsupported` when a global that can change is no number
 */
export function stateOf(instances: readonly CoreInstance[]): State {
  return {
    memories: instances.flatMap(({ exports, state }) => state.memories.map((name) => exports[name] as WebAssembly.Memory)),
    globals: instances.flatMap(({ exports, state }) =>
      state.globals.map(({ name, type }) => ({ global: exports[name] as WebAssembly.Global, type: numberType(type) })),
    ),
  };
}

function numberType(type: string): NumberType {
  if (type === "i32" || type === "i64" || type === "f32" || type === "f64") return type;
  throw new DoterosError("unsupported", `a global of the type ${type} can change, and its value cannot be read`);
}
