import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryStore, openDotstore, replayLedger, type ReplayReport, type Store } from "../../host/node.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { readSnapshot } from "../../host/ledger/snapshot.ts";
import { fromEnvironment, Random } from "../component/random.ts";
import { ALL_GRANTS, type Running, SCRIPT_MANIFEST, start, textOf } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);
let script: Uint8Array;
const folder = mkdtempSync(join(tmpdir(), "snapshots-"));
beforeAll(async () => {
  script = await scriptCapsule();
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (snapshot: Uint8Array): { readonly load: { readonly snapshot: Uint8Array } } => ({ load: { snapshot } });
const sendAll = async ({ send }: Running, lines: readonly string[]): Promise<void> => {
  for (const line of lines) await send(line);
};
const replay = (store: Store, from = 0): Promise<ReplayReport> =>
  replayLedger({ entries: store.entries(from), start: from, component: (digest) => store.component(digest) });
const snapshotsIn = (store: Store): number[] => Array.from(store.entries(0), readEntry).flatMap(({ kind }, index) => (kind === "snapshot" ? [index] : []));

describe("a snapshot of a capsule", () => {
  it("is the same for equal capsules, and another one when anything differs", async () => {
    const [one, other] = [await start(script), await start(script)];
    for (const running of [one, other]) await sendAll(running, ["p a 1\nx out", "p b 2"]);
    const snapshot = await one.capsule.snapshot();
    expect(Buffer.from(await other.capsule.snapshot()).equals(snapshot)).toBe(true);
    await other.send("g a out");
    expect(Buffer.from(await other.capsule.snapshot()).equals(snapshot)).toBe(false);
    for (const { host } of [one, other]) await host.close();
  });

  it("says what it is: state, instance, index, settings", async () => {
    const running = await start(script, { config: { unit: "kelvin" } });
    await sendAll(running, ["p a 1", "t", "p b 2"]);
    const { capsule, index, instance, version, entries, config, running: memory, manifest } = readSnapshot(await running.capsule.snapshot());
    expect({ capsule, index, instance, version, config }).toEqual({ capsule: "script", index: 3, instance: 4, version: 2, config: [["unit", "kelvin"]] });
    expect(entries.map(([key, value]) => [key, textOf(value)])).toEqual([["a", "1"], ["b", "2"]]);
    expect(memory?.state).toHaveLength(32);
    expect(JSON.parse(manifest)).toMatchObject({ name: "script", limits: { fuelPerMessage: 50_000_000 } });
    await running.host.close();
  });

  it("is gone on from by another host: state, memory of the instance, and what comes next", async () => {
    const here = await start(script);
    await sendAll(here, ["p a 1\nx out", "x out", "c ignored"]);
    const there = await start(script, {}, load(await here.capsule.snapshot()));
    for (const running of [here, there]) await sendAll(running, ["x out", "g a out", "p b 2\nv out"]);
    expect(there.texts()).toEqual(here.texts().slice(-3));
    expect(there.texts()[0]).toBe("out 4");
    expect(there.entries()).toEqual(here.entries());
    expect(Buffer.from(await there.capsule.snapshot()).equals(await here.capsule.snapshot())).toBe(true);
    for (const { host } of [here, there]) await host.close();
  });

  it("of one whose instance trapped begins with a new one", async () => {
    const here = await start(script, { retry: { attempts: 1 } });
    await sendAll(here, ["x out", "t"]);
    const snapshot = await here.capsule.snapshot();
    expect(readSnapshot(snapshot).running).toBeUndefined();
    const there = await start(script, {}, load(snapshot));
    await there.send("x out");
    expect(there.texts()).toEqual(["out 1"]);
    for (const { host } of [here, there]) await host.close();
  });

  it("is taken between two messages, not within one that is tried again", async () => {
    const running = await start(script, { retry: { attempts: 3, backoffMilliseconds: 30 } });
    void running.host.publish("do", "o");
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
    const { index } = readSnapshot(await running.capsule.snapshot());
    expect([index, running.capsule.counters.transitions + running.capsule.counters.deadLettered]).toEqual([1, 1]);
    await running.host.close();
  });

  it.each([
    ["of another component", async (): Promise<Uint8Array> => (await start(await scriptCapsule({ pages: 65 }))).capsule.snapshot(), "wrong-value"],
    ["that is none", async (): Promise<Uint8Array> => new TextEncoder().encode("no snapshot"), "invalid-entry"],
    ["that is empty", async (): Promise<Uint8Array> => new Uint8Array(), "invalid-entry"],
    ["that was cut short", async (): Promise<Uint8Array> => (await (await start(script)).capsule.snapshot()).slice(0, -1), "invalid-entry"],
  ])("%s is refused", async (_, make, code) => {
    await expect(start(script, {}, load(await make()))).rejects.toMatchObject({ code });
  });

  it("that was changed is refused, or is another whole one", async () => {
    const random = new Random(SEED);
    const running = await start(script);
    await sendAll(running, ["p a 1\nx out", "p b 2\nx out"]);
    const snapshot = await running.capsule.snapshot();
    let refused = 0;
    for (let run = 0; run < 60; run += 1) {
      const changed = snapshot.slice();
      changed[random.below(changed.length)] = random.below(256);
      const outcome = await start(script, {}, load(changed)).then(
        async ({ capsule, host }) => {
          await capsule.snapshot();
          await host.close();
          return "taken";
        },
        (error: unknown) => (error as { readonly code?: string }).code,
      );
      refused += Number(outcome !== "taken");
      expect(["taken", "wrong-value", "invalid-entry", "malformed", "limit-exceeded", "unsupported"], `seed ${SEED}, run ${run}`).toContain(outcome);
    }
    expect(refused).toBeGreaterThan(20);
    await running.host.close();
  });

  it("does not replace a state that is there", async () => {
    const store = new MemoryStore();
    const first = await start(script, {}, { store });
    await first.send("p a 1");
    const snapshot = await first.capsule.snapshot();
    await first.host.close();
    await expect(start(script, {}, { store, ...load(snapshot) })).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("has a state already") as string });
  });
});

