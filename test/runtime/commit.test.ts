import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { DoterosError } from "../../host/contract/error.ts";
import { createHost } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST, start, textOf } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";
import { SlowStore } from "../fixture/stores.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

describe("a store whose commits take time", () => {
  it("holds back what was published, and shows no state, until they are done, while the capsule runs ahead", async () => {
    const store = new SlowStore(0);
    const { host, heard, entries, capsule } = await start(script, {}, { store });
    await host.idle();
    const before = store.batches.length;
    const seen: boolean[] = [];
    host.subscribe("out", () => seen.push(store.batches.length > before));
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const publishes = [host.publish("do", "p a 1\nm out -"), host.publish("do", "g a out")];
    await vi.waitFor(() => expect(capsule.counters.messages).toBe(2), { timeout: 20_000 });
    await wait(20);
    expect([heard.length, capsule.state.size]).toEqual([0, 0]);
    open();
    await Promise.all(publishes);
    expect(entries()).toEqual({ a: "1" });
    await host.idle();
    expect(seen).toEqual([true, true]);
    expect(heard.map(({ payload }) => textOf(payload))).toEqual(["-", "1"]);
    await host.close();
  });

  it("makes groups of what happens meanwhile", async () => {
    const store = new SlowStore(10);
    const host = await createHost({ store });
    for (const name of ["a", "b", "c", "d"]) await host.load(script, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name } });
    const publishes = [];
    for (let at = 0; at < 100; at += 1) publishes.push(host.publish("do", "p a 1"));
    await Promise.all(publishes);
    await host.idle();
    expect([...host.capsules.values()].map(({ counters }) => counters.transitions)).toEqual([100, 100, 100, 100]);
    expect(store.batches.length).toBeLessThan(12);
    expect(store.tip.entries).toBe(404);
    await host.close();
  });

  it("makes publish wait until the message is kept", async () => {
    const store = new SlowStore(20);
    const { host } = await start(script, {}, { store });
    await host.idle();
    const before = store.tip.entries;
    await host.publish("do", "p a 1");
    expect(store.tip.entries).toBe(before + 1);
    await host.close();
  });

  it("is not closed by the host, to whom it does not belong, and the next host goes on where the first one ended", async () => {
    const store = new SlowStore(0);
    const first = await start(script, {}, { store });
    await first.send("p a 1");
    await first.host.close();
    expect(store.closed).toBe(false);
    const second = await start(script, {}, { store });
    expect(second.entries()).toEqual({ a: "1" });
    await second.send("c out\nv out");
    const [context] = second.heard;
    expect(new DataView((context?.payload ?? new Uint8Array(32)).buffer).getBigUint64(8, true)).toBe(2n);
    expect(second.texts().at(-1)).toBe("out 1");
    await second.host.close();
  });
});

describe("a message that is given up", () => {
  it("is in the store before its dead letter leaves", async () => {
    const store = new SlowStore(5);
    const { host, send } = await start(script, { retry: { attempts: 2 } }, { store });
    const indexes: unknown[] = [];
    host.subscribe("dlq.script", () => indexes.push(store.capsule("script")?.index, [...store.deadLetters()].length));
    await send("p a 1\nf no");
    expect(indexes).toEqual([1, 1]);
    expect(store.state("script")).toMatchObject({ version: 0, size: 0 });
    await host.close();
  });
});

describe("a commit that fails", () => {
  it("is tried again, and nothing of it is seen before it succeeds", async () => {
    const store = new SlowStore(0);
    const { host, texts, entries, capsule, lines } = await start(script, {}, { store });
    await host.idle();
    store.failures = 2;
    const published = host.publish("do", "p a 1\nm out -");
    await wait(5);
    expect([texts(), entries()]).toEqual([[], {}]);
    await published;
    await host.idle();
    expect(lines).toMatchObject([{ capsule: "doteros", level: "warn", message: expect.stringContaining("did not take a commit: the disk is full") as string }]);
    expect(texts()).toEqual(["out -"]);
    expect(entries()).toEqual({ a: "1" });
    expect(capsule.counters).toMatchObject({ transitions: 1, retries: 0, published: 1, deadLettered: 0 });
    await host.close();
  });

  it("after it was kept is not kept twice", async () => {
    const store = new SlowStore(0);
    const { host, texts, capsule } = await start(script, {}, { store });
    await host.idle();
    store.failures = 1;
    store.keepsWhatFails = true;
    await host.publish("do", "p a 1\nm out -");
    await host.idle();
    expect([store.tip.entries, capsule.state.version, texts()]).toEqual([2, 1n, ["out -"]]);
    await host.close();
  });

  it("for good ends the host, and the next one goes on with what was committed", async () => {
    const store = new SlowStore(0);
    const { host, texts } = await start(script, {}, { store });
    await host.publish("do", "p a 1");
    await host.idle();
    const { tip } = store;
    store.commit = () => Promise.reject(new DoterosError("store-failed", "something else wrote to it"));
    const late = host.publish("do", "p a 2\nm out -");
    await expect(late).rejects.toMatchObject({ code: "store-failed", help: expect.stringContaining("stopped") as string });
    await expect(host.publish("do", "p a 3")).rejects.toMatchObject({ code: "store-failed" });
    await expect(host.idle()).rejects.toMatchObject({ code: "store-failed" });
    await host.close().catch(() => undefined);
    expect([store.tip, texts()]).toEqual([tip, []]);
    Reflect.deleteProperty(store, "commit");
    const again = await start(script, {}, { store });
    expect(again.entries()).toEqual({ a: "1" });
    await again.host.close();
  });
});

