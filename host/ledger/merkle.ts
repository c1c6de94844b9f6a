import type { Platform } from "../contract/platform.ts";
import { HASH_BYTES } from "./entry.ts";

// The Merkle trees of RFC 9162. A tree of `size` leaves is full subtrees side by side, from large to small, one for each bit
// that is set in `size`; a full subtree has a level (2^level leaves) and an index among those of its level.

/** SHA-256, as a platform has it. */
export type Sha256 = Platform["sha256"];

const LEAF = 0x00;
const NODE = 0x01;
/** What is kept between calls to put a byte before an entry. */
const SCRATCH_BYTES = 65_536;
const scratch = new Uint8Array(SCRATCH_BYTES);
const pair = new Uint8Array(1 + 2 * HASH_BYTES);
pair[0] = NODE;

/** The hash of an entry, in the chain and as a leaf of the tree: SHA-256(0x00 || entry). */
export function leafHash(sha256: Sha256, entry: Uint8Array): Uint8Array {
  const prefixed = entry.length < SCRATCH_BYTES ? scratch.subarray(0, entry.length + 1) : new Uint8Array(entry.length + 1);
  prefixed[0] = LEAF;
  prefixed.set(entry, 1);
  return sha256(prefixed);
}

/** The leaf hash of an entry that lies in a pack, where the byte before it is that zero. */
export function packedLeafHash(sha256: Sha256, entry: Uint8Array): Uint8Array {
  return sha256(new Uint8Array(entry.buffer, entry.byteOffset - 1, entry.length + 1));
}

/** The hash of two subtrees side by side: SHA-256(0x01 || left || right). */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

/** The hash of full subtrees side by side, from large to small, as one tree; of none the hash of nothing. */
export function rootOf(sha256: Sha256, subtrees: readonly Uint8Array[]): Uint8Array {
  let root = subtrees.at(-1);
  if (root === undefined) return sha256(new Uint8Array());
  for (let at = subtrees.length - 2; at >= 0; at -= 1) root = nodeHash(sha256, subtrees[at] as Uint8Array, root);
  return root;
}

/**
 * A tree that leaves are appended to. It keeps no more than the hashes of its full subtrees, at most 53.
 *
 * @example
 * ```ts
 * const sha256 = (bytes: Uint8Array) => new Uint8Array(32).fill(bytes.length);
 * const tree = new Frontier(sha256);
 * tree.append(leafHash(sha256, new Uint8Array([1])));
 * tree.append(leafHash(sha256, new Uint8Array([2])));
 * tree.size; // 2
 * tree.root()[0]; // 65
 * ```
 */
export class Frontier {
  readonly #sha256: Sha256;
  readonly #subtrees: Uint8Array[];
  #size: number;

  /**
   * @param size of the tree to go on with
   * @param subtrees its full subtrees' hashes, from large to small: as many as `size` has bits that are set
   */
  constructor(sha256: Sha256, size = 0, subtrees: readonly Uint8Array[] = []) {
    if (!Number.isSafeInteger(size) || subtrees.length !== bitsSet(size)) throw new RangeError(`${subtrees.length} subtrees make no tree of ${size} leaves`);
    this.#sha256 = sha256;
    this.#size = size;
    this.#subtrees = [...subtrees];
  }

  /** How many leaves there are. */
  get size(): number {
    return this.#size;
  }

  /** The hashes of the full subtrees, from large to small. */
  get subtrees(): readonly Uint8Array[] {
    return this.#subtrees;
  }

  append(leaf: Uint8Array): void {
    let hash = leaf;
    for (let size = this.#size; size % 2 === 1; size = Math.floor(size / 2)) {
      hash = nodeHash(this.#sha256, this.#subtrees.pop() as Uint8Array, hash);
    }
    this.#subtrees.push(hash);
    this.#size += 1;
  }

  root(): Uint8Array {
    return rootOf(this.#sha256, this.#subtrees);
  }
}

/** How many bits of a safe integer are set: how many full subtrees a tree of that size has. */
export function bitsSet(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}

/** The largest power of two that is less than `size`, which is 2 at least: where RFC 9162 splits a tree. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
