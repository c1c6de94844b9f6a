// Runs whose every byte comes from a seed: what they take, leave and write down is the same on every runtime, and is kept in
// recorded.json. `node test/contract/main.mjs --record` writes it anew.
import { createHost, type Host, type HostOptions, MemoryStore } from "../../../host/index.ts";
import type { Manifest } from "../../../host/contract/manifest.ts";
import type { Platform } from "../../../host/contract/platform.ts";
import { jsonToCbor } from "../../../host/kernel/index.ts";
import { Counters } from "../../../host/wasm/rewrite/counters.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import { Random } from "../../component/random.ts";
import { behaviourOf } from "../../wasm/rewrite/behaviour.ts";
import { randomModule, type RandomOptions } from "../../wasm/rewrite/random-module.ts";
import { equal } from "../check.ts";
import { bytesOf, type Cases, fileOf, hexOf, type Kit, NotHere, textOf } from "../kit.ts";
import { start } from "../running.ts";
import { exported, KEY } from "./ledger.ts";

/** What is kept of a run. */
interface Outcome {
  /** What all messages took, in units of fuel. */
  readonly fuel: number;
  /** A hash of all keys and values that it left. */
  readonly state: string;
  readonly entries: number;
  /** The hash of the last entry of its ledger, and so of all of them. */
  readonly tip: string;
}

/** What recorded.json holds. */
export interface Recorded {
  readonly runs: Readonly<Record<string, Outcome>>;
  /** What rewritten random modules did, by family. */
  readonly behaviour: Readonly<Record<string, string>>;
  /** A hash of random modules, rewritten. */
  readonly rewritten: string;
  /** The hash of recorded.dwl. */
  readonly ledger: string;
}

type Message = readonly [subject: string, payload: string | Uint8Array];

/** A capsule and its messages. */
interface Plan {
  readonly file: string;
  readonly manifest: Partial<Manifest>;
  readonly messages: (kit: Kit, random: Random) => Message[];
}

const EPOCH = 1_700_000_000_000_000_000n;
const SECOND = 1_000_000_000n;

/** A platform with a clock and chance of the seed's: each look at the clock is a second later. */
export function seeded(platform: Platform, seed: number): Platform {
  const random = new Random(seed);
  let now = EPOCH;
  return { ...platform, now: () => (now += SECOND), random: (length) => Uint8Array.from({ length }, () => random.below(256)) };
}

/** A script of random lines. */
function script(random: Random): string {
  const key = (): string => `k${random.below(20)}`;
  return random
    .many(1 + random.below(6), () => {
      switch (random.below(12)) {
        case 0:
          return `d ${key()}`;
        case 1:
          return `g ${key()} out`;
        case 2:
          return "s out";
        case 3:
          return "c out";
        case 4:
          return `m out.${key()} x`;
        case 5:
          return random.once(4) ? "t" : "v out";
        case 6:
          return random.once(3) ? "f no" : `r svc ${key()}`;
        case 7:
          return `l ${key()}`;
        default:
          return `p ${key()} ${random.bits()}`;
      }
    })
    .join("\n");
}

const scripts = (_: Kit, random: Random): Message[] => random.many(100, () => ["do", script(random)] as const);

/** The first rows of the weather of Seattle and New York. */
function weather(kit: Kit): Message[] {
  const [head = "", ...rows] = textOf(fileOf(kit, "weather.csv")).trim().split("\n");
  const names = head.split(",");
  return rows.filter((_, at) => at % 10 === 0).map((row) => {
    const reading = Object.fromEntries(row.split(",").map((value, at) => [names[at] ?? "", Number.isNaN(Number(value)) ? value : Number(value)]));
    return [`readings.${String(reading["location"]).replaceAll(" ", "-")}`, JSON.stringify(reading)] as const;
  });
}

const cbor = (value: unknown): Uint8Array => jsonToCbor(JSON.stringify(value));

