/** ChaCha's constants, "expand 32-byte k", as little-endian words. */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;
const BLOCK_BYTES = 64;

/** How many bytes seed a generator. */
export const SEED_BYTES = 32;

/**
 * A stream of bytes that only the seed determines: ChaCha20 (RFC 8439) with the seed as its key, a nonce of zeros and the
 * block counter from 0. It is this and no faster generator because a capsule that shows some of its random bytes must not
 * show by them which ones come next.
 */
export class SeededRandom {
  readonly #state = new Uint32Array(16);
  readonly #block = new Uint8Array(BLOCK_BYTES);
  readonly #view = new DataView(this.#block.buffer);
  /** How many bytes of the block are used. */
  #used = BLOCK_BYTES;

  /** @param seed {@link SEED_BYTES} bytes */
  constructor(seed: Uint8Array) {
    const view = new DataView(seed.buffer, seed.byteOffset, SEED_BYTES);
    this.#state.set(CONSTANTS);
    for (let word = 0; word < 8; word += 1) this.#state[4 + word] = view.getUint32(word * 4, true);
  }

  /** The next `length` bytes. */
  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#used === BLOCK_BYTES) this.#refill();
      const part = this.#block.subarray(this.#used, Math.min(BLOCK_BYTES, this.#used + length - filled));
      out.set(part, filled);
      filled += part.length;
      this.#used += part.length;
    }
    return out;
  }

  #refill(): void {
    const state = this.#state;
    const words = state.slice();
    for (let round = 0; round < 10; round += 1) {
      for (let column = 0; column < 4; column += 1) quarter(words, column, 4 + column, 8 + column, 12 + column);
      for (let row = 0; row < 4; row += 1) quarter(words, row, 4 + ((row + 1) & 3), 8 + ((row + 2) & 3), 12 + ((row + 3) & 3));
    }
    const view = this.#view;
    for (let at = 0; at < words.length; at += 1) view.setUint32(at * 4, (words[at] as number) + (state[at] as number), true);
    state[12] = (state[12] as number) + 1;
    this.#used = 0;
  }
}

/** One quarter round over four words. */
function quarter(words: Uint32Array, a: number, b: number, c: number, d: number): void {
  mix(words, a, b, d, 16);
  mix(words, c, d, b, 12);
  mix(words, a, b, d, 8);
  mix(words, c, d, b, 7);
}

/** Adds `from` to `to`, and turns what that leaves different in `turned` by some bits. */
function mix(words: Uint32Array, to: number, from: number, turned: number, bits: number): void {
  const sum = ((words[to] as number) + (words[from] as number)) | 0;
  const difference = (words[turned] as number) ^ sum;
  words[to] = sum;
  words[turned] = (difference << bits) | (difference >>> (32 - bits));
}
