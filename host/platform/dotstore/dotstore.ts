import { DoterosError } from "../../contract/error.ts";
import { unpackEntries } from "../../contract/packed-entries.ts";
import type { Batch, CapsuleRecord, MailboxRow, StateView, Store, StoredCheckpoint, Tip } from "../../contract/store.ts";
import { recordOf, storedRecord, storedTip, type StoredTip, type Tables } from "./tables.ts";
import { type VersionedValue, valueIn, versionRow } from "./version-row.ts";

const BLOCK_ENTRIES = 256;

/** A store in the files of a folder, by LMDB: what is committed is on the disk, and is read where the file is mapped into memory. */
export class DotStore implements Store {
  tip: Tip;
  readonly #tables: Tables;
  readonly #versionsMax: number;
  readonly #release: () => void;
  readonly #records = new Map<string, CapsuleRecord>();
  #lastWrite: Promise<boolean> | undefined;

  /**
   * @param versionsMax how many versions of a state are kept before the last one
   * @param release called when the store is closed
   */
  constructor(tables: Tables, tip: Tip, versionsMax: number, release: () => void) {
    this.#tables = tables;
    this.tip = tip;
    this.#versionsMax = versionsMax;
    this.#release = release;
    for (const { value } of tables.capsules.getRange()) this.#records.set(value.name, recordOf(value));
  }

  capsules(): Iterable<CapsuleRecord> {
    return this.#records.values();
  }

  capsule(name: string): CapsuleRecord | undefined {
    return this.#records.get(name);
  }

  state(capsule: string): StateView {
    const records = this.#records;
    const { state } = this.#tables;
    return {
      get version() {
        return records.get(capsule)?.version ?? 0;
      },
      get size() {
        return records.get(capsule)?.size ?? 0;
      },
      get bytes() {
        return records.get(capsule)?.bytes ?? 0;
      },
      get: (key) => state.get([capsule, key]),
      scan: (start, end) => scan(state, capsule, start, end),
    };
  }

