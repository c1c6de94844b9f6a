/** What one transition leaves in the store, all of it or nothing. */
export interface Batch {
  /** The name of the capsule. */
  readonly capsule: string;
  /** Which transition of the capsule this is; the first is 1. Batches of one capsule come in the order of their index. */
  readonly index: number;
  /** The new value of each key that was written, undefined for one that was deleted. The bytes are the store's to keep. */
  readonly writes: ReadonlyMap<string, Uint8Array | undefined>;
}

/**
 * The committed state of one capsule, answered from memory. The bytes it returns are the store's own: they are read, or
 * copied, and never written to.
 */
export interface StateView {
  /** How many batches have changed the state. */
  readonly version: number;
  /** The index of the last batch, 0 before the first. */
  readonly index: number;
  /** How many keys there are. */
  readonly size: number;
  /** The keys in UTF-8 and the values, in bytes, all added up. */
  readonly bytes: number;

  /** The value of `key`. */
  get(key: string): Uint8Array | undefined;

  /**
   * The entries from `start` on and before `end` (undefined: to the last), ordered by the UTF-8 bytes of their keys. Stop
   * iterating before the next commit.
   */
  scan(start: string, end: string | undefined): Iterable<readonly [key: string, value: Uint8Array]>;
}

/** Where state lives. */
export interface Store {
  /** The state of the capsule with that name: empty when the store has never heard of it. It moves with each commit. */
  open(capsule: string): StateView;

  /**
   * Keeps a batch, atomically. When it returns, or when the promise it returns resolves, the batch is as durable as the
   * store makes things; when it throws or rejects, nothing of it was kept. `batch` is not used after that.
   */
  commit(batch: Batch): void | Promise<void>;

  /** Lets go of files and connections. */
  close(): void | Promise<void>;
}
