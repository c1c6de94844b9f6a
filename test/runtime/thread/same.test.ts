// The same messages, with capsules in a thread and in the host's own: the same states, outputs and entries.
import { beforeAll, describe, expect, it } from "vitest";
import type { Isolation } from "../../../host/contract/host.ts";
import { createHost } from "../../../host/index.ts";
import { readEntry } from "../../../host/ledger/entry-reader.ts";
import { nodePlatform } from "../../../host/platform/node/index.ts";
import { Replay } from "../../../host/runtime/replay.ts";
import { MemoryStore } from "../../../host/store/memory.ts";
import { Random } from "../../component/random.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST, textOf } from "../../fixture/running.ts";
import { scriptCapsule } from "../../fixture/script.ts";
import { threadPlatform } from "../../fixture/threads.ts";

const RUNS = 4;
const MESSAGES = 150;

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 2 });
});

/** A line of a script. Some answer with faults, some trap, some send to the second capsule what it then does. */
function lineOf(random: Random): string {
  const key = `k${random.below(12)}`;
  const lines = [`p ${key} ${random.bits()}`, `p ${key} é${random.bits()}`, `d ${key}`, `g ${key} out.get`, "s out.keys", "v out.version", `m out.m ${random.bits()}`, `m second p`, "m second t", `m second f`, "l hello", "x out.seen", "r svc hello", "i", "m wrong..subject x"];
  return random.once(15) ? random.pick(["t", "o", "f no", "n"]) : random.pick(lines);
}

const scriptOf = (random: Random): string => Array.from({ length: 1 + random.below(6) }, () => lineOf(random)).join("\n");

/** An entry without what differs from run to run. */
function plain(bytes: Uint8Array): unknown {
  const { previous: _previous, ...entry } = readEntry(bytes);
  return "seed" in entry ? { ...entry, seed: undefined, time: undefined } : entry;
}

async function run(seed: number, isolation: (capsule: string) => Isolation): Promise<{ store: MemoryStore; entries: unknown[][]; outputs: string[]; states: unknown; counters: unknown }> {
  const random = new Random(seed);
  const store = new MemoryStore();
  const outputs: string[] = [];
  const deny = 'package doteros\nallow := true\ndeny contains "not this key" if input.resource.key == "k7"';
  const policy = random.once(2) ? { policy: { modules: { "p.rego": deny } } } : {};
  const host = await createHost({ store, platform: threadPlatform, mailbox: { messagesMax: random.pick([1, 7, 1_024]) }, ...policy });
  const retry = { attempts: random.pick([1, 2, 3]), backoffMilliseconds: random.pick([0, 1]) };
  for (const [name, subject] of [["first", "do"], ["second", "second"]] as const) {
    await host.load(script, { manifest: { ...SCRIPT_MANIFEST, name, subscriptions: [subject], retry }, grants: ALL_GRANTS, isolation: isolation(name) });
  }
  host.subscribe("out.>", ({ subject, payload }) => outputs.push(`${subject} ${textOf(payload)}`));
  for (let at = 0; at < MESSAGES; at += 1) {
    const sent = host.publish("do", scriptOf(random));
    if (random.once(10)) await sent;
    if (random.once(100)) await host.idle();
  }
  await host.idle();
  const states = ["first", "second"].map((name) => Array.from(host.capsules.get(name)?.state.entries() ?? [], ([key, value]) => `${key} ${textOf(value)}`));
  const counters = ["first", "second"].map((name) => host.capsules.get(name)?.counters);
  await host.close();
  const all = Array.from(store.entries(0), plain) as { capsule: string }[];
  const entries = ["first", "second"].map((name) => all.filter(({ capsule }) => capsule === name));
  return { store, entries, outputs, states, counters };
}

describe("capsules in a thread", () => {
  it.each(Array.from({ length: RUNS }, (_, seed) => seed + 1))("do what they do without one, seed %i", async (seed) => {
    const own: Isolation = "none";
    const expected = await run(seed, () => own);
    const isolations: ((capsule: string) => Isolation)[] = [() => "thread", () => ({ thread: "both" }), (capsule) => (capsule === "first" ? "thread" : "none")];
    for (const isolation of isolations) {
      const { store, ...found } = await run(seed, isolation);
      expect(found.entries).toEqual(expected.entries);
      expect(found.states).toEqual(expected.states);
      expect(found.counters).toEqual(expected.counters);
      // Both capsules send there, each in its order.
      expect(found.outputs.toSorted()).toEqual(expected.outputs.toSorted());
      const report = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
      expect(report.difference).toBeUndefined();
    }
  });
});
