import { HASH_BYTES } from "./entry.ts";
import { BLOCK_ENTRIES, ROW_BYTES, viewOf } from "./export-format.ts";
import { Frontier, type Sha256 } from "./merkle.ts";

/** Makes the index of a file, entry by entry. */
export class BlockIndex {
  readonly #sha256: Sha256;
  #bytes = new Uint8Array(64 * ROW_BYTES);
  #rows = 0;
  #block: Frontier;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
    this.#block = new Frontier(sha256);
  }

  /** @param offset where the record of the entry begins, in bytes */
  add(index: number, offset: number, leaf: Uint8Array): void {
    if (this.#rows === 0 || index % BLOCK_ENTRIES === 0) this.#begin(offset);
    this.#block.append(leaf);
    // A block that began in the middle never has all.
    if (this.#block.size === BLOCK_ENTRIES) this.#bytes.set(this.#block.root(), this.#rows * ROW_BYTES - HASH_BYTES);
  }

  /** The rows so far. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#rows * ROW_BYTES);
  }

  #begin(offset: number): void {
    this.#block = new Frontier(this.#sha256);
    this.#rows += 1;
    if (this.#rows * ROW_BYTES > this.#bytes.length) {
      const bytes = new Uint8Array(2 * this.#bytes.length);
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    viewOf(this.#bytes).setBigUint64((this.#rows - 1) * ROW_BYTES, BigInt(offset));
  }
}
