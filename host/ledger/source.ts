/** An entry as a source gives it. */
export interface StoredEntry {
  /** Which one it is; the first of a ledger is 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
  /** Its leaf hash, made of `bytes` just now. */
  readonly leaf: Uint8Array;
}

/** Where a ledger is read from: a file it was exported to, a store. What a source says is not yet verified. */
export interface LedgerSource {
  /** The key of its checkpoints as text, NAME+ID+BASE64; undefined when nothing is signed. */
  readonly key: string | undefined;
  /** The checkpoints as signed notes, from the smallest to the largest. */
  readonly checkpoints: readonly string[];
  /** The index of the first entry that is here; 0 when all are. */
  readonly start: number;
  /** How many entries the ledger has, those before `start` included. */
  readonly size: number;
  /** The hashes of the full subtrees of the entries before `start`, from large to small. */
  readonly before: readonly Uint8Array[];

  /** The components that the entries name. */
  components(): AsyncIterable<Uint8Array>;

  /**
   * The entries from `start` on. One that ends well gave all of them, unharmed as far as the source itself can tell.
   *
   * @throws DoterosError `damaged-ledger` with where; what was given until then was as it was written
   */
  entries(): AsyncIterable<StoredEntry>;

  /**
   * The bytes of one entry, from `start` to before `size`.
   *
   * @throws DoterosError `damaged-ledger`
   */
  entry(index: number): Promise<Uint8Array>;

  /** The hash of a full subtree: level 0 are the leaves. It holds no entry before `start`, or only such. */
  subtree(level: number, index: number): Promise<Uint8Array>;
}
