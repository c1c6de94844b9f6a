// Our linker, through its door, as a program that embeds it would.
import { readFileSync } from "node:fs";
import { compileComponent } from "doteros-wasm/component";

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
export async function load(bytes) {
  const component = await compileComponent(bytes);
  return {
    instantiate: async (work) => {
      const { exports } = await component.instantiate({
        "doteros:capsule/state@0.1.0": { get: work.get, put: work.put },
        "doteros:capsule/messaging@0.1.0": { publish: work.publish },
      });
      const { handle } = exports["doteros:capsule/handler@0.1.0"];
      return {
        repeat: (message, times) => {
          for (let index = 0; index < times; index += 1) handle(message);
        },
      };
    },
  };
}
