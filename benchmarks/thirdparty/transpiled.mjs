// What jco makes of a component: JavaScript text and core modules, imported and instantiated as its documentation says.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Puts what jco's `transpile` answers with where it can be imported from.
 *
 * @param {[name: string, bytes: Uint8Array][]} output
 */
export function writeTranspiled(output) {
  const folder = mkdtempSync(join(tmpdir(), "transpiled-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "counter.mjs");
  writeFileSync(file, output.find(([name]) => name === "counter.js")[1]);
  return { url: pathToFileURL(file).href, modules: output.filter(([name]) => name.endsWith(".wasm")) };
}

/** @param {ReturnType<typeof writeTranspiled>} written */
export async function loadTranspiled({ url, modules }) {
  const { instantiate } = await import(url);
  const compiled = new Map();
  for (const [name, bytes] of modules) compiled.set(name, await WebAssembly.compile(bytes));
  return {
    instantiate: async (work) => {
      const exports = await instantiate((name) => compiled.get(name), {
        "doteros:capsule/state": { get: work.get, put: work.put },
        "doteros:capsule/messaging": { publish: work.publish },
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
