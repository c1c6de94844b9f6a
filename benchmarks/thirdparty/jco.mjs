// jco, transpiling at load time: the way it loads a component that was not known when the program was built.
import { readFileSync } from "node:fs";
import { transpile } from "@bytecodealliance/jco/component";
import { loadTranspiled, writeTranspiled } from "./transpiled.mjs";

const door = import.meta.resolve("@bytecodealliance/jco/component");
export const { version } = JSON.parse(readFileSync(new URL("../package.json", door), "utf8"));
/** The three files of the transpiler. */
export const files = [".js", ".core.wasm", ".core2.wasm"].map(
  (ending) => new URL(`../../jco-transpile/vendor/js-component-bindgen-component${ending}`, door),
);

/** @param {Uint8Array} component */
export const prepare = (component) => component;

/** @param {Uint8Array} component */
export const load = async (component) => loadTranspiled(await transpileCounter(component));

/** @param {Uint8Array} component */
export async function transpileCounter(component) {
  const { files: output } = await transpile(component, { name: "counter", instantiation: { tag: "async" } });
  return writeTranspiled(output);
}
