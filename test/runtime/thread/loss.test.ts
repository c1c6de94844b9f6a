// Threads that are lost, in every way they can be: nothing is lost with them, and nothing is done twice.
import { beforeAll, describe, expect, it } from "vitest";
import type { LoadOptions } from "../../../host/contract/host.ts";
import type { Manifest } from "../../../host/contract/manifest.ts";
import { createHost } from "../../../host/index.ts";
import { readEntry } from "../../../host/ledger/entry-reader.ts";
import { nodePlatform } from "../../../host/platform/node/index.ts";
import { nodeThreads } from "../../../host/platform/node/thread.ts";
import { Replay } from "../../../host/runtime/replay.ts";
import { MemoryStore } from "../../../host/store/memory.ts";
import { Random } from "../../component/random.ts";
import { crimeCapsule } from "../../fixture/crime.ts";
import { ALL_GRANTS, headersOf, type Running, SCRIPT_MANIFEST, start } from "../../fixture/running.ts";
import { scriptCapsule } from "../../fixture/script.ts";
import { Threads, until } from "../../fixture/threads.ts";

let script: Uint8Array;
let crime: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 2 });
  crime = await crimeCapsule();
});

const running = (threads: Threads, store: MemoryStore, load: LoadOptions = {}, manifest: Partial<Manifest> = {}, bytes = script): Promise<Running> =>
  start(bytes, { retry: { attempts: 2 }, ...manifest }, { store, platform: threads.platform, load: { isolation: "thread", ...load } });

async function expectReplays(store: MemoryStore): Promise<void> {
  const report = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
  expect(report.difference).toBeUndefined();
}

const countOf = (value: Uint8Array | undefined): bigint => new DataView((value as Uint8Array).buffer).getBigUint64(0, true);

describe("a thread that is ended in the middle of a batch", () => {
  it.each([1, 2, 3, 4])("is replaced, and what was not committed is done again, once, seed %i", async (seed) => {
    const random = new Random(seed);
    const threads = new Threads();
    const store = new MemoryStore();
    const { host, capsule, texts, lines } = await running(threads, store, {}, { retry: { attempts: 20 } });
    let kills = 0;
    threads.sent = (port) => {
      if (kills >= 5 || !random.once(3)) return;
      kills += 1;
      // At once, or when some of it may be done.
      if (random.once(2)) void port.terminate();
      else setTimeout(() => void port.terminate(), random.below(3));
    };
    const messages = Array.from({ length: 1_500 }, (_, at) => `p k${at} ${at}\nm out.${at} x`);
    for (const message of messages) {
      const sent = host.publish("do", message);
      if (random.once(20)) await sent;
    }
    await host.idle();
    expect(kills).toBe(5);
    expect(threads.started.length).toBeGreaterThan(1);
    expect(capsule.counters).toMatchObject({ messages: 1_500, transitions: 1_500, published: 1_500, deadLettered: 0 });
    expect(texts()).toEqual(messages.map((_, at) => `out.${at} x`));
    expect(capsule.state.size).toBe(1_500);
    expect(lines.filter(({ level, context }) => level === "warn" && context === "").length).toBeGreaterThan(0);
    await host.close();
    await expectReplays(store);
  });

  it("takes nobody else's messages with it", async () => {
    const threads = new Threads();
    const host = await createHost({ platform: threads.platform });
    const capsules = await Promise.all(["a", "b", "c"].map((name) => {
      const manifest = { ...SCRIPT_MANIFEST, name, capabilities: { state: true }, subscriptions: ["do"] } as const;
      return host.load(crime, { manifest, grants: ALL_GRANTS, isolation: { thread: "three" } });
    }));
    expect(threads.started).toHaveLength(1);
    let kills = 0;
    threads.sent = (port) => {
      kills += 1;
      if (kills % 5 === 0 && kills < 20) void port.terminate();
    };
    for (let at = 0; at < 600; at += 1) void host.publish("do", "c");
    await host.idle();
    for (const { counters, state } of capsules) {
      expect(counters).toMatchObject({ messages: 600, transitions: 600, deadLettered: 0 });
      expect(countOf(state.get("n"))).toBe(600n);
    }
    await host.close();
  });
});