describe.each([
  ["memory", () => Promise.resolve<Store>(new MemoryStore())],
  ["dotstore", () => openDotstore(join(folder, String(Math.random())))],
])("a ledger with snapshots, in %s", (_, open) => {
  it("replays from the start, and from each snapshot, to the same state and hash", async () => {
    const store = await open();
    const first = await start(script, { retry: { attempts: 2 } }, { store });
    await sendAll(first, ["p a 1\nm out x", "x out"]);
    await first.capsule.snapshot();
    await sendAll(first, ["p b 2", "t", "x out\nc out", "f no", "p c 3"]);
    await first.capsule.snapshot();
    await sendAll(first, ["x out", "d a", "c out"]);
    await first.host.close();
    const second = await start(script, { retry: { attempts: 2 } }, { store });
    await sendAll(second, ["p d 4\nx out"]);
    await second.capsule.snapshot();
    await sendAll(second, ["x out"]);
    await second.host.close();
    const whole = await replay(store);
    expect(whole).toMatchObject({ difference: undefined, passed: 0, entries: store.tip.entries });
    const at = snapshotsIn(store);
    expect(at).toHaveLength(3);
    for (const index of at) {
      const part = await replay(store, index);
      expect(part).toMatchObject({ difference: undefined, passed: 0, entries: store.tip.entries - index });
      const plain = (report: ReplayReport): unknown[] => Array.from(report.states.get("script")?.scan("", undefined) ?? [], ([key, value]) => [key, [...value]]);
      expect(plain(part)).toEqual(plain(whole));
      // From the entry behind it on, what came before is not known until the next one.
      const late = await replay(store, index + 1);
      expect(late).toMatchObject({ difference: undefined, entries: store.tip.entries - index - 1 - late.passed });
      expect(late.passed).toBeGreaterThan(0);
    }
    await store.close();
  });

  it("that says something else than the capsule is, is found out", async () => {
    const store = await open();
    const first = await start(script, {}, { store });
    await sendAll(first, ["p a 1"]);
    await first.capsule.snapshot();
    await first.host.close();
    const entries = Array.from(store.entries(0), (bytes) => {
      const entry = readEntry(bytes);
      const changed = bytes.slice();
      // The hash of the snapshot is followed by one byte, whether it was restored.
      if (entry.kind === "snapshot") changed[changed.length - 2] = (changed.at(-2) ?? 0) ^ 1;
      return changed;
    });
    const report = await replayLedger({ entries, component: (digest) => store.component(digest) });
    expect(report.difference).toMatchObject({ capsule: "script", field: "snapshot" });
    await store.close();
  });

  it("goes on from another host's snapshot, and all of that replays", async () => {
    const origin = await start(script);
    await sendAll(origin, ["p a 1\nx out", "x out"]);
    const snapshot = await origin.capsule.snapshot();
    await origin.host.close();
    const store = await open();
    const moved = await start(script, {}, { store, ...load(snapshot) });
    await sendAll(moved, ["x out", "p b 2"]);
    expect(moved.texts()).toEqual(["out 3"]);
    await moved.host.close();
    expect([store.state("script").version, store.state("script").size, store.capsule("script")?.index]).toEqual([2, 2, 4]);
    expect(await replay(store)).toMatchObject({ difference: undefined, transitions: 2 });
    const again = await start(script, {}, { store });
    await again.send("g a out");
    expect(again.texts()).toEqual(["out 1"]);
    await again.host.close();
    await store.close();
  });

  it("of two capsules begins each at its own snapshot", async () => {
    const store = await open();
    const { host, capsule } = await start(script, { subscriptions: ["one"] }, { store });
    const other = await host.load(script, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name: "other", subscriptions: ["two"] } });
    const both = async (line: string): Promise<void> => {
      await host.publish("one", line);
      await host.publish("two", line);
      await host.idle();
    };
    await both("p a 1");
    await capsule.snapshot();
    await both("p b 1\nx out");
    await other.snapshot();
    await both("p c 1\nx out");
    await host.close();
    const [from = 0] = snapshotsIn(store);
    const report = await replay(store, from);
    expect(report).toMatchObject({ difference: undefined, passed: 1, transitions: 3 });
    await store.close();
  });
});
