import { DoterosError } from "../../../contract/error.ts";
import { type CapsuleRecord, EMPTY_TIP, type Tip } from "../../../contract/store.ts";
import type { Statements } from "./database.ts";

const FORMAT = "opfs-store 1";

// Names and keys are kept as their UTF-8 bytes, which SQLite compares one by one: that is the order of state.
const TABLES = `
  meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
  capsules (name BLOB PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID
  state (capsule BLOB, key BLOB, value BLOB NOT NULL, PRIMARY KEY (capsule, key)) WITHOUT ROWID
  versions (capsule BLOB, key BLOB, version INTEGER, value BLOB, PRIMARY KEY (capsule, key, version)) WITHOUT ROWID
  entries (first INTEGER PRIMARY KEY, pack BLOB NOT NULL)
  mailboxes (mailbox BLOB, sequence INTEGER, message BLOB NOT NULL, PRIMARY KEY (mailbox, sequence)) WITHOUT ROWID
  sources (name BLOB PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID
  components (digest TEXT PRIMARY KEY, bytes BLOB NOT NULL)
  images (capsule BLOB PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID
  checkpoints (entries INTEGER PRIMARY KEY, note TEXT NOT NULL, key TEXT NOT NULL, subtrees BLOB NOT NULL)
  blocks (number INTEGER PRIMARY KEY, hash BLOB NOT NULL)
  dead_letters (entry INTEGER PRIMARY KEY)`;

/**
 * Makes the tables of a new database, and looks at the format of one that is there.
 *
 * @throws DoterosError `store-version`; what SQLite throws when it is damaged
 */
export function prepareTables(statements: Statements, name: string): void {
  const isNew = statements.value("SELECT count(*) FROM sqlite_schema") === 0;
  if (isNew) {
    statements.run("BEGIN IMMEDIATE");
    for (const table of TABLES.trim().split("\n")) statements.run(`CREATE TABLE ${table.trim()}`);
    statements.run("INSERT INTO meta VALUES ('format', ?1)", FORMAT);
    statements.run("COMMIT");
  }
  const format = statements.value("SELECT value FROM meta WHERE name = 'format'");
  if (format === FORMAT) return;
  throw new DoterosError("store-version", `the store ${name} has the format ${String(format)}, and this doteros-wasm knows ${FORMAT}`, {
    where: name,
    help: "use the version of doteros-wasm that made it, or a newer one; nothing was changed",
  });
}

/** A record as JSON. */
export function recordText(record: CapsuleRecord): string {
  return JSON.stringify({ ...record, time: String(record.time) });
}

/** A record from JSON, which has no undefined: what is missing is that. */
export function recordOf(text: string): CapsuleRecord {
  const stored = JSON.parse(text) as Omit<CapsuleRecord, "time"> & { readonly time: string };
  return { ...stored, listens: stored.listens, time: BigInt(stored.time) };
}

/** A tip as JSON. */
export function tipText({ entries, hash, sequence }: Tip): string {
  return JSON.stringify({ entries, hash: [...hash], sequence });
}

/** A tip from JSON. */
export function tipOf(text: string | undefined): Tip {
  if (text === undefined) return EMPTY_TIP;
  const { entries, hash, sequence } = JSON.parse(text) as { readonly entries: number; readonly hash: readonly number[]; readonly sequence: number };
  return { entries, hash: Uint8Array.from(hash), sequence };
}