/** The runs. Each capsule of capsules-as is in one, and what limits end. */
const PLANS: Readonly<Record<string, Plan>> = {
  "scripts of seed 1": { file: "script.wasm", manifest: { retry: { attempts: 2 } }, messages: scripts },
  "scripts of seed 2": { file: "script.wasm", manifest: { retry: { attempts: 2 } }, messages: scripts },
  "scripts of a capsule with a starter": { file: "starting.wasm", manifest: {}, messages: scripts },
  "capsules that ask for too much": {
    file: "greedy.wasm",
    manifest: { name: "greedy", capabilities: { state: true }, limits: { fuelPerMessage: 3_000_000, memoryBytesMax: 655_360, stackFramesMax: 1_000, stateBytesMax: 20_000 } },
    messages: (_, random) => random.many(80, () => ["do", `${random.pick(["s", "w", "r", "g", "b", "m", "f", "p", "u", "d", "o", "i", "c", "t"])}${random.below(3_000)}`] as const),
  },
  "counter": { file: "counter.wasm", manifest: { name: "counter", capabilities: { state: true, publish: ["counted.>"] }, subscriptions: ["readings.>"] }, messages: (_, random) => random.many(50, () => [`readings.r${random.below(5)}`, "21.5"] as const) },
  "weather": { file: "weather.wasm", manifest: { name: "weather", capabilities: { state: true, publish: ["alerts.>"], log: true, context: true }, subscriptions: ["readings.>"] }, messages: weather },
  "thermostat": {
    file: "thermostat.wasm",
    manifest: { name: "thermostat", capabilities: { state: true, publish: ["heating.>"], log: true, context: true }, subscriptions: ["temperature.*"], config: { "target-celsius": "20", "band-celsius": "0.5", "rest-seconds": "2" } },
    messages: (_, random) => random.many(60, () => [`temperature.${random.pick(["study", "attic"])}`, `{"celsius":${random.pick(["19.4", "20.6", "3e0", '"warm"', "20"])}}`] as const),
  },
  "enrich": {
    file: "enrich.wasm",
    manifest: { name: "enrich", capabilities: { state: true, publish: ["routed.>"] }, subscriptions: ["devices.add", "measured"] },
    messages: (_, random) => random.many(60, (at) => (at % 6 === 0 ? (["devices.add", cbor({ id: `p-${at % 5}`, site: "ulm", unit: "bar" })] as const) : (["measured", cbor({ device: `p-${random.below(7)}`, value: random.bits() / 1e6, limit: random.below(3_000), tags: ["ü", null] })] as const))),
  },
  "aggregate": {
    file: "aggregate.wasm",
    manifest: { name: "aggregate", capabilities: { state: true, publish: ["windows.>"], context: true }, subscriptions: ["samples.*"], config: { "window-seconds": "60" } },
    messages: (_, random) => random.many(120, (at) => [`samples.${random.pick(["t", "u"])}`, jsonToCbor(`{"time":${(BigInt(at) * 7n + BigInt(random.below(20))) * SECOND},"value":${random.below(1_000) / 8}}`)] as const),
  },
};

/** Runs a plan in a store. */
async function run(kit: Kit, name: string, seed: number, store: MemoryStore): Promise<number> {
  const plan = PLANS[name];
  if (plan === undefined) throw new Error(`there is no run ${name}`);
  const make = (options: HostOptions): Promise<Host> => createHost({ ...options, platform: seeded(kit.platform, seed) });
  const { host, capsule } = await start(kit, { file: plan.file, manifest: plan.manifest, make, store, signingKey: KEY.text });
  for (const [subject, payload] of plan.messages(kit, new Random(seed))) {
    await host.publish(subject, payload);
    await host.idle();
  }
  const { fuel } = capsule.counters;
  // Its hash is in the ledger: what the instance keeps is the same everywhere, too. One that changes its tables cannot be copied.
  if (plan.file !== "greedy.wasm") await capsule.snapshot();
  await host.close();
  return fuel;
}

async function outcomeOf(kit: Kit, name: string, seed: number): Promise<Outcome> {
  const store = new MemoryStore();
  const fuel = await run(kit, name, seed, store);
  const lines = Array.from(store.capsules(), (capsule) => Array.from(store.state(capsule.name).scan("", undefined), ([key, value]) => `${key} ${hexOf(value)}\n`).join(""));
  return { fuel, state: hexOf(kit.platform.sha256(bytesOf(lines.join("")))), entries: store.tip.entries, tip: hexOf(store.tip.hash) };
}

