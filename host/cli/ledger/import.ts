import { DoterosError } from "../../contract/error.ts";
import { packEntries } from "../../contract/packed-entries.ts";
import type { Batch, CapsuleRecord, Store, StoredCheckpoint, Writes } from "../../contract/store.ts";
import { BlockTree } from "../../ledger/block-tree.ts";
import { openCheckpoint } from "../../ledger/checkpoint.ts";
import type { Entry } from "../../ledger/entry.ts";
import { readEntry } from "../../ledger/entry-reader.ts";
import { hexOf, parseVerifierKey } from "../../ledger/key.ts";
import { readSnapshot } from "../../ledger/snapshot.ts";
import type { LedgerSource } from "../../ledger/source.ts";
import { verifyLedger } from "../../ledger/verify.ts";
import { openDotstore } from "../../node.ts";
import { WorkingState } from "../../store/working-state.ts";
import type { Arguments } from "../arguments.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { hashing, withFile } from "./source.ts";

/** Entries of one commit. */
const BATCH_ENTRIES = 4_096;

/** `ledger import`: a store that has all that an exported ledger says. */
export async function importLedger(given: Arguments, screen: Screen): Promise<number> {
  const folder = given.text("store");
  if (folder === undefined) throw new DoterosError("usage", "import needs the folder of the store to make", { help: "--store FOLDER names it" });
  return withFile(given, async (source, place) => {
    const { fault } = await verifyLedger(source, hashing.sha256);
    if (fault !== undefined) throw new DoterosError("damaged-ledger", `${fault.what}; nothing was imported`, { where: place, help: "doteros-wasm ledger verify says more" });
    if (source.start > 0) throw new DoterosError("unreadable-input", `the ledger begins with entry ${source.start}, and a store has it from the first on`, { where: place });
    const store = await openDotstore(folder);
    try {
      if (store.tip.entries > 0) throw new DoterosError("unwritable-output", "the store has a ledger already", { where: folder, help: "import into a new folder" });
      await new Import(store, source).run();
    } finally {
      await store.close();
    }
    const report = { type: "imported", file: place, store: folder, entries: source.size };
    screen.print(printable(given.has("json") ? JSON.stringify(report) : `${folder}  ${source.size.toLocaleString("en")} entries`));
    return 0;
  });
}

/** One pass over a ledger, in which what its entries say becomes what a store has. */
class Import {
  readonly #store: Store;
  readonly #source: LedgerSource;
  readonly #tree = new BlockTree(hashing.sha256);
  readonly #notes: { readonly size: number; readonly note: string }[];
  readonly #states = new Map<string, WorkingState>();
  readonly #records = new Map<string, CapsuleRecord>();
  /** Components and snapshots, by their digests. */
  readonly #components = new Map<string, Uint8Array>();
  #batch = emptyParts();
  #hash: Uint8Array;

  constructor(store: Store, source: LedgerSource) {
    const { key, checkpoints } = source;
    this.#store = store;
    this.#source = source;
    this.#hash = store.tip.hash;
    this.#notes = key === undefined ? [] : checkpoints.map((note) => ({ note, size: openCheckpoint(note, parseVerifierKey(key)).size }));
  }

  async run(): Promise<void> {
    for await (const bytes of this.#source.components()) this.#components.set(hexOf(hashing.sha256(bytes)), bytes);
    for (const [digest, bytes] of this.#components) this.#batch.components.set(digest, bytes);
    for await (const { index, bytes, leaf } of this.#source.entries()) {
      this.#batch.entries.push(bytes);
      this.#hash = leaf;
      this.#tree.append(leaf);
      this.#take(index, readEntry(bytes));
      this.#checkpoint();
      if (this.#batch.entries.length >= BATCH_ENTRIES) await this.#commit();
    }
    await this.#commit();
  }

  #take(index: number, entry: Entry): void {
    const { capsule } = entry;
    const before = this.#records.get(capsule);
    if (entry.kind === "load") {
      const { instance } = entry;
      // What it listens on is known again when it is loaded.
      const record = { name: capsule, digest: hexOf(entry.digest), index: 0, time: 0n, version: 0, size: 0, bytes: 0, ...before };
      this.#records.set(capsule, { ...record, digest: hexOf(entry.digest), instance, listens: undefined });
    } else if (before !== undefined && entry.kind === "snapshot" && entry.restored) this.#restored(before, hexOf(entry.snapshot));
    else if (before !== undefined && (entry.kind === "transition" || entry.kind === "failure")) {
      const { time = before.time } = entry;
      if (entry.kind === "transition") this.#changed(capsule, entry.version, entry.writes);
      else if (entry.final) this.#batch.deadLetters.push(index);
      const { version = 0, size = 0, bytes = 0 } = this.#states.get(capsule) ?? {};
      this.#records.set(capsule, { ...before, index: entry.index, instance: entry.instance, time, version, size, bytes });
    }
    this.#batch.touched.add(capsule);
  }

  #restored(before: CapsuleRecord, digest: string): void {
    const bytes = this.#components.get(digest);
    if (bytes === undefined) throw new DoterosError("not-kept", `the snapshot that ${before.name} was restored from is not in the ledger: SHA-256 ${digest}`);
    const { index, instance, time, version, entries } = readSnapshot(bytes);
    this.#changed(before.name, version, new Map(entries));
    const { size = 0, bytes: stateBytes = 0 } = this.#states.get(before.name) ?? {};
    this.#records.set(before.name, { ...before, index, instance, time, version, size, bytes: stateBytes });
  }

  #changed(capsule: string, version: number, writes: Writes): void {
    if (writes.size === 0) return;
    let state = this.#states.get(capsule);
    if (state === undefined) this.#states.set(capsule, (state = new WorkingState()));
    state.apply(writes);
    state.version = version;
    this.#batch.changes.push({ capsule, version, writes });
  }

  #checkpoint(): void {
    const { key } = this.#source;
    const [next] = this.#notes;
    if (key === undefined || next?.size !== this.#tree.size) return;
    this.#notes.shift();
    this.#batch.checkpoints.push({ entries: next.size, note: next.note, key, subtrees: this.#tree.subtrees, blocks: this.#tree.whole.splice(0) });
  }

  async #commit(): Promise<void> {
    const { touched, entries, ...parts } = this.#batch;
    this.#batch = emptyParts();
    const first = this.#store.tip.entries;
    const capsules = [...touched].flatMap((name) => this.#records.get(name) ?? []);
    const tip = { entries: first + entries.length, hash: this.#hash, sequence: 0 };
    await this.#store.commit({ first, ...parts, entries: packEntries(entries), arrivals: [], handled: [], capsules, sources: new Map(), images: new Map(), revived: [], tip });
  }
}

function emptyParts() {
  return {
    entries: [] as Uint8Array[],
    changes: [] as Batch["changes"][number][],
    components: new Map<string, Uint8Array>(),
    deadLetters: [] as number[],
    checkpoints: [] as StoredCheckpoint[],
    touched: new Set<string>(),
  };
}
