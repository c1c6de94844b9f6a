import type { Database, RootDatabase } from "lmdb";
import type { CapsuleRecord, Tip } from "../../contract/store.ts";

/** The tables of a store. Keys are ordered by their parts; texts by their UTF-8 bytes. */
export interface Tables {
  readonly root: RootDatabase;
  /** The format, and the tip: see {@link StoredTip}. */
  readonly meta: Database<unknown, string>;
  readonly capsules: Database<StoredRecord, string>;
  /** [capsule, key] → value. */
  readonly state: Database<Buffer, [capsule: string, key: string]>;
  /** [capsule, key, version] → the values that the key had from that version on: see version-row.ts. */
  readonly versions: Database<Buffer, [capsule: string, key: string, version: number]>;
  /** The index of the first entry of a group → those of the group, packed. */
  readonly entries: Database<Buffer, number>;
  /** [mailbox, sequence] → message. */
  readonly mailboxes: Database<Buffer, [mailbox: string, sequence: number]>;
  readonly sources: Database<number, string>;
  readonly components: Database<Buffer, string>;
  /** A capsule that is asleep → its instance. */
  readonly images: Database<Buffer, string>;
  readonly checkpoints: Database<StoredNote, number>;
  /** The index of a whole block of entries → its hash. */
  readonly blocks: Database<Buffer, number>;
  /** The indexes of entries that say that a message was given up. */
  readonly deadLetters: Database<boolean, number>;
}

/** A capsule's record as JSON. */
export type StoredRecord = Omit<CapsuleRecord, "time"> & { readonly time: string };

/** A checkpoint as JSON; the key is its number of entries. */
export interface StoredNote {
  readonly note: string;
  readonly key: string;
  readonly subtrees: readonly string[];
}

/** A tip as JSON. */
export interface StoredTip {
  readonly entries: number;
  readonly hash: string;
  readonly sequence: number;
}

/** Opens the tables, making those that are not there. */
export function openTables(root: RootDatabase): Tables {
  const bytes = <V, K extends string | number | (string | number)[]>(name: string): Database<V, K> => root.openDB<V, K>({ name, encoding: "binary" });
  const json = <V, K extends string | number>(name: string): Database<V, K> => root.openDB<V, K>({ name, encoding: "json" });
  return {
    root,
    meta: json("meta"),
    capsules: json("capsules"),
    state: bytes("state"),
    versions: bytes("versions"),
    entries: bytes("entries"),
    mailboxes: bytes("mailboxes"),
    sources: json("sources"),
    components: bytes("components"),
    images: bytes("images"),
    checkpoints: json("checkpoints"),
    blocks: bytes("blocks"),
    deadLetters: json("dead-letters"),
  };
}

/** A record as it is stored. */
export function storedRecord(record: CapsuleRecord): StoredRecord {
  return { ...record, time: String(record.time) };
}

/** A record as it was stored. JSON has no undefined, so what is missing is that. */
export function recordOf(stored: StoredRecord): CapsuleRecord {
  return { ...stored, listens: stored.listens, time: BigInt(stored.time) };
}

/** A tip as it is stored. */
export function storedTip({ entries, hash, sequence }: Tip): StoredTip {
  return { entries, hash: Buffer.from(hash).toString("hex"), sequence };
}

/** A tip as it was stored. */
export function tipOf({ entries, hash, sequence }: StoredTip): Tip {
  return { entries, hash: new Uint8Array(Buffer.from(hash, "hex")), sequence };
}
