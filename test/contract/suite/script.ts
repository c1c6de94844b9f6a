import { createHost, DEAD_LETTER_HEADERS, type HostOptions, MemoryStore } from "../../../host/index.ts";
import { equal, holds } from "../check.ts";
import { type Cases, hexOf, type Kit, textOf } from "../kit.ts";
import { headersOf, type Running, start } from "../running.ts";
import { seeded } from "./recorded.ts";

const MANIFEST = { name: "meter", capabilities: { state: true, publish: ["usage.>"], log: true }, subscriptions: ["meters.*"] } as const;

/** The example in TypeScript, which an interpreter runs inside its component, on a clock and chance of the seed's. */
function meter(kit: Kit, store: MemoryStore): Promise<Running> {
  const make = (options: HostOptions) => createHost({ ...options, platform: seeded(kit.platform, 3) });
  return start(kit, { file: "meter.wasm", manifest: MANIFEST, make, store, load: { limits: { fuelPerMessage: 1_000_000_000 } } });
}

/** What became of a capsule: what the component is made of differs from build to build, so this is not recorded. */
function outcome({ capsule, heard }: Running, store: MemoryStore): string {
  const reasons = heard.flatMap((message) => headersOf(message)[DEAD_LETTER_HEADERS.reason] ?? []);
  return JSON.stringify([capsule.counters.fuel, reasons, hexOf(store.tip.hash)]);
}

/** What capsules in TypeScript do: a component that is large, deep and busy. */
export const scriptCases: Cases = {
  async "a capsule in TypeScript takes, leaves and writes down the same everywhere"(kit) {
    const store = new MemoryStore();
    const running = await meter(kit, store);
    const { host, capsule } = running;
    for (let at = 0; at < 40; at += 1) await host.publish(`meters.m${at % 3}`, `{"kilowattHours":${at * 1.25}}`);
    for (const wrong of ['{"kilowattHours":"much"}', "{", "null", '{"kilowattHours":-1}']) await host.publish("meters.m0", wrong);
    await host.idle();
    equal([capsule.counters.transitions, capsule.counters.faults, textOf(capsule.state.get("m0") ?? new Uint8Array())], [40, 4, "48.75"]);
    await host.close();
    const { difference } = await kit.door.replayLedger({ entries: store.entries(0), component: (digest) => store.component(digest) });
    equal(difference, undefined);
    return outcome(running, store);
  },

  async "a capsule in TypeScript that goes too deep is ended at the same place everywhere"(kit) {
    const store = new MemoryStore();
    const running = await meter(kit, store);
    const { host, capsule, heard } = running;
    for (const depth of [10, 100, 1_000, 10_000, 200_000]) await host.publish("meters.m0", "[".repeat(depth));
    await host.publish("meters.m0", '{"kilowattHours":3}');
    await host.idle();
    holds(heard.some((message) => headersOf(message)[DEAD_LETTER_HEADERS.code] === "stack-exhausted"), "none was too deep");
    equal(capsule.counters.transitions, 1);
    await host.close();
    return outcome(running, store);
  },
};
