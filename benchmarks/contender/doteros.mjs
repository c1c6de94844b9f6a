// Our linker, through its door, as a program that embeds it would.
import { readFileSync } from "node:fs";
import { compileComponent } from "../../dist/component/index.js";

export const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
/** What a page has to carry to load a component. */
export const files = ["component", "wasm", "contract"].map((name) => new URL(`../../dist/${name}/`, import.meta.url));

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
