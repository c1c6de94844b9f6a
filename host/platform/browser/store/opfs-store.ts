import { DoterosError } from "../../../contract/error.ts";
import { unpackEntries } from "../../../contract/packed-entries.ts";
import type { Batch, CapsuleRecord, MailboxRow, StateView, Store, StoredCheckpoint, Tip } from "../../../contract/store.ts";
import { type Statements, takeFileError, type Value } from "./database.ts";
import { commitFailure, readFailure } from "./failure.ts";
import { recordOf, recordText, tipOf, tipText } from "./schema.ts";

const BLOCK_ENTRIES = 256;
const HASH_BYTES = 32;
/** Rows that are read at a time: nothing of SQLite stays open while somebody looks at them. */
const PAGE_ROWS = 256;

const encoder = new TextEncoder();
const utf8 = (text: string): Uint8Array => encoder.encode(text);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A store in files of the browser's own, by SQLite: what is committed is flushed to them, and is read at once. */
export class OpfsStore implements Store {
  tip: Tip;
  readonly #name: string;
  readonly #statements: Statements;
  readonly #versionsMax: number;
  readonly #release: () => void;
  readonly #records = new Map<string, CapsuleRecord>();
  #isClosed = false;

  /**
   * @param versionsMax how many versions of a state are kept before the last one
   * @param release called when the store is closed
   */
  constructor(name: string, statements: Statements, versionsMax: number, release: () => void) {
    this.#name = name;
    this.#statements = statements;
    this.#versionsMax = versionsMax;
    this.#release = release;
    this.tip = tipOf(this.#value("SELECT value FROM meta WHERE name = 'tip'") as string | undefined);
    for (const [record] of this.#rows("SELECT record FROM capsules")) {
      const known = recordOf(record as string);
      this.#records.set(known.name, known);
    }
  }

  capsules(): Iterable<CapsuleRecord> {
    return this.#records.values();
  }

  capsule(name: string): CapsuleRecord | undefined {
    return this.#records.get(name);
  }

  state(capsule: string): StateView {
    const records = this.#records;
    const owner = utf8(capsule);
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
      get: (key) => this.#value("SELECT value FROM state WHERE capsule = ?1 AND key = ?2", owner, utf8(key)) as Uint8Array | undefined,
      scan: (start, end) => this.#scan(owner, utf8(start), end === undefined ? undefined : utf8(end)),
    };
  }

