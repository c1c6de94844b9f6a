import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../host/contract/message.ts";
import { createHost } from "../../host/node.ts";
import { ALL_GRANTS, headersOf, SCRIPT_MANIFEST, start } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";
import { SlowStore } from "../fixture/stores.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

describe("a store whose commits take time", () => {
  it("holds back what was published until they are done, and the next message too", async () => {
    const store = new SlowStore(20);
    const { host, heard, send, entries, capsule } = await start(script, {}, { store });
    const commits: number[] = [];
    host.subscribe("out", () => commits.push(store.commits));
    await host.publish("do", "p a 1\nm out -");
    await host.publish("do", "g a out");
    await wait(5);
    expect([heard.length, capsule.counters.messages, capsule.state.size]).toEqual([0, 1, 0]);
    await host.idle();
    expect(commits).toEqual([1, 2]);
    expect(entries()).toEqual({ a: "1" });
    await send("s out");
    expect(commits).toEqual([1, 2, 3]);
    await host.close();
  });

  it("does not hold up other capsules", async () => {
    const store = new SlowStore(10);
    const host = await createHost({ store });
    const capsules = [];
    for (const name of ["a", "b", "c", "d"]) {
      capsules.push(await host.load(script, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name } }));
    }
    for (let at = 0; at < 5; at += 1) await host.publish("do", "p a 1");
    await host.idle();
    expect(store.atOnceMost).toBe(4);
    expect(capsules.map(({ counters }) => counters.transitions)).toEqual([5, 5, 5, 5]);
    await host.close();
  });

  it("is not closed by the host, to whom it does not belong", async () => {
    const store = new SlowStore(0);
    const first = await start(script, {}, { store });
    await first.send("p a 1");
    await first.host.close();
    expect(store.closed).toBe(false);
    const second = await start(script, {}, { store });
    expect(second.entries()).toEqual({ a: "1" });
    await second.send("c out\nv out");
    const [context, version] = second.heard;
    // The second host goes on counting where the first one ended.
    expect(new DataView((context?.payload ?? new Uint8Array(32)).buffer).getBigUint64(8, true)).toBe(2n);
    expect(second.texts().at(-1)).toBe("out 1");
    expect(version).toBeDefined();
    await second.host.close();
  });
});

describe("a message that is given up", () => {
  it("uses up its index in the store, before its dead letter leaves", async () => {
    const store = new SlowStore(5);
    const { host, send } = await start(script, { retry: { attempts: 2 } }, { store });
    const indexes: number[] = [];
    host.subscribe("dlq.script", () => indexes.push(store.open("script").index));
    await send("p a 1\nf no");
    expect(indexes).toEqual([1]);
    expect(store.open("script")).toMatchObject({ index: 1, version: 0, size: 0 });
    await host.close();
  });
});

describe("a commit that fails", () => {
  it("leaves nothing of the transition, and is tried again", async () => {
    const store = new SlowStore(0);
    const { host, texts, entries, capsule } = await start(script, {}, { store });
    store.failures = 1;
    await host.publish("do", "p a 1\nm out -");
    await expect(host.idle()).rejects.toMatchObject({ code: "internal", message: "the store failed: the disk is full" });
    await host.idle();
    expect(texts()).toEqual(["out -"]);
    expect(entries()).toEqual({ a: "1" });
    expect(capsule.counters).toMatchObject({ transitions: 1, retries: 1, published: 1, deadLettered: 0 });
    await host.close();
  });

  it("again and again dead-letters the message, and everyone is told", async () => {
    const store = new SlowStore(0);
    const { host, heard, entries, capsule } = await start(script, {}, { store });
    store.failures = 4;
    await host.publish("do", "p a 1\nm out -");
    await host.publish("do", "p b 1");
    const error: unknown = await host.idle().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toHaveLength(4);
    expect(heard.map((message: Message) => headersOf(message))).toMatchObject([
      { "dead-letter-code": "internal", "dead-letter-reason": "the store failed: the disk is full", "dead-letter-attempts": "3" },
    ]);
    expect(entries()).toEqual({ b: "1" });
    expect(capsule.counters).toMatchObject({ transitions: 1, deadLettered: 1 });
    await host.close();
  });
});