describe("what waits in mailboxes", () => {
  it("is handled by the next host, in order, once", async () => {
    const store = new MemoryStore();
    const { host, capsule } = await start(script, {}, { store });
    const stop = host.subscribe("stop", () => void host.close());
    const first = host.publish("do", "p a 0\nm stop -");
    const publishes = Array.from({ length: 20_000 }, (_, at) => host.publish("do", `p k${at % 100} 1\nm out ${at}`));
    await Promise.allSettled([first, ...publishes]);
    await host.close();
    const handled = capsule.counters.transitions;
    expect(stop.counters.delivered).toBe(1);
    expect(handled).toBeLessThan(20_001);
    const second = await start(script, {}, { store });
    await second.host.idle();
    expect(handled + second.capsule.counters.transitions).toBe(20_001);
    expect(second.capsule.state.version).toBe(20_001n);
    expect([...store.mailbox("script")]).toEqual([]);
    await second.host.close();
  });

  it("comes to a capsule that is loaded later, and waits for it as long as it takes", async () => {
    const store = new MemoryStore();
    const first = await start(script, {}, { store });
    await first.host.close();
    const host = await createHost({ store });
    await host.publish("do", "p a 1");
    await host.idle();
    await host.close();
    expect([...store.mailbox("script")]).toHaveLength(1);
    const third = await start(script, {}, { store });
    await third.host.idle();
    expect(third.entries()).toEqual({ a: "1" });
    await third.host.close();
  });

  it("is nothing for a capsule that was unloaded", async () => {
    const store = new MemoryStore();
    const first = await start(script, {}, { store });
    await first.capsule.unload();
    await first.host.publish("do", "p a 1");
    await first.host.close();
    expect([...store.mailbox("script")]).toEqual([]);
    const second = await start(script, {}, { store });
    await second.host.idle();
    expect(second.entries()).toEqual({});
    await second.host.close();
  });

  it("holds a dead letter that stays one", async () => {
    const store = new MemoryStore();
    const { host } = await start(script, { retry: { attempts: 1 } }, { store });
    const other = { ...SCRIPT_MANIFEST, name: "other", subscriptions: ["dlq.script"], retry: { attempts: 1 } };
    await host.load(script, { manifest: other, grants: ALL_GRANTS });
    await host.close();
    const second = await start(script, { retry: { attempts: 1 } }, { store });
    await second.send("f no");
    await second.host.close();
    const third = await createHost({ store });
    const mender = await third.load(script, { manifest: other, grants: ALL_GRANTS });
    await third.idle();
    expect(mender.counters).toMatchObject({ messages: 1, deadLettered: 0, dropped: 1 });
    await third.close();
  });
});

describe("a message from a source", () => {
  it("is sent once, however often it is sent, across hosts as well", async () => {
    const store = new MemoryStore();
    const first = await start(script, {}, { store });
    const from = (sequence: number): { source: { name: string; sequence: number } } => ({ source: { name: "rows.csv", sequence } });
    await first.host.publish("do", "p a 1", from(1));
    await first.host.publish("do", "p a 1", from(1));
    await first.host.publish("do", "p b 1", from(3));
    await first.host.publish("do", "p c 1", from(2));
    await first.host.publish("do", "p d 1", { source: { name: "other.csv", sequence: 1 } });
    await first.host.idle();
    expect(first.host.counters.repeated).toBe(2);
    await first.host.close();
    const second = await start(script, {}, { store });
    await second.host.publish("do", "p e 1", from(3));
    await second.host.publish("do", "p f 1", from(4));
    await second.host.idle();
    expect(Object.keys(second.entries())).toEqual(["a", "b", "d", "f"]);
    await expect(second.host.publish("do", "x", from(0))).rejects.toThrow(RangeError);
    await second.host.close();
  });
});
