// The plug-in for Extism in our host: the same bytes and the same functions of the host's user, each message a transition.
import { createHost } from "doteros-wasm/node";
import { compilePlugin } from "../thirdparty/extism-build.mjs";

export { version } from "./doteros.mjs";

const USER = "extism:host/user";
const HEAD_BYTES = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The plug-in; `fresh` makes its bytes new. */
export async function prepare(_component, fresh) {
  return fresh(await compilePlugin());
}

/** @param {Uint8Array} bytes */
export function load(bytes) {
  return {
    instantiate: async (work) => {
      const host = await createHost();
      host.provide(USER, {
        get: (key) => work.get(decoder.decode(key)),
        put: (key, value) => work.put(decoder.decode(key), value),
        publish: (subject, payload) => work.publish({ subject: decoder.decode(subject), payload }),
      });
      const manifest = { name: "plugin", version: "1.0.0", capabilities: { use: [USER] }, subscriptions: ["readings"] };
      await host.load(bytes, { manifest, grants: [`use=${USER}`, "subscribe=readings"], call: "handle" });
      return {
        repeat: async (message, times) => {
          const input = encode(message);
          for (let index = 0; index < times; index += 1) await host.publish("readings", input);
          await host.idle();
        },
        close: () => host.close(),
      };
    },
  };
}

/** A message as the plug-in reads it: the subject's length in bytes (u32), the subject, the payload. */
function encode({ subject, payload }) {
  const size = Buffer.byteLength(subject);
  const input = new Uint8Array(HEAD_BYTES + size + payload.length);
  new DataView(input.buffer).setUint32(0, size, true);
  encoder.encodeInto(subject, input.subarray(HEAD_BYTES));
  input.set(payload, HEAD_BYTES + size);
  return input;
}
