// The whole host with a store in memory, given all the messages at once: it ends when each is handled and committed.
import { createHost } from "doteros-wasm/node";

export { version } from "./doteros.mjs";

/** @param {Uint8Array} component */
export const prepare = (component) => component;

/** @param {Uint8Array} bytes */
export const load = (bytes) => loadHost(bytes, Number.POSITIVE_INFINITY);

/**
 * @param {Uint8Array} bytes
 * @param {number} most messages that are published before they are waited for
 */
export function loadHost(bytes, most) {
  const grants = ["state", "publish=counted.>", "subscribe=readings.>"];
  return {
    instantiate: async (work) => {
      const host = await createHost({ store: "memory" });
      const capsule = await host.load(bytes, { grants });
      host.subscribe("counted.>", work.publish);
      return {
        repeat: async ({ subject, payload }, times) => {
          for (let index = 1; index <= times; index += 1) {
            await host.publish(subject, payload);
            if (index % most === 0) await host.idle();
          }
          await host.idle();
        },
        close: async () => {
          for (const [key, value] of capsule.state.entries()) work.put(key, value);
          await host.close();
        },
      };
    },
  };
}
