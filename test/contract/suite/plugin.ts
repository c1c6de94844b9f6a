import { MemoryStore } from "../../../host/index.ts";
import { equal, refused } from "../check.ts";
import { bytesOf, type Cases, fileOf, type Kit, textOf } from "../kit.ts";

const MANIFEST = {
  name: "vowels",
  version: "1.0.0",
  capabilities: { state: true, publish: ["counted"] },
  subscriptions: ["texts"],
  retry: { attempts: 1 },
  plugin: { call: "count_vowels", output: "counted" },
} as const;
const GRANTS = ["state", "publish=counted", "subscribe=texts"];

/** What a plugin answers to texts, or why it does not, and what that took. */
async function answersTo(kit: Kit, texts: readonly string[], { call, fuel = 1_000_000, store = new MemoryStore() }: { call?: string; fuel?: number; store?: MemoryStore } = {}): Promise<{ heard: string[]; fuel: number }> {
  const host = await kit.door.createHost({ store });
  const capsule = await host.load(fileOf(kit, "vowels.wasm"), { manifest: MANIFEST, grants: GRANTS, limits: { fuelPerMessage: fuel }, ...(call === undefined ? {} : { call }) });
  const heard: string[] = [];
  host.subscribe("counted", ({ payload }) => heard.push(textOf(payload)));
  host.subscribe("dlq.>", ({ headers }) => heard.push(headers.find(([name]) => name === "dead-letter-reason")?.[1] ?? ""));
  for (const text of texts) await host.publish("texts", bytesOf(text));
  await host.idle();
  const used = capsule.counters.fuel;
  await host.close();
  return { heard, fuel: used };
}

/** Plugins of Extism: core modules that the host calls and that call it, with numbers of 64 bits. */
export const pluginCases: Cases = {
  async "a plugin counts, keeps what it counted in a variable, and takes the same fuel everywhere"(kit) {
    const { heard, fuel } = await answersTo(kit, ["hello", "world", "sky", ""]);
    equal(heard, ['{"count":2,"total":2}', '{"count":1,"total":3}', '{"count":0,"total":3}', '{"count":0,"total":3}']);
    return String(fuel);
  },

  async "a plugin that spins is stopped"(kit) {
    const { heard } = await answersTo(kit, ["x", "y"], { call: "spin" });
    equal(heard, new Array(2).fill("it used up the fuel for one message: 1000000 units"));
  },

  async "a replay of a plugin comes to the same bytes"(kit) {
    const store = new MemoryStore();
    await answersTo(kit, ["hello", "aeiou".repeat(20), "world"], { store });
    const { difference, transitions, failures } = await kit.door.replayLedger({ entries: store.entries(0), component: (digest) => store.component(digest) });
    equal([difference, transitions, failures], [undefined, 3, 0]);
  },

  async "a plugin is refused a function that it does not have"(kit) {
    await refused("missing-export", () => answersTo(kit, [], { call: "count_sheep" }), "count_vowels, spin");
  },
};