  stateAt(capsule: string, key: string, version: number): Uint8Array | undefined {
    const current = this.#records.get(capsule)?.version ?? 0;
    if (version > current) throw notKept(`the state of ${capsule} has no version ${version} yet: it is at ${current}`);
    if (version < current - this.#versionsMax) throw notKept(`version ${version} of the state of ${capsule} is not kept any more: the oldest is ${current - this.#versionsMax}`);
    const range = { start: [capsule, key, version], end: [capsule, key, -1], reverse: true, limit: 1 } as const;
    for (const { value } of this.#tables.versions.getRange(range as never)) return valueIn(value, version);
    return undefined;
  }

  *mailbox(name: string): Generator<MailboxRow> {
    const range = { start: [name, 0], end: [name, Number.MAX_SAFE_INTEGER] } as never;
    for (const { key, value } of this.#tables.mailboxes.getRange(range)) yield { mailbox: name, sequence: key[1], message: value };
  }

  source(name: string): number {
    return this.#tables.sources.get(name) ?? 0;
  }

  *entries(from: number): Generator<Uint8Array> {
    let first = from;
    for (const key of this.#tables.entries.getKeys({ start: from, reverse: true, limit: 1 })) first = key;
    // Copies: what is read lies in a file's memory, which the next commit may use for something else.
    for (const { key, value } of this.#tables.entries.getRange({ start: first })) yield* unpackEntries(new Uint8Array(value), key, from);
  }

  component(digest: string): Uint8Array | undefined {
    return this.#tables.components.get(digest);
  }

  *components(): Generator<Uint8Array> {
    for (const { value } of this.#tables.components.getRange()) yield value;
  }

  image(capsule: string): Uint8Array | undefined {
    return this.#tables.images.get(capsule);
  }

  deadLetters(): Iterable<number> {
    return this.#tables.deadLetters.getKeys();
  }

  *checkpoints(): Generator<Omit<StoredCheckpoint, "blocks">> {
    for (const { key, value } of this.#tables.checkpoints.getRange()) {
      yield { entries: key, note: value.note, key: value.key, subtrees: value.subtrees.map((hash) => new Uint8Array(Buffer.from(hash, "hex"))) };
    }
  }

  block(index: number): Uint8Array | undefined {
    return this.#tables.blocks.get(index);
  }

  async commit(batch: Batch): Promise<void> {
    const stored = this.#tables.meta.get("tip") as StoredTip | undefined;
    const entries = stored?.entries ?? 0;
    if (entries !== batch.first && entries !== batch.tip.entries) {
      throw new DoterosError("store-failed", `the ledger has ${entries} entries where ${batch.first} were expected: something else wrote to this store`, {
        help: "let one host at a time use a store",
      });
    }
    // Everything that is put here is in one transaction of LMDB, which is on the disk when the promise resolves.
    try {
      await this.#tables.root.batch(() => this.#put(batch));
    } catch (error) {
      throw await reasonOf(error);
    }
    for (const record of batch.capsules) this.#records.set(record.name, record);
    this.tip = batch.tip;
  }

  async close(): Promise<void> {
    await this.#tables.root.close();
    this.#release();
  }

  #put(batch: Batch): void {
    const { meta, capsules, mailboxes, entries, sources, components, images, deadLetters } = this.#tables;
    this.#putChanges(batch.changes);
    for (const { mailbox, sequence } of batch.handled) this.#write(mailboxes.remove([mailbox, sequence]));
    for (const { mailbox, sequence, message } of batch.arrivals) this.#write(mailboxes.put([mailbox, sequence], asBuffer(message)));
    if (batch.entries.length > 0) this.#write(entries.put(batch.first, asBuffer(batch.entries)));
    for (const record of batch.capsules) this.#write(capsules.put(record.name, storedRecord(record)));
    for (const [name, sequence] of batch.sources) this.#write(sources.put(name, sequence));
    for (const [digest, bytes] of batch.components) if (!components.doesExist(digest)) this.#write(components.put(digest, asBuffer(bytes)));
    for (const [capsule, bytes] of batch.images) this.#write(bytes === undefined ? images.remove(capsule) : images.put(capsule, asBuffer(bytes)));
    for (const index of batch.deadLetters) this.#write(deadLetters.put(index, true));
    for (const index of batch.revived) this.#write(deadLetters.remove(index));
    for (const checkpoint of batch.checkpoints) this.#putCheckpoint(checkpoint);
    this.#write(meta.put("tip", storedTip(batch.tip)));
  }

  #putCheckpoint({ entries, note, key, subtrees, blocks }: StoredCheckpoint): void {
    const { checkpoints, blocks: table } = this.#tables;
    this.#write(checkpoints.put(entries, { note, key, subtrees: subtrees.map((hash) => Buffer.from(hash).toString("hex")) }));
    const first = Math.floor(entries / BLOCK_ENTRIES) - blocks.length;
    for (const [at, hash] of blocks.entries()) this.#write(table.put(first + at, asBuffer(hash)));
  }

  /** Whether a write succeeds is asked once, for the whole of a batch. */
  #write(done: Promise<boolean>): void {
    // The writes of a batch mostly share a promise.
    if (done === this.#lastWrite) return;
    this.#lastWrite = done;
    done.catch(() => undefined);
  }

  #putChanges(changes: Batch["changes"]): void {
    const { state, versions } = this.#tables;
    for (const [capsule, keys] of byKey(changes)) {
      for (const [key, values] of keys) {
        // Of a key that was written more than once only the last value is state; all of them are versions.
        const { version, value } = values.at(-1) as VersionedValue;
        if (value === undefined) this.#write(state.remove([capsule, key]));
        else this.#write(state.put([capsule, key], asBuffer(value)));
        if (this.#versionsMax === 0) continue;
        this.#write(versions.put([capsule, key, (values[0] as VersionedValue).version], versionRow(values)));
        if (Number.isFinite(this.#versionsMax)) this.#forget(capsule, key, version - this.#versionsMax);
      }
    }
  }

  /** Removes the rows of a key before the one that has the value at `version`. */
  #forget(capsule: string, key: string, version: number): void {
    if (version <= 0) return;
    const range = { start: [capsule, key, version], end: [capsule, key, -1], reverse: true, offset: 1 } as never;
    for (const old of this.#tables.versions.getKeys(range)) this.#write(this.#tables.versions.remove(old));
  }
}

/** The values that each key of each capsule was given, in order. */
function byKey(changes: Batch["changes"]): Map<string, Map<string, VersionedValue[]>> {
  const capsules = new Map<string, Map<string, VersionedValue[]>>();
  for (const { capsule, version, writes } of changes) {
    let keys = capsules.get(capsule);
    if (keys === undefined) capsules.set(capsule, (keys = new Map<string, VersionedValue[]>()));
    for (const [key, value] of writes) {
      const values = keys.get(key);
      if (values === undefined) keys.set(key, [{ version, value }]);
      else values.push({ version, value });
    }
  }
  return capsules;
}

function* scan(state: Tables["state"], capsule: string, start: string, end: string | undefined): Generator<readonly [string, Uint8Array]> {
  const range = { start: [capsule, start], ...(end === undefined ? {} : { end: [capsule, end] }) } as never;
  for (const { key, value } of state.getRange(range)) {
    if (key[0] !== capsule) return;
    yield [key[1], value];
  }
}

/** Why a commit failed: lmdb says so in a promise of its own, which nobody else waits for. */
async function reasonOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { readonly commitError?: Promise<never> };
  if (!(commitError instanceof Promise)) return error;
  return commitError.then(
    () => error,
    (reason: unknown) => reason,
  );
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function notKept(message: string): DoterosError {
  return new DoterosError("not-kept", message, { help: "open the store with versions: \"all\", which keeps every version from then on" });
}
