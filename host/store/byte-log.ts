/** What is set aside at a time, in bytes. */
const BLOCK_BYTES = 1_048_576;
/** Numbers that say where an item lies: its block, where it begins there, and where it ends. */
const PLACE_NUMBERS = 3;

/**
 * Byte strings one after the other, which are only added. They lie in large blocks, so that a million of them are no
 * million objects for the garbage collector to look at.
 *
 * @example
 * ```ts
 * const log = new ByteLog();
 * log.append(new Uint8Array([1, 2]));
 * log.at(0); // Uint8Array [1, 2]
 * ```
 */
export class ByteLog {
  readonly #blocks: Uint8Array[] = [];
  readonly #places: number[] = [];
  #used = BLOCK_BYTES;

  /** How many there are. */
  get length(): number {
    return this.#places.length / PLACE_NUMBERS;
  }

  /** Adds a copy of the bytes. Answers the index it has. */
  append(bytes: Uint8Array): number {
    const { length } = bytes;
    if (this.#used + length > (this.#blocks.at(-1)?.length ?? 0)) {
      this.#blocks.push(new Uint8Array(Math.max(BLOCK_BYTES, length)));
      this.#used = 0;
    }
    const last = this.#blocks.length - 1;
    const start = this.#used;
    (this.#blocks[last] as Uint8Array).set(bytes, start);
    this.#used = start + length;
    this.#places.push(last, start, this.#used);
    return this.length - 1;
  }

  /** The bytes with that index: a view, which is read and never written to. */
  at(index: number): Uint8Array | undefined {
    const at = index * PLACE_NUMBERS;
    return this.#blocks[this.#places[at] ?? -1]?.subarray(this.#places[at + 1], this.#places[at + 2]);
  }
}
