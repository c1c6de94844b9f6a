// Our linker, through its door, as a program that embeds it would.
import { readFileSync } from "node:fs";
import { compileComponent } from "doteros-wasm/component";
import { linked } from "../linked.mjs";

export const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
/** What is loaded to run a component. */
export const files = filesBehind(import.meta.resolve("doteros-wasm/component"));

/** A file and those it imports from beside it, as the bundler writes them. */
function filesBehind(url) {
  const text = readFileSync(new URL(url), "utf8");
  const imports = [...text.matchAll(/^import .* from "(\.\/[^"]+)";$/gmu)].map(([, name]) => new URL(name, url).href);
  return [...new Set([url, ...imports.flatMap(filesBehind)])];
}

/** @param {Uint8Array} component */
export const prepare = (component) => component;

/** @param {Uint8Array} bytes */
export const load = async (bytes) => linked(await compileComponent(bytes));
