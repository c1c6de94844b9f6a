import { DoterosError } from "../contract/error.ts";
import type { Store } from "../contract/store.ts";
import { leafHash, type Sha256 } from "./merkle.ts";
import { sameBytes } from "./same-bytes.ts";
import type { LedgerSource, StoredEntry } from "./source.ts";
import { Subtrees } from "./subtrees.ts";

/** Entries of a block whose hash a store keeps. */
const BLOCK_ENTRIES = 256;

/** The ledger of a store, to verify, prove, show, replay and export. */
export class StoreSource implements LedgerSource {
  readonly key: string | undefined;
  readonly checkpoints: readonly string[];
  readonly start = 0;
  readonly size: number;
  readonly before: readonly Uint8Array[] = [];
  readonly #store: Store;
  readonly #sha256: Sha256;
  readonly #subtrees: Subtrees;

  constructor(store: Store, sha256: Sha256) {
    const checkpoints = [...store.checkpoints()];
    this.key = checkpoints.at(-1)?.key;
    this.checkpoints = checkpoints.map(({ note }) => note);
    this.size = store.tip.entries;
    this.#store = store;
    this.#sha256 = sha256;
    this.#subtrees = new Subtrees({
      sha256,
      start: 0,
      before: [],
      block: (index) => store.block(index),
      leaves: (block) => Promise.resolve(this.#leaves(block)),
    });
  }

  async *components(): AsyncGenerator<Uint8Array> {
    yield* this.#store.components();
  }

  async *entries(): AsyncGenerator<StoredEntry> {
    yield* this.#from(0);
  }

  entry(index: number): Promise<Uint8Array> {
    for (const { bytes } of this.#from(index)) return Promise.resolve(bytes);
    throw new RangeError(`the entry ${index} is not here`);
  }

  subtree(level: number, index: number): Promise<Uint8Array> {
    return this.#subtrees.hash(level, index);
  }

  *#from(first: number): Generator<StoredEntry> {
    let index = first;
    let leaf: Uint8Array | undefined;
    for (const bytes of this.#store.entries(first)) {
      if (index === this.size) return;
      leaf = leafHash(this.#sha256, bytes);
      yield { index, bytes, leaf };
      index += 1;
    }
    // Nothing follows the last entry whose hash would tell that it was changed: the store remembers it.
    if (index === this.size && leaf !== undefined && !sameBytes(leaf, this.#store.tip.hash)) {
      throw new DoterosError("damaged-ledger", `entry ${index - 1} is not the one that was written last`, { where: `entry ${index - 1}` });
    }
  }

  #leaves(block: number): Uint8Array[] {
    const leaves: Uint8Array[] = [];
    for (const { leaf } of this.#from(block * BLOCK_ENTRIES)) {
      leaves.push(leaf);
      if (leaves.length === BLOCK_ENTRIES) break;
    }
    return leaves;
  }
}