/** Random modules, by what is in them. Engines that lack some of it say so. */
const FAMILIES: Readonly<Record<string, RandomOptions>> = {
  plain: { showNaN: true },
  vectors: { showNaN: true, vectors: true },
  exceptions: { showNaN: true, exceptions: true },
};
const SEEDS = 15;
const LIMITS = { memoryPages: 5, tableElements: 40 };
const OPTIONS = { fuel: true, stack: true, memoryPagesMax: LIMITS.memoryPages, tableElementsMax: LIMITS.tableElements, canonicalNaN: true } as const;

/** A hash of all that rewritten modules do: answers, traps, fuel left after every call, where fuel and frames ran out. */
function behaviour(kit: Kit, family: string): string {
  const texts: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { bytes, exports } = randomModule(seed, FAMILIES[family]);
    if (!WebAssembly.validate(bytes)) throw new NotHere(`this engine does not know ${family}`);
    const random = new Random(seed);
    const rewritten = rewriteModule(bytes, OPTIONS);
    const counters = new Counters(LIMITS);
    const added = { [rewritten.countersFrom as string]: counters.imports };
    texts.push(behaviourOf(rewritten.bytes, exports, seed, added, {
      // Every other call has too little, most of the time.
      before: () => void counters.refill(random.once(2) ? 1e9 : random.below(4_000), random.once(4) ? random.below(30) : 4_000),
      after: () => void texts.push(`${counters.fuelLeft} ${counters.exhausted} ${counters.memoryPagesLeft} ${counters.tableElementsLeft}`),
    }));
  }
  return hexOf(kit.platform.sha256(bytesOf(texts.join("\n"))));
}

/** A hash of random modules, rewritten. */
function rewrittenModules(kit: Kit): string {
  const digests = Array.from({ length: SEEDS }, (_, seed) => hexOf(kit.platform.sha256(rewriteModule(randomModule(seed + 1, { showNaN: true }).bytes, OPTIONS).bytes)));
  return hexOf(kit.platform.sha256(bytesOf(digests.join("\n"))));
}

/** The ledger of two hosts, one after the other, as a file. */
async function ledger(kit: Kit): Promise<Uint8Array> {
  const store = new MemoryStore();
  await run(kit, "scripts of seed 1", 11, store);
  await run(kit, "capsules that ask for too much", 12, store);
  return exported(kit, store);
}

const seedOf = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? name.length);

/** Does all of it, to be kept. */
export async function record(kit: Kit): Promise<{ readonly recorded: Recorded; readonly ledger: Uint8Array }> {
  const runs: Record<string, Outcome> = {};
  for (const name of Object.keys(PLANS)) runs[name] = await outcomeOf(kit, name, seedOf(name));
  const file = await ledger(kit);
  const families = Object.fromEntries(Object.keys(FAMILIES).map((family) => [family, behaviour(kit, family)]));
  return { recorded: { runs, behaviour: families, rewritten: rewrittenModules(kit), ledger: hexOf(kit.platform.sha256(file)) }, ledger: file };
}

const recordedIn = (kit: Kit): Recorded => JSON.parse(textOf(fileOf(kit, "recorded.json"))) as Recorded;

/** Fuel, state and ledger of seeded runs, and what limits do to random modules. */
export const recordedCases: Cases = {
  ...Object.fromEntries(Object.keys(PLANS).map((name) => [`fuel, state and ledger are those that were recorded: ${name}`, async (kit: Kit) => {
    equal(await outcomeOf(kit, name, seedOf(name)), recordedIn(kit).runs[name]);
  }])),

  ...Object.fromEntries(Object.keys(FAMILIES).map((family) => [`random modules do what was recorded, held to limits: ${family}`, (kit: Kit) => {
    equal(behaviour(kit, family), recordedIn(kit).behaviour[family]);
  }])),

  "modules are rewritten to the bytes that were recorded"(kit) {
    equal(rewrittenModules(kit), recordedIn(kit).rewritten);
  },

  async "the file of an exported ledger is the one that was recorded, byte for byte"(kit) {
    equal(hexOf(kit.platform.sha256(await ledger(kit))), recordedIn(kit).ledger);
    equal(hexOf(kit.platform.sha256(fileOf(kit, "recorded.dwl"))), recordedIn(kit).ledger);
  },
};
