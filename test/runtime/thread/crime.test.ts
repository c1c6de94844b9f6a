// Capsules in threads, named by their crimes: each is stopped, what it did is named, and the host goes on meanwhile.
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { LoadOptions } from "../../../host/contract/host.ts";
import { readEntry } from "../../../host/ledger/entry-reader.ts";
import { nodePlatform } from "../../../host/platform/node/index.ts";
import { Replay } from "../../../host/runtime/replay.ts";
import { MemoryStore } from "../../../host/store/memory.ts";
import { crimeCapsule } from "../../fixture/crime.ts";
import { headersOf, type Running, start } from "../../fixture/running.ts";
import { scriptCapsule } from "../../fixture/script.ts";
import { threadPlatform } from "../../fixture/threads.ts";

let crime: Uint8Array;
beforeAll(async () => {
  crime = await crimeCapsule();
});

const running = (store: MemoryStore, load: LoadOptions = {}): Promise<Running> =>
  start(crime, { capabilities: { state: true }, retry: { attempts: 2 } }, { store, platform: threadPlatform, load: { isolation: "thread", ...load } });

const count = ({ capsule }: Running): number => Number(new DataView((capsule.state.get("n") as Uint8Array).buffer).getBigUint64(0, true));

describe("in a thread, a capsule that", () => {
  it.each([
    ["spins for ever", "s", "fuel-exhausted"],
    ["calls itself for ever", "r", "stack-exhausted"],
    ["grows its memory for ever", "g", "memory-exhausted"],
  ])("%s is stopped", async (_what, letter, code) => {
    const store = new MemoryStore();
    const one = await running(store);
    await Promise.all(["c", "c", letter, "c", letter, "c"].map((payload) => one.host.publish("do", payload)));
    await one.host.idle();
    expect(count(one)).toBe(4);
    expect(one.capsule.counters).toMatchObject({ messages: 6, transitions: 4, exhausted: 4, retries: 2, deadLettered: 2 });
    expect(one.heard.map((message) => headersOf(message)["dead-letter-code"])).toEqual([code, code]);
    await one.host.close();
    const codes = Array.from(store.entries(0), readEntry).flatMap((entry) => (entry.kind === "failure" ? [entry.code] : []));
    expect(codes).toEqual([code, code, code, code]);
    const replay = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
    expect(replay.difference).toBeUndefined();
  });

  it("spins for long leaves the host time for everything else", async () => {
    const one = await running(new MemoryStore(), { limits: { fuelPerMessage: 2_000_000_000 } });
    const spinning = one.send("s");
    let worst = 0;
    const began = performance.now();
    while (one.capsule.counters.deadLettered === 0) {
      const before = performance.now();
      await wait(1);
      worst = Math.max(worst, performance.now() - before);
    }
    await spinning;
    expect(performance.now() - began).toBeGreaterThan(200);
    expect(worst).toBeLessThan((performance.now() - began) / 3);
    expect(one.capsule.counters).toMatchObject({ exhausted: 2, deadLettered: 1 });
    await one.host.close();
  });

  it("works for long is heard of after each slice of it", async () => {
    const one = await running(new MemoryStore());
    const done: number[] = [];
    for (let at = 0; at < 100; at += 1) void one.host.publish("do", "w");
    const idle = one.host.idle();
    while (one.capsule.counters.transitions < 100) {
      done.push(one.capsule.counters.transitions);
      await wait(2);
    }
    await idle;
    expect(new Set(done).size).toBeGreaterThan(5);
    expect(count(one)).toBe(100);
    await one.host.close();
  });

  it("floods the host with lines, messages and large values is held to the same limits", async () => {
    const script = await scriptCapsule();
    const flood = async (isolation: "none" | "thread"): Promise<unknown> => {
      const { host, capsule, lines, heard, entries } = await start(script, {}, { platform: threadPlatform, load: { isolation } });
      const value = "v".repeat(400_000);
      const messages = ["l x\n".repeat(1_500), "m out x\n".repeat(1_024), `i\n${"m out x\n".repeat(1_100)}`, ...Array.from({ length: 6 }, (_, at) => `p k${at} ${value}`), "s out.keys"];
      for (const message of messages) void host.publish("do", message);
      await host.idle();
      const { denied, published, transitions, fuel } = capsule.counters;
      const said = lines.map(({ message, index }) => `${index} ${message}`);
      await host.close();
      return { denied, published, transitions, fuel, said, heard: heard.map(({ subject, payload }) => `${subject} ${payload.length}`), entries: entries() };
    };
    const expected = await flood("none");
    expect(expected).toMatchObject({ published: 2_049, transitions: 10, said: expect.arrayContaining(["1 476 more lines were left out"]) as string[] });
    expect(await flood("thread")).toEqual(expected);
  });

  it("uses more than its share of a second waits, and only then", async () => {
    // A few messages use up what there is at first; those after them wait for what is missing.
    const one = await running(new MemoryStore(), { limits: { fuelPerMessage: 50_000_000, fuelPerSecond: 40_000_000 } });
    const began = performance.now();
    for (let at = 0; at < 8; at += 1) void one.host.publish("do", "w");
    await one.host.idle();
    const { fuel } = one.capsule.counters;
    expect(count(one)).toBe(8);
    // All but what there was at first and what the last one took came in over time.
    expect(performance.now() - began).toBeGreaterThan(((fuel - 40_000_000 - fuel / 8) / 40_000_000) * 1_000 - 50);
    expect(fuel).toBeGreaterThan(60_000_000);
    await one.host.close();
  });
});
