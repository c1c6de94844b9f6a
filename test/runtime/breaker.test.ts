import { setImmediate as turn } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { HostOptions } from "../../host/contract/host.ts";
import type { BreakerRule } from "../../host/contract/manifest.ts";
import type { Platform } from "../../host/contract/platform.ts";
import { createHost } from "../../host/index.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { Breaker } from "../../host/runtime/breaker.ts";
import { Replay } from "../../host/runtime/replay.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 1 });
});

/** A platform whose timers go off when a test says so. */
class Timers {
  readonly waiting = new Set<{ readonly milliseconds: number; readonly callback: () => void }>();
  readonly platform: Platform = {
    ...nodePlatform,
    after: (milliseconds, callback) => {
      const timer = { milliseconds, callback };
      this.waiting.add(timer);
      return () => this.waiting.delete(timer);
    },
  };

  ring(): void {
    const [timer] = this.waiting;
    if (timer === undefined) throw new Error("nobody waits");
    this.waiting.delete(timer);
    timer.callback();
  }
}

/** The rule alone, with what it holds counted. */
function alone(rule: BreakerRule) {
  const timers = new Timers();
  const counts = { held: 0, tried: 0 };
  const scheduler = { hold: () => (counts.held += 1), release: () => (counts.held -= 1) };
  const breaker = new Breaker(rule, timers.platform, scheduler, () => (counts.tried += 1));
  const after = (outcomes: string): boolean => {
    for (const one of outcomes) {
      if (one === "f") breaker.failed();
      else breaker.succeeded();
    }
    return breaker.isOpen;
  };
  return { breaker, timers, counts, after };
}

describe("the rule of a breaker", () => {
  it.each<[string, BreakerRule, string, boolean]>([
    ["three in a row", { failures: 3, openMilliseconds: 1 }, "ffsff", false],
    ["three in a row", { failures: 3, openMilliseconds: 1 }, "ffsfff", true],
    ["one", { failures: 1, openMilliseconds: 1 }, "ssf", true],
    ["half of the last four", { failures: 2, of: 4, openMilliseconds: 1 }, "fsssfsss", false],
    ["half of the last four", { failures: 2, of: 4, openMilliseconds: 1 }, "fsssfssf", true],
    ["two of four before there were four", { failures: 2, of: 4, openMilliseconds: 1 }, "ff", true],
  ])("%s: %j after %s", (_, rule, outcomes, opened) => {
    expect(alone(rule).after(outcomes)).toBe(opened);
  });

  it("is half open after its time, and then one message decides", () => {
    const { breaker, timers, counts, after } = alone({ failures: 2, openMilliseconds: 750 });
    after("ff");
    expect([...timers.waiting].map(({ milliseconds }) => milliseconds)).toEqual([750]);
    timers.ring();
    expect([breaker.isOpen, counts.tried]).toEqual([false, 1]);
    expect(breaker.failed()).toBe("the message that was tried failed, too");
    expect(breaker.isOpen).toBe(true);
    timers.ring();
    expect([breaker.succeeded(), breaker.succeeded()]).toEqual([true, false]);
    // What was before is forgotten.
    expect([breaker.failed(), breaker.failed()]).toEqual([undefined, "2 of the last 2 messages were given up"]);
  });

  it("keeps the host from being idle only while messages wait, once, and lets go when it ends", () => {
    const { breaker, timers, counts, after } = alone({ failures: 1, openMilliseconds: 1 });
    breaker.keepWaiting();
    expect(counts.held).toBe(0);
    after("f");
    expect(counts.held).toBe(0);
    breaker.keepWaiting();
    breaker.keepWaiting();
    expect(counts.held).toBe(1);
    breaker.end();
    expect([counts.held, timers.waiting.size]).toEqual([0, 0]);
  });
});

/** A capsule with a breaker of two in a row in a host whose timers go off when the test says so. */
async function broken(options: HostOptions = {}) {
  const timers = new Timers();
  const lines: string[] = [];
  const dead: string[] = [];
  const host = await createHost({ platform: timers.platform, log: ({ level, message }) => lines.push(`${level} ${message}`), ...options });
  const manifest = { ...SCRIPT_MANIFEST, retry: { attempts: 1 }, limits: { breaker: { failures: 2, openMilliseconds: 60_000 } } };
  const capsule = await host.load(script, { manifest, grants: ALL_GRANTS });
  host.subscribe("dlq.>", ({ payload }) => dead.push(new TextDecoder().decode(payload)));
  /** Waits until nothing happens but time. */
  const quiet = async (): Promise<void> => {
    for (let at = 0; at < 10; at += 1) await turn();
  };
  return { host, capsule, timers, lines, dead, quiet };
}

