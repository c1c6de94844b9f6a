import { MemoryStore } from "../../../host/index.ts";
import { openExport } from "../../../host/ledger/export-file.ts";
import { readEntry } from "../../../host/ledger/entry-reader.ts";
import { EntryWriter } from "../../../host/ledger/entry-writer.ts";
import { verifyLedger } from "../../../host/ledger/verify.ts";
import type { ReplayReport } from "../../../host/runtime/replay.ts";
import { equal, holds, refused } from "../check.ts";
import { bytesOf, type Cases, fileOf, hexOf, type Kit, textOf } from "../kit.ts";
import { start } from "../running.ts";
import { hashingOf, KEY, memoryFile } from "./ledger.ts";

/** Replays what a store has, each entry first changed by `change`. */
function replay(kit: Kit, store: MemoryStore, change: (entry: Uint8Array, index: number) => Uint8Array = (entry) => entry): Promise<ReplayReport> {
  return kit.door.replayLedger({ entries: Array.from(store.entries(0), change), component: (digest) => store.component(digest) });
}

/** A store in which capsules did all that there is to do. */
async function eventful(kit: Kit): Promise<MemoryStore> {
  const store = new MemoryStore();
  const manifest = { retry: { attempts: 2 } };
  const first = await start(kit, { manifest, store });
  for (const line of ["p a 1\nm out x", "c out\np b 2", "f no", "o", "p c 3\nt", "x out", "g a out\ns out", "d a", "r svc hello", "v out", "c out", "n", "l x"]) await first.send(line);
  await first.host.close();
  const second = await start(kit, { manifest, store });
  await second.send("c out\nx out");
  await second.host.close();
  const greedy = await start(kit, { file: "greedy.wasm", manifest: { name: "greedy", capabilities: { state: true } }, store, load: { limits: { fuelPerMessage: 2_000_000, memoryBytesMax: 655_360 } } });
  for (const message of ["s", "r100000", "m100", "g3", "f1", "d1", "w1000"]) await greedy.send(message);
  await greedy.host.close();
  return store;
}

const plain = (entries: Iterable<readonly [string, Uint8Array]>): unknown => Array.from(entries, ([key, value]) => [key, hexOf(value)]);

/** What a ledger does again. */
export const replayCases: Cases = {
  async "a replay comes to the same bytes, after faults, traps, limits, new instances and new hosts"(kit) {
    const store = await eventful(kit);
    const report = await replay(kit, store);
    equal([report.difference, report.entries], [undefined, store.tip.entries]);
    for (const name of ["script", "greedy"]) equal(plain(report.states.get(name)?.scan("", undefined) ?? []), plain(store.state(name).scan("", undefined)));
  },

  async "a replay names the first entry that was written otherwise, and what in it"(kit) {
    const store = await eventful(kit);
    const writer = new EntryWriter();
    const at = Array.from(store.entries(0), readEntry).findIndex((entry) => entry.kind === "transition" && entry.writes.has("a"));
    const { difference } = await replay(kit, store, (bytes, index) => {
      const entry = readEntry(bytes);
      return index === at && entry.kind === "transition" ? writer.transition(entry.previous, { ...entry, writes: new Map([["a", bytesOf("2")]]) }) : bytes;
    });
    equal([difference?.index, difference?.field, difference?.key, difference?.recorded, difference?.replayed], [at, "writes", "a", '"2"', '"1"']);
  },

  async "a replay sees that a message took another amount of fuel"(kit) {
    const store = await eventful(kit);
    const writer = new EntryWriter();
    const { difference } = await replay(kit, store, (bytes) => {
      const entry = readEntry(bytes);
      return entry.kind === "transition" ? writer.transition(entry.previous, { ...entry, fuel: entry.fuel + 1 }) : bytes;
    });
    equal(difference?.field, "fuel");
  },

  async "a replay says which component it lacks"(kit) {
    const store = await eventful(kit);
    await refused("not-kept", () => kit.door.replayLedger({ entries: store.entries(0), component: () => undefined }), "script");
  },

  async "entries that are none are refused, and which"(kit) {
    const store = await eventful(kit);
    const error = await refused("invalid-entry", () => replay(kit, store, (entry, index) => (index === 3 ? entry.subarray(0, entry.length - 1) : entry)));
    holds(error.message.includes("3"), "it does not say which");
  },

  async "the ledger that another runtime wrote verifies and replays here"(kit) {
    const source = await openExport(memoryFile(fileOf(kit, "recorded.dwl")), hashingOf(kit));
    const report = await verifyLedger(source, kit.platform.sha256, KEY.verifier);
    equal([report.fault, report.missing, report.signed > 0], [undefined, [], true]);
    const components = new Map<string, Uint8Array>();
    for await (const bytes of source.components()) components.set(hexOf(kit.platform.sha256(bytes)), bytes);
    const entries: Uint8Array[] = [];
    for await (const { bytes } of source.entries()) entries.push(bytes);
    const again = await kit.door.replayLedger({ entries, component: (digest) => components.get(digest) });
    equal([again.difference, again.entries, entries.length > 50], [undefined, entries.length, true]);
    holds(textOf(again.states.get("script")?.get("k0") ?? new Uint8Array()) !== "", "nothing was written");
  },

  async "a capsule wakes from a snapshot that another runtime took, is what it was, and a replay begins there"(kit) {
    const source = await openExport(memoryFile(fileOf(kit, "recorded.dwl")), hashingOf(kit));
    const kept = new Map<string, Uint8Array>();
    for await (const bytes of source.components()) kept.set(hexOf(kit.platform.sha256(bytes)), bytes);
    const entries: Uint8Array[] = [];
    for await (const { bytes } of source.entries()) entries.push(bytes);
    const first = entries.findIndex((bytes) => readEntry(bytes).kind === "snapshot");
    const entry = readEntry(entries[first] ?? new Uint8Array());
    const snapshot = entry.kind === "snapshot" ? kept.get(hexOf(entry.snapshot)) : undefined;
    holds(snapshot !== undefined, "there is no snapshot in the ledger");
    const { host, capsule, send, texts } = await start(kit, { manifest: { retry: { attempts: 2 } }, load: { snapshot } });
    equal(hexOf(await capsule.snapshot()), hexOf(snapshot));
    await send("x out");
    holds(texts().length === 1, "it does not go on");
    await host.close();
    const report = await kit.door.replayLedger({ entries: entries.slice(first), start: first, component: (digest) => kept.get(digest) });
    equal([report.difference, report.entries + report.passed], [undefined, entries.length - first]);
  },
};
