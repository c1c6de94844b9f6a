// How threads begin and end, with their capsules, their hosts and their processes.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { LoadOptions } from "../../../host/contract/host.ts";
import { createHost, MemoryStore } from "../../../host/index.ts";
import { openDotstore } from "../../../host/node.ts";
import { nodePlatform } from "../../../host/platform/node/index.ts";
import { crimeCapsule } from "../../fixture/crime.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST, start } from "../../fixture/running.ts";
import { scriptCapsule } from "../../fixture/script.ts";
import { Threads, threadPlatform, until } from "../../fixture/threads.ts";

let script: Uint8Array;
let crime: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 2 });
  crime = await crimeCapsule();
});

const options = (name: string, load: LoadOptions = {}): LoadOptions => ({ grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name, subscriptions: [name] }, isolation: "thread", ...load });

describe("a capsule in a thread", () => {
  it("starts, logs and works without a store as anywhere", async () => {
    const { send, texts, entries, lines, capsule, host } = await start(script, {}, { platform: threadPlatform, load: { isolation: "thread" } });
    await send("p a 1\nl hello\nm out.first x");
    await send("g a out.get\nx out.seen");
    expect(texts()).toEqual(["out.first x", "out.get 1", "out.seen 2"]);
    expect(entries()).toEqual({ a: "1" });
    expect(lines).toEqual([{ capsule: "script", level: "info", context: "script", message: "hello", index: 1, attempt: 1, outcome: "committed" }]);
    expect(capsule.counters.fuel).toBeGreaterThan(1_000);
    expect(capsule.handlerNanoseconds).toBeGreaterThan(0);
    await host.close();
  });

  it("finds its state again when it was unloaded, and in the next host", async () => {
    const folder = await mkdtemp(join(tmpdir(), "doteros-thread-"));
    const store = await openDotstore(folder);
    const first = await createHost({ platform: threadPlatform, store });
    await first.load(script, options("one"));
    await first.publish("one", `${Array.from({ length: 9_000 }, (_, at) => `p k${at} ${at}`).join("\n")}\nc out`);
    await first.idle();
    await first.capsules.get("one")?.unload();
    const again = await first.load(script, options("one"));
    await first.publish("one", "d k1\nd k8999\nv out.version");
    await first.idle();
    expect(again.state.size).toBe(8_998);
    expect(again.state.version).toBe(2n);
    await first.close();
    await store.close();
    const reopened = await openDotstore(folder);
    const second = await createHost({ platform: threadPlatform, store: reopened });
    const heard: string[] = [];
    second.subscribe("out.>", ({ payload }) => heard.push(Buffer.from(payload).toString()));
    const { state } = await second.load(script, options("one"));
    await second.publish("one", "g k2 out.a\ng k1 out.b\nv out.c");
    await second.idle();
    expect(heard).toEqual(["2", "none", "2"]);
    expect(state.size).toBe(8_998);
    await second.close();
    await reopened.close();
    await rm(folder, { recursive: true });
  });

  it("sends to others in its thread and outside, in circles, too", async () => {
    for (const isolation of ["thread", { thread: "all" }] as const) {
      const host = await createHost({ platform: threadPlatform, mailbox: { messagesMax: 2 } });
      const capsules = await Promise.all(["a", "b", "c"].map((name) => host.load(script, options(name, name === "c" ? { isolation: "none" } : { isolation }))));
      // What the others are told to send back is the version of their state, which is no line of a script.
      for (let at = 0; at < 200; at += 1) void host.publish("a", "m b va\nm c va\nm b vc");
      await host.idle();
      const [a, b, c] = capsules.map(({ counters }) => counters);
      expect(a).toMatchObject({ messages: 600, transitions: 600, published: 600 });
      expect(b).toMatchObject({ messages: 400, transitions: 400, published: 400 });
      expect(c).toMatchObject({ messages: 400, transitions: 400, published: 200 });
      await host.close();
    }
  });

  it("is unloaded when it has handled what waits for it, and its thread ends with it", async () => {
    const threads = new Threads();
    const host = await createHost({ platform: threads.platform });
    const [one, two] = await Promise.all(["one", "two"].map((name) => host.load(script, options(name, { isolation: { thread: "both" } }))));
    for (let at = 0; at < 500; at += 1) void host.publish("one", `p k${at} 1`);
    await one?.unload();
    expect(one?.counters).toMatchObject({ messages: 500, transitions: 500, abandoned: 0 });
    expect(threads.ended).toBe(0);
    await two?.unload();
    expect(threads.ended).toBe(1);
    expect(host.capsules.size).toBe(0);
    // Its name may be used again.
    await host.load(script, options("one", { isolation: { thread: "both" } }));
    expect(threads.started).toHaveLength(2);
    await host.close();
    expect(threads.ended).toBe(2);
  });

  it("cannot be where there are no threads", async () => {
    const host = await createHost({ platform: nodePlatform });
    await expect(host.load(script, options("one"))).rejects.toMatchObject({ code: "unsupported", help: expect.stringContaining("doteros-wasm/node") as string });
    await host.load(script, options("one", { isolation: "none" }));
    await host.close();
  });

  it("cannot be in a thread without a name, or just anywhere", async () => {
    const host = await createHost({ platform: threadPlatform });
    await expect(host.load(script, options("one", { isolation: { thread: "" } }))).rejects.toMatchObject({ code: "usage", where: "isolation.thread" });
    await expect(host.load(script, options("one", { isolation: { thread: "t", silenceMillisecondsMax: 0 } }))).rejects.toMatchObject({ code: "usage" });
    await expect(host.load(script, options("one", { isolation: "process" as "thread" }))).rejects.toMatchObject({ code: "usage", where: "isolation" });
    await host.load(script, options("one", { isolation: "none" }));
    await host.close();
  });
});

