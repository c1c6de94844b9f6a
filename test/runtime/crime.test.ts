// Capsules named by their crimes: each is stopped by its own limit, and the host and the capsule beside it go on.
import { beforeAll, describe, expect, it } from "vitest";
import type { Host, Isolation } from "../../host/contract/host.ts";
import { createHost } from "../../host/index.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { Replay } from "../../host/runtime/replay.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { CRIMES, type Crime, criminalComponent, GOOD } from "../fixture/crime.ts";
import { ALL_GRANTS, headersOf, SCRIPT_MANIFEST, textOf } from "../fixture/running.ts";
import { threadPlatform } from "../fixture/threads.ts";
import { refusalOf } from "../refusal.ts";

/** No limit here is one of time: these are for what would never end, and for what takes much longer than it says. */
const LONGEST_MILLISECONDS = 20_000;

let good: Uint8Array;
beforeAll(async () => {
  good = await criminalComponent({ wat: GOOD });
});

/** A host with a good capsule in it, and all that is heard of that and of dead letters. */
async function neighbourhood(): Promise<{ host: Host; store: MemoryStore; heard: string[]; reasons: Record<string, string>[] }> {
  const store = new MemoryStore();
  const host = await createHost({ store, platform: threadPlatform });
  const heard: string[] = [];
  const reasons: Record<string, string>[] = [];
  host.subscribe("out", ({ payload }) => heard.push(textOf(payload)));
  host.subscribe("dlq.>", (message) => reasons.push(headersOf(message)));
  await host.load(good, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name: "good", subscriptions: ["good"] } });
  return { host, store, heard, reasons };
}

const commit = async (crime: Crime, host: Host, isolation: Isolation): ReturnType<Host["load"]> =>
  host.load(await criminalComponent(crime), {
    grants: ALL_GRANTS,
    manifest: { ...SCRIPT_MANIFEST, name: "criminal", retry: { attempts: 1 } },
    limits: crime.limits ?? {},
    isolation,
  });

/** Where a criminal is: with the good one, or in a thread. */
const PLACES: readonly (readonly [place: string, isolation: Isolation])[] = [
  ["in the thread of the host", "none"],
  ["in a thread of its own", "thread"],
];

/** Publishes, and waits until everything is quiet. */
async function send(host: Host, subject: string, text: string): Promise<void> {
  await host.publish(subject, text);
  await host.idle();
}

/** The first difference between what is in the ledger and what comes of doing it again. */
async function differenceIn(store: MemoryStore): Promise<unknown> {
  const { difference, entries } = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
  return difference ?? entries - store.tip.entries;
}

describe.each(PLACES)("%s, a capsule that, when it is loaded,", (_, isolation) => {
  it.each(CRIMES.filter(({ expected }) => expected.load !== undefined))("$name: is refused", async (crime) => {
    const { host, store, heard } = await neighbourhood();
    await send(host, "good", "before");
    expect((await refusalOf(commit(crime, host, isolation))).code).toBe(crime.expected.load);
    await send(host, "good", "after");
    expect(heard).toEqual(["before", "after"]);
    expect([...host.capsules.keys()]).toEqual(["good"]);
    expect(await differenceIn(store)).toBe(0);
    await host.close();
  }, LONGEST_MILLISECONDS);
});

describe.each(PLACES)("%s, a capsule that", (_, isolation) => {
  it.each(CRIMES.filter(({ expected }) => expected.message !== undefined))("$name: is stopped, each time", async (crime) => {
    const { host, store, heard, reasons } = await neighbourhood();
    const criminal = await commit(crime, host, isolation);
    await send(host, "good", "before");
    await send(host, "do", "hello");
    await send(host, "good", "between");
    await send(host, "do", "hello");
    await send(host, "good", "after");
    expect(heard).toEqual(["before", "between", "after"]);
    expect(reasons.map((headers) => headers["dead-letter-code"])).toEqual([crime.expected.message, crime.expected.message]);
    expect(criminal.counters).toMatchObject({ messages: 2, transitions: 0, deadLettered: 2 });
    expect(criminal.counters.fuel).toBeGreaterThanOrEqual(2 * 50_000_000);
    expect(criminal.state.version).toBe(0n);
    expect(await differenceIn(store)).toBe(0);
    await host.close();
  }, LONGEST_MILLISECONDS);

  it.each(CRIMES.filter(({ expected }) => expected.message === undefined && expected.load === undefined))("$name: does no harm", async (crime) => {
    const { host, store, reasons } = await neighbourhood();
    const criminal = await commit(crime, host, isolation);
    await send(host, "do", "hello");
    expect(criminal.counters).toMatchObject({ transitions: 1 });
    expect(reasons).toEqual([]);
    expect(await differenceIn(store)).toBe(0);
    await host.close();
  });
});
