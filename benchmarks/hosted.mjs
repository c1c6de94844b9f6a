// A capsule in a whole host, in any runtime.

/** Messages that are on their way to a store at a time: more would only wait longer. */
const WINDOW = 256;

/**
 * @param {Function} createHost of the door of the runtime
 * @param {Uint8Array} bytes
 * @param {number} most messages that are published before they are waited for
 * @param {() => Promise<object | "memory">} openStore
 * @param {object} [policy] what the host asks before each call
 * @param {"none" | "thread"} [isolation] where the capsule is
 */
export function hosted(createHost, bytes, most, openStore = async () => "memory", policy, isolation = "none") {
  const grants = ["state", "publish=counted.>", "subscribe=readings.>"];
  return {
    instantiate: async (work) => {
      const store = await openStore();
      const isKept = store !== "memory";
      const host = await createHost({ store, policy });
      const capsule = await host.load(bytes, { grants, isolation });
      host.subscribe("counted.>", work.publish);
      return {
        repeat: async ({ subject, payload }, times) => {
          let last;
          for (let index = 1; index <= times; index += 1) {
            const published = host.publish(subject, payload);
            // Where messages are kept, waiting for each would measure the disk's patience and not the host's.
            if (!isKept) await published;
            else if (index % WINDOW === 0) {
              await last;
              last = published;
            }
            if (index % most === 0) await host.idle();
          }
          await host.idle();
        },
        close: async () => {
          for (const [key, value] of capsule.state.entries()) work.put(key, value);
          await host.close();
          if (isKept) await store.close();
        },
      };
    },
  };
}
