// Each limit through the host: what is just within it, and what is just past it.
import { setImmediate as turn } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Host, LoadOptions } from "../../host/contract/host.ts";
import type { ResourceLimits } from "../../host/contract/manifest.ts";
import { createHost } from "../../host/index.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { Replay } from "../../host/runtime/replay.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { HandClock } from "../fixture/hand-clock.ts";
import { ALL_GRANTS, headersOf, SCRIPT_MANIFEST, start } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";
import { refusalOf } from "../refusal.ts";

const PAGE = 65_536;

let script: Uint8Array;
let hungry: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 1 });
  hungry = await scriptCapsule({ pages: 2 });
});

/** What becomes of one message for a new capsule under limits: the code of its dead letter, or `handled`. */
async function outcome(text: string, limits: Partial<ResourceLimits>, bytes = script): Promise<string> {
  const { host, heard, send } = await start(bytes, { retry: { attempts: 1 } }, { load: { limits } });
  await send(text);
  await host.close();
  const dead = heard.find(({ subject }) => subject.startsWith("dlq."));
  if (dead === undefined) return "handled";
  const headers = headersOf(dead);
  return `${headers["dead-letter-code"]}: ${headers["dead-letter-reason"]}`;
}

describe("fuelPerMessage", () => {
  /** What one message takes that is not the first of its instance. */
  async function fuelFor(text: string): Promise<number> {
    const { capsule, host, send } = await start(script, { retry: { attempts: 1 } });
    await send(text);
    const before = capsule.counters.fuel;
    await send(text);
    await host.close();
    return capsule.counters.fuel - before;
  }

  it.each(["p a 1", "m out hello\ns out", "c out", "f no"])("is just enough or one too few: %j", async (text) => {
    const fuel = await fuelFor(text);
    expect(await fuelFor(text)).toBe(fuel);
    const within = await outcome(text, { fuelPerMessage: fuel });
    expect(within).not.toContain("fuel-exhausted");
    expect(await outcome(text, { fuelPerMessage: fuel + 1 })).toBe(within);
    expect(await outcome(text, { fuelPerMessage: fuel - 1 })).toContain("fuel-exhausted: ");
  });

  it("is counted as a whole for what did not come to its own end, and with its instance", async () => {
    const { capsule, host, send } = await start(script, { retry: { attempts: 1 } }, { load: { limits: { fuelPerMessage: 1_000_000 } } });
    await send("t");
    const first = capsule.counters.fuel;
    expect(first).toBeGreaterThan(1_000_000);
    await send("t");
    expect(capsule.counters.fuel).toBe(2 * first);
    expect(capsule.counters).toMatchObject({ traps: 2, exhausted: 0 });
    await host.close();
  });

  it("is what each attempt has: one that fails does not take from the next", async () => {
    const { capsule, host, send } = await start(script, { retry: { attempts: 3 } }, { load: { limits: { fuelPerMessage: 20_000 } } });
    await send("c out\nc out\nc out\nc out\nc out\nc out\nc out\nc out\nc out\nc out");
    expect(capsule.counters).toMatchObject({ exhausted: 3, retries: 2, deadLettered: 1 });
    await send("p a 1");
    expect(capsule.counters).toMatchObject({ transitions: 1, exhausted: 3 });
    await host.close();
  });
});

describe("stackFramesMax", () => {
  it("is a depth at which calls succeed, and one below fail", async () => {
    const deep = async (depth: number): Promise<Uint8Array> =>
      scriptCapsule({
        pages: 1,
        world: "starting-capsule",
        wat: `(func $down (param i32) (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1))))))
          (func (export "doteros:capsule/starter@0.1.0#start") (result i32) (call $down (i32.const ${depth})) (i32.store8 (i32.const 64) (i32.const 0)) (i32.const 64))`,
      });
    const hundred = await deep(100);
    const outcomes: string[] = [];
    for (let frames = 90; frames <= 220; frames += 1) outcomes.push((await outcome("i", { stackFramesMax: frames }, hundred)).split(":", 1)[0] ?? "");
    const enough = outcomes.indexOf("handled");
    expect(enough).toBeGreaterThan(0);
    expect(new Set(outcomes.slice(0, enough))).toEqual(new Set(["stack-exhausted"]));
    expect(new Set(outcomes.slice(enough))).toEqual(new Set(["handled"]));
    // One call more needs a frame more.
    expect(await outcome("i", { stackFramesMax: 90 + enough }, await deep(101))).toContain("stack-exhausted");
    expect(await outcome("i", { stackFramesMax: 91 + enough }, await deep(101))).toBe("handled");
  });
});