  stateAt(capsule: string, key: string, version: number): Uint8Array | undefined {
    const current = this.#records.get(capsule)?.version ?? 0;
    if (version > current) throw notKept(`the state of ${capsule} has no version ${version} yet: it is at ${current}`);
    if (version < current - this.#versionsMax) throw notKept(`version ${version} of the state of ${capsule} is not kept any more: the oldest is ${current - this.#versionsMax}`);
    const sql = "SELECT value FROM versions WHERE capsule = ?1 AND key = ?2 AND version <= ?3 ORDER BY version DESC LIMIT 1";
    return (this.#value(sql, utf8(capsule), utf8(key), version) ?? undefined) as Uint8Array | undefined;
  }

  mailbox(name: string): Iterable<MailboxRow> {
    const rows = this.#rows("SELECT sequence, message FROM mailboxes WHERE mailbox = ?1 ORDER BY sequence", utf8(name));
    return rows.map(([sequence, message]) => ({ mailbox: name, sequence: sequence as number, message: message as Uint8Array }));
  }

  source(name: string): number {
    return (this.#value("SELECT sequence FROM sources WHERE name = ?1", utf8(name)) ?? 0) as number;
  }

  *entries(from: number): Generator<Uint8Array> {
    let at = (this.#value("SELECT max(first) FROM entries WHERE first <= ?1", from) ?? from) as number;
    for (;;) {
      const [row] = this.#rows("SELECT first, pack FROM entries WHERE first >= ?1 ORDER BY first LIMIT 1", at);
      if (row === undefined) return;
      const [first, pack] = row as [number, Uint8Array];
      yield* unpackEntries(pack, first, from);
      at = first + 1;
    }
  }

  component(digest: string): Uint8Array | undefined {
    return this.#value("SELECT bytes FROM components WHERE digest = ?1", digest) as Uint8Array | undefined;
  }

  *components(): Generator<Uint8Array> {
    for (const [digest] of this.#rows("SELECT digest FROM components ORDER BY digest")) yield this.component(digest as string) as Uint8Array;
  }

  image(capsule: string): Uint8Array | undefined {
    return this.#value("SELECT bytes FROM images WHERE capsule = ?1", utf8(capsule)) as Uint8Array | undefined;
  }

  deadLetters(): Iterable<number> {
    return this.#rows("SELECT entry FROM dead_letters ORDER BY entry").map(([entry]) => entry as number);
  }

  checkpoints(): Iterable<Omit<StoredCheckpoint, "blocks">> {
    return this.#rows("SELECT entries, note, key, subtrees FROM checkpoints ORDER BY entries").map((row) => {
      const [entries, note, key, hashes] = row as [number, string, string, Uint8Array];
      const subtrees = Array.from({ length: hashes.length / HASH_BYTES }, (_, at) => hashes.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES));
      return { entries, note, key, subtrees };
    });
  }

  block(index: number): Uint8Array | undefined {
    return this.#value("SELECT hash FROM blocks WHERE number = ?1", index) as Uint8Array | undefined;
  }

  commit(batch: Batch): void | Promise<void> {
    const { entries } = this.tip;
    if (entries === batch.tip.entries && entries > batch.first) return;
    if (entries !== batch.first) throw otherLedger(entries, batch.first);
    const statements = this.#open();
    takeFileError();
    try {
      statements.run("BEGIN IMMEDIATE");
      this.#put(statements, batch);
      statements.run("COMMIT");
    } catch (error) {
      return this.#refuse(error);
    }
    for (const record of batch.capsules) this.#records.set(record.name, record);
    this.tip = batch.tip;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#statements.close();
    this.#release();
  }

  async #refuse(error: unknown): Promise<never> {
    const cause = takeFileError();
    try {
      this.#statements.run("ROLLBACK");
    } catch {
      // SQLite has taken it back already.
    }
    throw await commitFailure(error, this.#name, cause);
  }

  #put(statements: Statements, batch: Batch): void {
    this.#putChanges(statements, batch.changes);
    for (const { mailbox, sequence } of batch.handled) statements.run("DELETE FROM mailboxes WHERE mailbox = ?1 AND sequence = ?2", utf8(mailbox), sequence);
    for (const { mailbox, sequence, message } of batch.arrivals) statements.run("INSERT OR REPLACE INTO mailboxes VALUES (?1, ?2, ?3)", utf8(mailbox), sequence, message);
    if (batch.entries.length > 0) statements.run("INSERT INTO entries VALUES (?1, ?2)", batch.first, batch.entries);
    for (const record of batch.capsules) statements.run("INSERT OR REPLACE INTO capsules VALUES (?1, ?2)", utf8(record.name), recordText(record));
    for (const [name, sequence] of batch.sources) statements.run("INSERT OR REPLACE INTO sources VALUES (?1, ?2)", utf8(name), sequence);
    for (const [digest, bytes] of batch.components) statements.run("INSERT OR IGNORE INTO components VALUES (?1, ?2)", digest, bytes);
    for (const [capsule, bytes] of batch.images) {
      if (bytes === undefined) statements.run("DELETE FROM images WHERE capsule = ?1", utf8(capsule));
      else statements.run("INSERT OR REPLACE INTO images VALUES (?1, ?2)", utf8(capsule), bytes);
    }
    for (const index of batch.deadLetters) statements.run("INSERT OR IGNORE INTO dead_letters VALUES (?1)", index);
    for (const index of batch.revived) statements.run("DELETE FROM dead_letters WHERE entry = ?1", index);
    for (const checkpoint of batch.checkpoints) putCheckpoint(statements, checkpoint);
    statements.run("INSERT OR REPLACE INTO meta VALUES ('tip', ?1)", tipText(batch.tip));
  }

  #putChanges(statements: Statements, changes: Batch["changes"]): void {
    // Of a key that was written more than once only the last value is state; all of them are versions.
    const latest = new Map<string, Map<string, Uint8Array | undefined>>();
    for (const { capsule, version, writes } of changes) {
      let keys = latest.get(capsule);
      if (keys === undefined) latest.set(capsule, (keys = new Map<string, Uint8Array | undefined>()));
      const owner = utf8(capsule);
      for (const [key, value] of writes) {
        keys.set(key, value);
        if (this.#versionsMax > 0) statements.run("INSERT OR REPLACE INTO versions VALUES (?1, ?2, ?3, ?4)", owner, utf8(key), version, value ?? null);
        if (Number.isFinite(this.#versionsMax)) statements.run(FORGET, owner, utf8(key), version - this.#versionsMax);
      }
    }
    for (const [capsule, keys] of latest) {
      const owner = utf8(capsule);
      for (const [key, value] of keys) {
        if (value === undefined) statements.run("DELETE FROM state WHERE capsule = ?1 AND key = ?2", owner, utf8(key));
        else statements.run("INSERT OR REPLACE INTO state VALUES (?1, ?2, ?3)", owner, utf8(key), value);
      }
    }
  }

  *#scan(owner: Uint8Array, start: Uint8Array, end: Uint8Array | undefined): Generator<readonly [string, Uint8Array]> {
    let [from, isAfter] = [start, false];
    for (;;) {
      const sql = `SELECT key, value FROM state WHERE capsule = ?1 AND key ${isAfter ? ">" : ">="} ?2${end === undefined ? "" : " AND key < ?3"} ORDER BY key LIMIT ${PAGE_ROWS}`;
      const rows = (end === undefined ? this.#rows(sql, owner, from) : this.#rows(sql, owner, from, end)) as [Uint8Array, Uint8Array][];
      for (const [key, value] of rows) yield [decoder.decode(key), value];
      if (rows.length < PAGE_ROWS) return;
      [from, isAfter] = [rows[PAGE_ROWS - 1]?.[0] as Uint8Array, true];
    }
  }

  #value(sql: string, ...values: readonly Value[]): Value | undefined {
    try {
      return this.#open().value(sql, ...values);
    } catch (error) {
      throw readFailure(error, this.#name);
    }
  }

  #rows(sql: string, ...values: readonly Value[]): Value[][] {
    try {
      return this.#open().rows(sql, ...values);
    } catch (error) {
      throw readFailure(error, this.#name);
    }
  }

  #open(): Statements {
    if (!this.#isClosed) return this.#statements;
    throw new DoterosError("closed", `the store ${this.#name} is closed`, { help: "open it again with openBrowserStore()" });
  }
}

/** Removes the values of a key before the one that it had at a version. */
const FORGET = `DELETE FROM versions WHERE capsule = ?1 AND key = ?2 AND version <
  (SELECT max(version) FROM versions WHERE capsule = ?1 AND key = ?2 AND version <= ?3)`;

function putCheckpoint(statements: Statements, { entries, note, key, subtrees, blocks }: StoredCheckpoint): void {
  const hashes = new Uint8Array(subtrees.length * HASH_BYTES);
  for (const [at, hash] of subtrees.entries()) hashes.set(hash, at * HASH_BYTES);
  statements.run("INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2, ?3, ?4)", entries, note, key, hashes);
  const first = Math.floor(entries / BLOCK_ENTRIES) - blocks.length;
  for (const [at, hash] of blocks.entries()) statements.run("INSERT OR REPLACE INTO blocks VALUES (?1, ?2)", first + at, hash);
}

function otherLedger(present: number, expected: number): DoterosError {
  return new DoterosError("store-failed", `the ledger has ${present} entries where ${expected} were expected: something else wrote to this store`, {
    help: "let one host at a time use a store",
  });
}

function notKept(message: string): DoterosError {
  return new DoterosError("not-kept", message, { help: "open the store with versions: \"all\", which keeps every version from then on" });
}
