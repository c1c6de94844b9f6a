import { DoterosError } from "../contract/error.ts";
import { unpackEntries } from "../contract/packed-entries.ts";
import { type Batch, type CapsuleRecord, EMPTY_TIP, type MailboxRow, type StateView, type Store, type StoredCheckpoint, type Tip } from "../contract/store.ts";
import { Versions } from "./versions.ts";
import { WorkingState } from "./working-state.ts";

/** What is kept for each capsule. */
interface Kept {
  readonly state: WorkingState;
  readonly versions: Versions;
}

/**
 * A store that keeps everything in memory, ledger and old versions too, and is gone with the program. Its commits are
 * atomic because they are synchronous.
 */
export class MemoryStore implements Store {
  tip: Tip = EMPTY_TIP;
  readonly #capsules = new Map<string, CapsuleRecord>();
  readonly #kept = new Map<string, Kept>();
  readonly #mailboxes = new Map<string, Map<number, MailboxRow>>();
  readonly #sources = new Map<string, number>();
  readonly #components = new Map<string, Uint8Array>();
  readonly #images = new Map<string, Uint8Array>();
  readonly #deadLetters = new Set<number>();
  /** Packs of entries, and the index of the first of each. */
  readonly #packs: { readonly first: number; readonly entries: Uint8Array }[] = [];
  readonly #checkpoints: StoredCheckpoint[] = [];
  readonly #blocks: Uint8Array[] = [];

  capsules(): Iterable<CapsuleRecord> {
    return this.#capsules.values();
  }

  capsule(name: string): CapsuleRecord | undefined {
    return this.#capsules.get(name);
  }

  state(capsule: string): StateView {
    return this.#of(capsule).state;
  }

  stateAt(capsule: string, key: string, version: number): Uint8Array | undefined {
    return this.#of(capsule).versions.at(key, version);
  }

  mailbox(name: string): Iterable<MailboxRow> {
    return [...(this.#mailboxes.get(name)?.values() ?? [])];
  }

  source(name: string): number {
    return this.#sources.get(name) ?? 0;
  }

  *entries(from: number): Generator<Uint8Array> {
    const at = this.#packs.findLastIndex(({ first }) => first <= from);
    for (const { first, entries } of this.#packs.slice(Math.max(at, 0))) yield* unpackEntries(entries, first, from);
  }

  component(digest: string): Uint8Array | undefined {
    return this.#components.get(digest);
  }

  components(): Iterable<Uint8Array> {
    return this.#components.values();
  }

  image(capsule: string): Uint8Array | undefined {
    return this.#images.get(capsule);
  }

  deadLetters(): Iterable<number> {
    return [...this.#deadLetters];
  }

  checkpoints(): Iterable<StoredCheckpoint> {
    return [...this.#checkpoints];
  }

  block(index: number): Uint8Array | undefined {
    return this.#blocks[index];
  }

  commit(batch: Batch): void | Promise<void> {
    const { tip } = this;
    if (tip.entries === batch.tip.entries && batch.tip.entries > batch.first) return;
    if (tip.entries !== batch.first) throw otherLedger(tip.entries, batch.first);
    if (batch.entries.length > 0) this.#packs.push({ first: batch.first, entries: batch.entries });
    for (const { capsule, version, writes } of batch.changes) {
      const { state, versions } = this.#of(capsule);
      state.apply(writes);
      state.version = version;
      versions.add(version, writes);
    }
    for (const { mailbox, sequence } of batch.handled) this.#mailboxes.get(mailbox)?.delete(sequence);
    for (const row of batch.arrivals) this.#mailbox(row.mailbox).set(row.sequence, row);
    for (const record of batch.capsules) this.#capsules.set(record.name, record);
    for (const [source, sequence] of batch.sources) this.#sources.set(source, sequence);
    for (const [digest, bytes] of batch.components) this.#components.set(digest, bytes);
    for (const [capsule, bytes] of batch.images) {
      if (bytes === undefined) this.#images.delete(capsule);
      else this.#images.set(capsule, bytes);
    }
    for (const index of batch.deadLetters) this.#deadLetters.add(index);
    for (const index of batch.revived) this.#deadLetters.delete(index);
    for (const checkpoint of batch.checkpoints) {
      this.#checkpoints.push(checkpoint);
      this.#blocks.push(...checkpoint.blocks);
    }
    this.tip = batch.tip;
  }

  close(): void {
    // What is in memory goes with the last who knows the store: another host may be given it.
  }

  #of(capsule: string): Kept {
    let kept = this.#kept.get(capsule);
    if (kept === undefined) this.#kept.set(capsule, (kept = { state: new WorkingState(), versions: new Versions() }));
    return kept;
  }

  #mailbox(name: string): Map<number, MailboxRow> {
    let rows = this.#mailboxes.get(name);
    if (rows === undefined) this.#mailboxes.set(name, (rows = new Map<number, MailboxRow>()));
    return rows;
  }
}

/** A batch that does not follow on what is there: someone else wrote to the store. */
function otherLedger(present: number, expected: number): DoterosError {
  return new DoterosError("store-failed", `the ledger has ${present} entries where ${expected} were expected: something else wrote to this store`, {
    help: "let one host at a time use a store",
  });
}