describe("memoryBytesMax", () => {
  /** A capsule with two pages, whose start wants so many more, and traps when it does not get them. */
  const growing = (pages: number): Promise<Uint8Array> =>
    scriptCapsule({
      pages: 2,
      world: "starting-capsule",
      wat: `(func (export "doteros:capsule/starter@0.1.0#start") (result i32)
        (if (i32.eq (memory.grow (i32.const ${pages})) (i32.const -1)) (then unreachable))
        (i32.store8 (i32.const 64) (i32.const 0)) (i32.const 64))`,
    });

  it("counts whole pages of all memories", async () => {
    const bytes = await growing(8);
    expect(await outcome("i", { memoryBytesMax: 10 * PAGE }, bytes)).toBe("handled");
    expect(await outcome("i", { memoryBytesMax: 11 * PAGE - 1 }, bytes)).toBe("handled");
    expect(await outcome("i", { memoryBytesMax: 10 * PAGE - 1 }, bytes)).toContain("memory-exhausted: it was refused more than 655359 bytes of memory, and ended: ");
    expect(await outcome("i", { memoryBytesMax: 11 * PAGE - 1 }, await growing(9))).toContain("memory-exhausted");
  });

  it("holds for what it begins with", async () => {
    const load = (memoryBytesMax: number): Promise<string> => outcome("i", { memoryBytesMax }, hungry);
    expect(await load(2 * PAGE)).toBe("handled");
    const error = await refusalOf(load(2 * PAGE - 1));
    expect([error.code, error.message]).toEqual(["limit-exceeded", expect.stringContaining("begins with 2 pages of memory")]);
  });
});

describe("payloadBytesMax", () => {
  it("holds for what it gets", async () => {
    expect(await outcome("i        ", { payloadBytesMax: 9 })).toBe("handled");
    expect(await outcome("i         ", { payloadBytesMax: 9 })).toBe("limit-exceeded: the payload has 10 bytes, more than 9");
  });

  it.each([[13, "s out", "handled"], [12, "s out", "capsule-fault: limit: the payload has 13 bytes, more than 12"], [17, "r svc x", "handled"], [16, "r svc x", "capsule-fault: limit: the value has 17 bytes, more than 16"]])("of %i holds for what it sends and keeps: %j is %s", async (payloadBytesMax, text, expected) => {
    const { host, heard, send } = await start(script, { retry: { attempts: 1 } }, { load: { limits: { payloadBytesMax } } });
    await send("p aaaaaa 1");
    await send("p bbbbbb 1");
    await send(text);
    const { "dead-letter-code": code, "dead-letter-reason": reason } = headersOf(heard.find(({ subject }) => subject.startsWith("dlq.")));
    expect(code === undefined ? "handled" : `${code}: ${reason}`).toBe(expected);
    await host.close();
  });
});

describe("publishPerMessageMax", () => {
  it.each([["m out a\nm out b\nr svc c", 3, "handled"], ["m out a\nm out b\nr svc c", 2, "capsule-fault: limit: 2 messages were sent already"], ["i\nm out a\nm out b", 1, "handled"]])("%j of %i: %s", async (text, most, expected) => {
    expect(await outcome(text, { publishPerMessageMax: most })).toBe(expected);
  });
});

