// Extism in the foreground: the plug-in runs on the calling thread.
import { readFileSync } from "node:fs";
import createPlugin from "@extism/extism";

const door = import.meta.resolve("@extism/extism");
export const { version } = JSON.parse(readFileSync(new URL("../../package.json", door), "utf8"));
export const files = [new URL(door)];

/** Each call makes five blocks of memory that nobody frees, and the address of block 32,768 is one Extism cannot read. */
const CALLS_UNTIL_RESET = 2_000;
const HEAD_BYTES = 4;
const encoder = new TextEncoder();

/** The plug-in that does the same work as the component; `fresh` makes its bytes new. */
export async function prepare(_component, fresh) {
  const { compilePlugin } = await import("./extism-build.mjs");
  return fresh(await compilePlugin());
}

/** @param {Uint8Array} bytes */
export const load = (bytes) => loadPlugin(bytes, false);

/**
 * @param {Uint8Array} bytes
 * @param {boolean} runInWorker
 */
export async function loadPlugin(bytes, runInWorker) {
  const module = await WebAssembly.compile(bytes);
  return {
    instantiate: async (work) => {
      const plugin = await createPlugin({ wasm: [{ module }] }, { runInWorker, functions: functions(work) });
      return { repeat: (message, times, after) => repeat(plugin, message, times, after), close: () => plugin.close() };
    },
  };
}

/** @param {() => Promise<void>} [after] what is done after each call */
async function repeat(plugin, message, times, after) {
  for (let index = 0; index < times; index += 1) {
    if (index % CALLS_UNTIL_RESET === 0) await plugin.reset();
    await plugin.call("handle", encode(message));
    if (after !== undefined) await after();
  }
}

function functions(work) {
  return {
    "extism:host/user": {
      get: (context, key) => {
        const value = work.get(context.read(key).text());
        return value === undefined ? 0n : context.store(value);
      },
      put: (context, key, value) => work.put(context.read(key).text(), context.read(value).bytes()),
      publish: (context, subject, payload) =>
        work.publish({ subject: context.read(subject).text(), payload: context.read(payload).bytes() }),
    },
  };
}

/** A message as bytes: Extism's input is one block. The subject's length in bytes (u32), the subject, the payload. */
function encode({ subject, payload }) {
  const size = Buffer.byteLength(subject);
  const input = new Uint8Array(HEAD_BYTES + size + payload.length);
  new DataView(input.buffer).setUint32(0, size, true);
  encoder.encodeInto(subject, input.subarray(HEAD_BYTES));
  input.set(payload, HEAD_BYTES + size);
  return input;
}
