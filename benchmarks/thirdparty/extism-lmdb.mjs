// The same work made durable by hand: Extism in the foreground, and one lmdb transaction for each message, which is waited for.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "lmdb";
import { load as loadPlugin, prepare, version } from "./extism.mjs";

export { prepare, version };

/** @param {Uint8Array} bytes */
export async function load(bytes) {
  const plugin = await loadPlugin(bytes);
  return {
    instantiate: async (work) => {
      const folder = mkdtempSync(join(tmpdir(), "doteros-bench-"));
      process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
      const root = open({ path: folder, overlappingSync: false });
      const state = root.openDB({ name: "state", encoding: "binary" });
      const log = root.openDB({ name: "log", encoding: "json" });
      const sent = [];
      let count = 0;
      const kept = {
        get: (key) => state.get(key) ?? work.get(key),
        put: (key, value) => {
          work.put(key, value);
          sent.push([key, value]);
        },
        publish: (message) => {
          sent.push([message.subject, message.payload]);
          work.publish(message);
        },
      };
      const instance = await plugin.instantiate(kept);
      return {
        repeat: (message, times) =>
          instance.repeat(message, times, async () => {
            count += 1;
            await root.batch(() => {
              state.put(sent[0][0], Buffer.from(sent[0][1]));
              log.put(count, { message: message.subject, payload: [...message.payload], output: sent[1][0] });
            });
            sent.length = 0;
          }),
        close: async () => {
          await instance.close();
          await root.close();
        },
      };
    },
  };
}
