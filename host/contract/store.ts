/**
 * State as of some moment, answered from memory or a file that is mapped into it. The bytes it returns are the store's own:
 * they are read, or copied, and never written to.
 */
export interface StateView {
  /** How many transitions have changed the state. */
  readonly version: number;
  /** How many keys there are. */
  readonly size: number;
  /** The keys in UTF-8 and the values, in bytes, all added up. */
  readonly bytes: number;

  /** The value of `key`. */
  get(key: string): Uint8Array | undefined;

  /**
   * The entries from `start` on and before `end` (undefined: to the last), ordered by the UTF-8 bytes of their keys. Stop
   * iterating before the next change.
   */
  scan(start: string, end: string | undefined): Iterable<readonly [key: string, value: Uint8Array]>;
}

/** The new value of each key that a transition wrote, undefined for one that it deleted. */
export type Writes = ReadonlyMap<string, Uint8Array | undefined>;

/** What a store knows of a capsule beside its state. */
export interface CapsuleRecord {
  readonly name: string;
  /** The SHA-256 of the component that was loaded last, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** The index of its last transition, 0 before the first. */
  readonly index: number;
  /** Which instance of its component was the last one, counted from 1. */
  readonly instance: number;
  /** The time of its last transition that asked for it, in nanoseconds since 1970: time never goes back. */
  readonly time: bigint;
  /** The version of its state, its keys, and all their bytes and those of their values. */
  readonly version: number;
  readonly size: number;
  readonly bytes: number;
  /** The patterns it listens on, undefined when it was unloaded: then nothing waits for it. */
  readonly listens: readonly string[] | undefined;
}

/** A message that waits in a mailbox. */
export interface MailboxRow {
  readonly mailbox: string;
  /** Orders all messages of a store. */
  readonly sequence: number;
  /** The message, in the ledger's encoding. */
  readonly message: Uint8Array;
}

/** A signed checkpoint, and what the next one goes on with. */
export interface StoredCheckpoint {
  /** How many entries of the ledger it is about. */
  readonly entries: number;
  /** The checkpoint as a C2SP signed note. */
  readonly note: string;
  /** The key that verifies it, as text: `NAME+ID+BASE64`. */
  readonly key: string;
  /** The hashes of the full subtrees of those entries' Merkle tree, from large to small. */
  readonly subtrees: readonly Uint8Array[];
  /** The hashes, in the tree, of the whole blocks of 256 entries that came after the checkpoint before, in order. */
  readonly blocks: readonly Uint8Array[];
}

/** What a group of transitions leaves in the store, all of it or nothing. */
export interface Batch {
  /** How many entries there were before: a store that has more or fewer refuses the batch. */
  readonly first: number;
  /** New entries of the ledger, in order, packed: see `packEntries`. */
  readonly entries: Uint8Array;
  /** Changes of state, in order; those of one capsule come in the order of their versions. */
  readonly changes: readonly { readonly capsule: string; readonly version: number; readonly writes: Writes }[];
  /** Messages that wait from now on. */
  readonly arrivals: readonly MailboxRow[];
  /** Messages that waited, and do no more. */
  readonly handled: readonly { readonly mailbox: string; readonly sequence: number }[];
  /** The new records of those capsules whose records changed. */
  readonly capsules: readonly CapsuleRecord[];
  /** For each source that sent messages, the sequence of the last one. */
  readonly sources: ReadonlyMap<string, number>;
  /** Components that capsules were loaded from, and snapshots that were taken, by their digests. */
  readonly components: ReadonlyMap<string, Uint8Array>;
  /** What of the instances of capsules that are asleep is kept until they wake, by their names; undefined for nothing. */
  readonly images: ReadonlyMap<string, Uint8Array | undefined>;
  /** Indexes of entries that say that a message was given up, to add to those that wait to be looked at. */
  readonly deadLetters: readonly number[];
  /** Of those, the ones that were looked at. */
  readonly revived: readonly number[];
  /** Checkpoints that were made of the ledger. */
  readonly checkpoints: readonly StoredCheckpoint[];
  /** How the ledger goes on after this batch. */
  readonly tip: Tip;
}

/** Where a ledger ends. */
export interface Tip {
  /** How many entries it has. */
  readonly entries: number;
  /** The hash of the last one; 32 zeros when there is none. */
  readonly hash: Uint8Array;
  /** The sequence of the last message, 0 before the first. */
  readonly sequence: number;
}

/** The tip of a ledger that has nothing. */
export const EMPTY_TIP: Tip = { entries: 0, hash: new Uint8Array(32), sequence: 0 };

/**
 * Where transitions are kept: state and its versions, the ledger, what waits in mailboxes. Everything is read at once
 * and committed in batches.
 */
export interface Store {
  readonly tip: Tip;

  /** Every capsule there is a record of. */
  capsules(): Iterable<CapsuleRecord>;

  /** The record of one. */
  capsule(name: string): CapsuleRecord | undefined;

  /** The committed state of a capsule, empty when the store has never heard of it. It moves with each commit. */
  state(capsule: string): StateView;

  /**
   * The value of `key` when the state had that version; undefined when it had none.
   *
   * @throws DoterosError `not-kept` when versions that old are not kept any more
   */
  stateAt(capsule: string, key: string, version: number): Uint8Array | undefined;

  /** What waits in a mailbox, in order. */
  mailbox(name: string): Iterable<MailboxRow>;

  /** The sequence of the last message from a source, 0 when there was none. */
  source(name: string): number;

  /** The entries of the ledger from an index on, in order. */
  entries(from: number): Iterable<Uint8Array>;

  /** The bytes of a component that a capsule was loaded from, or of a snapshot. */
  component(digest: string): Uint8Array | undefined;

  /** All of them. */
  components(): Iterable<Uint8Array>;

  /** What is kept of the instance of a capsule that is asleep. */
  image(capsule: string): Uint8Array | undefined;

  /** The entries of messages that were given up, and not looked at since, by their indexes, in order. */
  deadLetters(): Iterable<number>;

  /** The checkpoints that were made, from the first to the last, without the blocks. */
  checkpoints(): Iterable<Omit<StoredCheckpoint, "blocks">>;

  /** The hash of a whole block of 256 entries, counted from 0; undefined when no checkpoint has reached its end. */
  block(index: number): Uint8Array | undefined;

  /**
   * Keeps a batch, atomically. When it returns, or when the promise it returns resolves, the batch is as durable as the
   * store makes things; when it throws or rejects, nothing of it was kept, or all of it: a store that is given the same
   * batch again once it has it does nothing. One commit at a time.
   */
  commit(batch: Batch): void | Promise<void>;

  /** Lets go of files and connections. */
  close(): void | Promise<void>;
}
