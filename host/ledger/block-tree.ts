import { bitsSet, Frontier, rootOf, type Sha256 } from "./merkle.ts";

/** Entries of a block: the hash of each whole one is kept, so that a proof reads two blocks and not the whole ledger. */
const TREE_BLOCK_ENTRIES = 256;

/** The tree of a ledger that entries are appended to, with the hashes of the blocks that became whole. */
export class BlockTree {
  readonly #sha256: Sha256;
  /** The tree over the blocks that are whole. */
  readonly #blocks: Frontier;
  /** The tree over the entries after them. */
  #rest: Frontier;
  /** The hashes of the blocks that became whole since the tree was made, in order. */
  readonly whole: Uint8Array[] = [];

  /**
   * @param size how many entries there are
   * @param subtrees the hashes of the full subtrees over them, from large to small
   */
  constructor(sha256: Sha256, size = 0, subtrees: readonly Uint8Array[] = []) {
    const blocks = Math.floor(size / TREE_BLOCK_ENTRIES);
    const split = bitsSet(blocks);
    this.#sha256 = sha256;
    this.#blocks = new Frontier(sha256, blocks, subtrees.slice(0, split));
    this.#rest = new Frontier(sha256, size % TREE_BLOCK_ENTRIES, subtrees.slice(split));
  }

  get size(): number {
    return this.#blocks.size * TREE_BLOCK_ENTRIES + this.#rest.size;
  }

  /** The hashes of the full subtrees, from large to small. */
  get subtrees(): readonly Uint8Array[] {
    return [...this.#blocks.subtrees, ...this.#rest.subtrees];
  }

  append(leaf: Uint8Array): void {
    this.#rest.append(leaf);
    if (this.#rest.size < TREE_BLOCK_ENTRIES) return;
    const block = this.#rest.root();
    this.whole.push(block);
    this.#blocks.append(block);
    this.#rest = new Frontier(this.#sha256);
  }

  root(): Uint8Array {
    return rootOf(this.#sha256, this.subtrees);
  }
}