describe("stateBytesMax", () => {
  it.each([
    ["p k 123456789", 10, "handled"],
    ["p k 1234567890", 10, "capsule-fault: limit: the state would have more than 10 bytes"],
    ["p k 123456789\nd k\np l 123456789", 10, "handled"],
    ["p k 12345\np k 123456789", 10, "handled"],
    ["p a 1234\np b 1234", 10, "handled"],
    ["p a 1234\np b 12345", 10, "capsule-fault: limit: the state would have more than 10 bytes"],
  ])("%j of %i bytes: %s", async (text, most, expected) => {
    expect(await outcome(text, { stateBytesMax: most })).toBe(expected);
  });

  it("holds for what is there already: a state that is too large can only become smaller", async () => {
    const store = new MemoryStore();
    const first = await start(script, {}, { store });
    await first.send("p a 12345678901234567890\np b 1");
    await first.host.close();
    const second = await start(script, { retry: { attempts: 1 } }, { store, load: { limits: { stateBytesMax: 10 } } });
    await second.send("p c 1");
    expect(headersOf(second.heard.at(-1))["dead-letter-reason"]).toBe("limit: the state would have more than 10 bytes");
    await second.send("p a 1");
    await second.send("p c 1");
    expect(second.entries()).toEqual({ a: "1", b: "1", c: "1" });
    await second.host.close();
  });
});

describe("fuelPerSecond", () => {
  /** Lets the host do what it can at one time. */
  async function settle(): Promise<void> {
    for (let turns = 0; turns < 20; turns += 1) await turn();
  }

  it("makes messages wait for their time, and loses none", async () => {
    const clock = new HandClock();
    const store = new MemoryStore();
    const host = await createHost({ platform: clock.platform, store });
    const capsule = await host.load(script, { grants: ALL_GRANTS, manifest: SCRIPT_MANIFEST, limits: { fuelPerSecond: 100_000 } });
    for (let sent = 0; sent < 20; sent += 1) void host.publish("do", "c out");
    const handled: number[] = [];
    for (let seconds = 0; seconds < 8; seconds += 1) {
      await settle();
      handled.push(capsule.counters.transitions);
      clock.pass(1_000);
    }
    const { fuel, transitions } = capsule.counters;
    expect(transitions).toBe(20);
    expect(handled[0]).toBeLessThan(20);
    // What was used by the end of a second is no more than what there was by then, but for the message that was one too many.
    expect(fuel).toBeGreaterThan(200_000);
    for (const [seconds, count] of handled.entries()) expect(count).toBeLessThanOrEqual(1 + (20 * 100_000 * (1 + seconds)) / fuel + 1);
    await host.idle();
    await host.close();
    const report = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
    expect(report.difference).toBeUndefined();
  });

  it("does not keep a host from closing", async () => {
    const clock = new HandClock();
    const host = await createHost({ platform: clock.platform });
    const capsule = await host.load(script, { grants: ALL_GRANTS, manifest: SCRIPT_MANIFEST, limits: { fuelPerSecond: 1 } });
    for (let sent = 0; sent < 3; sent += 1) void host.publish("do", "c out");
    await settle();
    await host.close();
    expect(capsule.counters).toMatchObject({ messages: 1, abandoned: 2 });
  });
});

describe("what the operator says beside", () => {
  const load = async (options: LoadOptions): Promise<{ host: Host; manifest: Record<string, unknown> }> => {
    const host = await createHost();
    const capsule = await host.load(script, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, labels: { tenant: "a", site: "b" } }, ...options });
    return { host, manifest: capsule.manifest as unknown as Record<string, unknown> };
  };

  it("labels take the place of those of the same name", async () => {
    const { host, manifest } = await load({ labels: { tenant: "acme", rack: "7" } });
    expect(manifest["labels"]).toEqual({ tenant: "acme", site: "b", rack: "7" });
    await host.close();
  });

  it("the manifest of a capsule that is loaded has all limits that hold", async () => {
    const { host, manifest } = await load({ limits: { fuelPerMessage: 1_000_000 } });
    expect(manifest["limits"]).toEqual({
      fuelPerMessage: 1_000_000,
      fuelPerSecond: 0,
      memoryBytesMax: 67_108_864,
      stackFramesMax: 4_000,
      payloadBytesMax: 1_048_576,
      publishPerMessageMax: 1_024,
      stateBytesMax: 67_108_864,
    });
    await host.close();
  });

  it("more than is allowed is refused, with the flags", async () => {
    const error = await refusalOf(load({ manifest: { ...SCRIPT_MANIFEST, limits: { fuelPerMessage: 60_000_000 } } }));
    expect([error.code, error.help]).toEqual(["not-granted", "to allow all of it, add --limit fuelPerMessage=60000000"]);
  });
});
