import type { Platform } from "../contract/platform.ts";

/** SHA-256, as a platform has it. */
export type Sha256 = Platform["sha256"];

const LEAF = 0x00;
const NODE = 0x01;
/** What is kept between calls to put a byte before an entry. */
const SCRATCH_BYTES = 65_536;
const scratch = new Uint8Array(SCRATCH_BYTES);
const pair = new Uint8Array(65);
pair[0] = NODE;

/** The hash of an entry, in the chain and as a leaf of the tree: SHA-256(0x00 || entry), as RFC 9162 has it. */
export function leafHash(sha256: Sha256, entry: Uint8Array): Uint8Array {
  const prefixed = entry.length < SCRATCH_BYTES ? scratch.subarray(0, entry.length + 1) : new Uint8Array(entry.length + 1);
  prefixed[0] = LEAF;
  prefixed.set(entry, 1);
  return sha256(prefixed);
}

/** The hash of two subtrees: SHA-256(0x01 || left || right). */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1);
  pair.set(right, 33);
  return sha256(pair);
}