describe("a capsule with a breaker", () => {
  it("that keeps failing is left alone: messages wait, one is tried, and none is lost", async () => {
    const store = new MemoryStore();
    const { host, capsule, timers, lines, dead, quiet } = await broken({ store });
    for (const text of ["f one", "f two", "f three", "p a 1", "p b 2"]) await host.publish("do", text);
    await quiet();
    expect(capsule.counters).toMatchObject({ messages: 2, deadLettered: 2, tripped: 1 });
    // The third is the one that is tried; it fails, too.
    timers.ring();
    await quiet();
    expect(capsule.counters).toMatchObject({ messages: 3, deadLettered: 3, tripped: 2 });
    timers.ring();
    await host.idle();
    expect(capsule.counters).toMatchObject({ messages: 5, transitions: 2, deadLettered: 3, tripped: 2, abandoned: 0 });
    expect(dead).toEqual(["f one", "f two", "f three"]);
    expect(lines).toEqual([
      "warn the breaker is open: 2 of the last 2 messages were given up. Messages wait before the next one is tried",
      "warn the breaker is open: the message that was tried failed, too. Messages wait before the next one is tried",
      "info the breaker is closed again: the message that was tried was handled",
    ]);
    await host.close();
    const report = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
    expect([report.difference, report.failures, report.transitions]).toEqual([undefined, 3, 2]);
  });

  it("is idle when nothing waits for it, and not when something does", async () => {
    const { host, capsule, timers, quiet } = await broken();
    for (const text of ["f one", "f two"]) await host.publish("do", text);
    await host.idle();
    await host.publish("do", "p a 1");
    let idle = false;
    const waiting = host.idle().then(() => (idle = true));
    await quiet();
    expect([idle, capsule.counters.messages]).toEqual([false, 2]);
    timers.ring();
    await waiting;
    expect(capsule.counters.transitions).toBe(1);
    await host.close();
  });

  it("has those who publish wait when its mailbox is full", async () => {
    const { host, capsule, timers, quiet } = await broken({ mailbox: { messagesMax: 2 } });
    for (const text of ["f one", "f two", "p a 1", "p b 1"]) await host.publish("do", text);
    let taken = false;
    const publishing = host.publish("do", "p c 1").then(() => (taken = true));
    await quiet();
    expect(taken).toBe(false);
    timers.ring();
    await publishing;
    await host.idle();
    expect(capsule.counters.transitions).toBe(3);
    await host.close();
  });

  it("does not keep a host from closing, and what waits in a store waits on", async () => {
    const store = new MemoryStore();
    const first = await broken({ store });
    for (const text of ["f one", "f two", "p a 1", "p b 1"]) await first.host.publish("do", text);
    await first.quiet();
    await first.host.close();
    expect(first.capsule.counters).toMatchObject({ abandoned: 2, tripped: 1 });
    expect(first.timers.waiting.size).toBe(0);
    // The next host begins with the breaker closed.
    const second = await broken({ store });
    await second.host.idle();
    expect(second.capsule.counters).toMatchObject({ transitions: 2, tripped: 0 });
    await second.host.close();
  });

  it("may be unloaded, which waits for what waits", async () => {
    const { host, capsule, timers, quiet } = await broken();
    for (const text of ["f one", "f two", "p a 1"]) await host.publish("do", text);
    await quiet();
    const unloading = capsule.unload();
    await quiet();
    timers.ring();
    await unloading;
    expect(capsule.counters.transitions).toBe(1);
    await host.idle();
    await host.close();
  });
});

describe("a capsule with a rate", () => {
  it("is denied what is too much, with the reason, which is counted, told and replayed", async () => {
    let now = 0;
    const store = new MemoryStore();
    const lines: string[] = [];
    const host = await createHost({ store, platform: { ...nodePlatform, elapsed: () => now }, log: ({ level, message }) => lines.push(`${level} ${message}`) });
    const manifest = { ...SCRIPT_MANIFEST, retry: { attempts: 1 }, limits: { rates: [{ subjects: "out.>", perSecond: 1, burst: 2 }] } };
    const capsule = await host.load(script, { manifest, grants: ALL_GRANTS });
    const heard: string[] = [];
    host.subscribe("out.>", ({ subject }) => heard.push(subject));
    // The script's i passes over faults, and what it wrote stays.
    for (const text of ["m out.1 x\nm out.2 x", "i\nm out.3 x\np a 1", "m out.4 x", "m else x"]) await host.publish("do", text);
    await host.idle();
    now += 1e9;
    await host.publish("do", "i\nm out.5 x\nm out.5 x\nm out.6 x");
    await host.idle();
    await host.close();
    expect(heard).toEqual(["out.1", "out.2", "out.5", "out.5"]);
    expect(capsule.counters).toMatchObject({ transitions: 4, faults: 1, deadLettered: 1, denied: 3, limited: 3 });
    expect(lines).toEqual(new Array(2).fill("warn the manifest limits out.> to 1 messages a second, 2 at once"));
    const report = await Replay.run({ entries: store.entries(0), component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
    expect([report.difference, report.transitions]).toEqual([undefined, 4]);
  });
});