describe("a message that no thread survives", () => {
  it("is given up after its attempts, and is the only one", async () => {
    // Too many keys for what the thread's engine is allowed to have.
    const threads = new Threads({ maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 });
    const store = new MemoryStore();
    const limits = { fuelPerMessage: 10_000_000_000 };
    const { host, capsule, heard, texts } = await running(threads, store, { limits }, { limits }, await scriptCapsule());
    const heavy = Array.from({ length: 100_000 }, (_, at) => `p ${at} 1`).join("\n");
    for (const message of ["m out.1 x", heavy, "m out.2 x", "m out.3 x"]) void host.publish("do", message);
    await host.idle();
    expect(texts().filter((text) => text.startsWith("out"))).toEqual(["out.1 x", "out.2 x", "out.3 x"]);
    expect(capsule.counters).toMatchObject({ messages: 4, transitions: 3, retries: 1, deadLettered: 1 });
    const letter = heard.find(({ subject }) => subject === "dlq.script");
    expect(headersOf(letter)).toMatchObject({ "dead-letter-code": "thread-lost", "dead-letter-attempts": "2" });
    expect(headersOf(letter)["dead-letter-reason"]).toContain("ran out of memory");
    // In the batch, alone, alone again; the last one goes on.
    expect(threads.started).toHaveLength(4);
    await host.close();
    const codes = Array.from(store.entries(0), readEntry).flatMap((entry) => (entry.kind === "failure" ? [entry.code] : []));
    expect(codes).toEqual(["thread-lost", "thread-lost"]);
    await expectReplays(store);
  });
});

describe("a thread that does not answer", () => {
  it("is ended after a while, as an error of its own", async () => {
    const threads = new Threads();
    const store = new MemoryStore();
    const limits = { fuelPerMessage: 1_000_000 };
    const { host, capsule, texts, heard } = await running(threads, store, { isolation: { thread: "deaf", silenceMillisecondsMax: 1_000 }, limits }, { limits });
    threads.isDeaf = true;
    const sent = host.publish("do", "m out x");
    await until(() => threads.started.length > 1);
    threads.isDeaf = false;
    await sent;
    await host.idle();
    expect(texts()).toContain("out x");
    threads.isDeaf = true;
    await host.publish("do", "m out y");
    await until(() => capsule.counters.deadLettered === 1);
    threads.isDeaf = false;
    await host.publish("do", "m out z");
    await host.idle();
    expect(headersOf(heard.at(-2))).toMatchObject({ "dead-letter-code": "thread-silent" });
    expect(headersOf(heard.at(-2))["dead-letter-reason"]).toMatch(/^the thread deaf did not answer for \d+ ms$/);
    expect(texts().at(-1)).toBe("out z");
    await host.close();
    await expectReplays(store);
  });
});

describe("a thread that does not start", () => {
  it("is why the capsule is not loaded, and another one may be", async () => {
    const platform = { ...nodePlatform, thread: nodeThreads(new URL("nowhere.js", import.meta.url)) };
    const host = await createHost({ platform });
    const options = { grants: ALL_GRANTS, manifest: SCRIPT_MANIFEST };
    await expect(host.load(script, { ...options, isolation: "thread" })).rejects.toMatchObject({ code: "thread-lost", message: expect.stringContaining("nowhere.js") as string });
    await host.load(script, options);
    expect(host.capsules.size).toBe(1);
    await host.close();
  });

  it("again is why each message fails", async () => {
    const threads = new Threads();
    const { host, capsule, heard } = await running(threads, new MemoryStore());
    threads.cannotStart = true;
    await threads.started[0]?.terminate();
    await Promise.all(["m out x", "m out y"].map((message) => host.publish("do", message)));
    await host.idle();
    expect(capsule.counters).toMatchObject({ messages: 2, transitions: 0, retries: 2, deadLettered: 2 });
    expect(heard.map((message) => headersOf(message)["dead-letter-code"])).toEqual(["thread-lost", "thread-lost"]);
    threads.cannotStart = false;
    await host.publish("do", "m out z");
    await host.idle();
    expect(capsule.counters).toMatchObject({ messages: 3, transitions: 1 });
    await host.close();
  });
});
