import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { EntryWriter } from "../../host/ledger/entry-writer.ts";
import { createHost } from "../../host/node.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { Replay, type ReplayReport } from "../../host/runtime/replay.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { builtCapsule } from "../capsule/built.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST, start } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

/** Replays what a store has, each entry first changed by `change`. */
function replay(store: MemoryStore, change: (entry: Uint8Array, index: number) => Uint8Array = (entry) => entry): Promise<ReplayReport> {
  const entries = Array.from(store.entries(0), change);
  return Replay.run({ entries, component: (digest) => store.component(digest) }, nodePlatform, () => undefined);
}

/** A store in which a capsule did all that there is to do. */
async function eventful(): Promise<MemoryStore> {
  const store = new MemoryStore();
  const first = await start(script, { retry: { attempts: 2 } }, { store });
  for (const line of ["p a 1\nm out x", "c out\np b 2", "f no", "o", "p c 3\nt", "x out", "g a out\ns out", "d a", "r svc hello", "v out", "c out", "n"]) {
    await first.send(line);
  }
  await first.host.close();
  const second = await start(script, { retry: { attempts: 2 } }, { store });
  await second.send("c out\nx out");
  const other = await second.host.load(script, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name: "other", capabilities: { state: true, publish: ["only.this"], request: [], log: true, context: true } } });
  await second.send("i\nm out denied\nm only.this x");
  await other.unload();
  await second.send("p z 1");
  await second.host.close();
  return store;
}

describe("a replay", () => {
  it("comes to the same bytes, after faults, traps, new instances and new hosts", async () => {
    const store = await eventful();
    const report = await replay(store);
    expect(report.difference).toBeUndefined();
    expect(report.entries).toBe(store.tip.entries);
    expect(report.failures).toBeGreaterThan(6);
    expect(report.transitions).toBeGreaterThan(10);
    const plain = (entries: Iterable<readonly [string, Uint8Array]>): unknown[] => Array.from(entries, ([key, value]) => [key, [...value]]);
    expect(plain(report.states.get("script")?.scan("", undefined) ?? [])).toEqual(plain(store.state("script").scan("", undefined)));
  });

  it("names the first entry that was written otherwise, and what in it", async () => {
    const store = await eventful();
    const writer = new EntryWriter();
    const at = Array.from(store.entries(0), readEntry).findIndex((entry) => entry.kind === "transition" && entry.writes.has("a"));
    const changed = await replay(store, (bytes, index) => {
      const entry = readEntry(bytes);
      if (index !== at || entry.kind !== "transition") return bytes;
      return writer.transition(entry.previous, { ...entry, writes: new Map([["a", new TextEncoder().encode("2")]]) });
    });
    expect(changed.difference).toEqual({ index: at, capsule: "script", field: "writes", key: "a", recorded: '"2"', replayed: '"1"' });
    expect(changed.entries).toBe(at);
    const sent = await replay(store, (bytes, index) => {
      const entry = readEntry(bytes);
      if (index !== at || entry.kind !== "transition") return bytes;
      return writer.transition(entry.previous, { ...entry, outputs: [...entry.outputs, ...entry.outputs] });
    });
    expect(sent.difference).toMatchObject({ index: at, field: "outputs", key: "1", replayed: undefined });
  });

  it("sees that a capsule asks for what it did not ask for then", async () => {
    const store = await eventful();
    const writer = new EntryWriter();
    const report = await replay(store, (bytes) => {
      const entry = readEntry(bytes);
      return entry.kind === "transition" && entry.seed !== undefined ? writer.transition(entry.previous, { ...entry, seed: undefined }) : bytes;
    });
    expect(report.difference).toMatchObject({ capsule: "script", field: "kind", recorded: "transition" });
    expect(report.difference?.replayed).toContain("asks for random bytes");
  });

  it("says which component it lacks", async () => {
    const store = await eventful();
    const run = Replay.run({ entries: store.entries(0), component: () => undefined }, nodePlatform, () => undefined);
    await expect(run).rejects.toMatchObject({ code: "not-kept", message: expect.stringContaining("script") as string });
  });

  it("of the weather of ten years equals", async () => {
    const store = new MemoryStore();
    const host = await createHost({ store });
    await host.load(builtCapsule("weather"), { grants: ["state", "publish=alerts.>", "subscribe=readings.>", "log", "context"] });
    const csv = readFileSync(join(import.meta.dirname, "../../node_modules/vega-datasets/data/weather.csv"), "utf8");
    const [head = "", ...rows] = csv.trim().split("\n");
    const names = head.split(",");
    for (const row of rows) {
      const reading: Record<string, string | number> = {};
      for (const [at, value] of row.split(",").entries()) reading[names[at] ?? ""] = Number.isNaN(Number(value)) ? value : Number(value);
      void host.publish(`readings.${String(reading["location"]).replaceAll(" ", "-")}`, JSON.stringify(reading));
    }
    await host.idle();
    await host.close();
    const report = await replay(store);
    expect([report.difference, report.transitions]).toEqual([undefined, rows.length]);
  });
});
