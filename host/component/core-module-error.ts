import { DoterosError } from "../contract/error.ts";

/** Says that a core module is no component. */
export function coreModuleError(): DoterosError {
  return new DoterosError("core-module", "this is a core WebAssembly module, not a component", {
    help:
      "make a component of it: `npx jco embed --wit wit --world capsule module.wasm -o embedded.wasm`, then " +
      "`npx jco new embedded.wasm -o component.wasm` (or `wasm-tools component embed` and `wasm-tools component new`)",
  });
}