describe("a host that is closed", () => {
  it("ends after the batch in hand, and what is left waits in the store", async () => {
    const store = new MemoryStore();
    const manifest = { ...SCRIPT_MANIFEST, capabilities: { state: true } } as const;
    const load = { grants: ALL_GRANTS, manifest, isolation: "thread" } as const;
    const counted = async (): Promise<bigint> => {
      const host = await createHost({ platform: threadPlatform, store });
      const { state } = await host.load(crime, load);
      await host.idle();
      await host.close();
      return new DataView((state.get("n") as Uint8Array).buffer).getBigUint64(0, true);
    };
    const first = await createHost({ platform: threadPlatform, store });
    const { counters } = await first.load(crime, load);
    for (let at = 0; at < 400; at += 1) void first.publish("do", "w");
    await until(() => counters.transitions > 20);
    const began = performance.now();
    await first.close();
    expect(performance.now() - began).toBeLessThan(900);
    expect(counters.transitions + counters.abandoned).toBe(400);
    expect(counters.abandoned).toBeGreaterThan(0);
    expect(await counted()).toBe(400n);
  });

  it("waits no longer than a moment for one that spins", async () => {
    const threads = new Threads();
    const host = await createHost({ platform: threads.platform });
    const limits = { fuelPerMessage: 10_000_000_000_000 };
    const manifest = { ...SCRIPT_MANIFEST, capabilities: { state: true }, limits } as const;
    const { counters } = await host.load(crime, { grants: ALL_GRANTS, manifest, isolation: "thread", limits });
    void host.publish("do", "s");
    await until(() => threads.batches > 0);
    const began = performance.now();
    await host.close();
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(counters).toMatchObject({ transitions: 0, abandoned: 1 });
    expect(threads.started).toHaveLength(1);
    expect(threads.ended).toBe(1);
  });
});

describe("a process", () => {
  it("ends by itself when its hosts with threads have nothing to do", async () => {
    const door = join(import.meta.dirname, "..", "..", "..", "dist", "node.js");
    const code = `
      import { readFileSync } from "node:fs";
      import { createHost } from ${JSON.stringify(door)};
      const bytes = readFileSync(process.argv[1]);
      const host = await createHost();
      for (const name of ["a", "b"]) {
        const manifest = { name, version: "0.1.0", capabilities: { state: true, publish: ["counted.>"] }, subscriptions: ["readings.>"] };
        await host.load(bytes, { manifest, grants: ["state", "publish=>", "subscribe=>"], isolation: "thread" });
      }
      host.subscribe("counted.>", () => { console.log("heard"); });
      await host.publish("readings.here", "1");`;
    const counter = join(import.meta.dirname, "..", "..", "..", ".build", "capsules", "counter", "counter.wasm");
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code, counter], { timeout: 20_000 });
    // What was published is handled before: until then there is something to do.
    expect(stdout).toBe("heard\nheard\n");
  });
});
