import { nodeHash, rootOf, type Sha256, splitOf } from "./merkle.ts";

/**
 * Where the hashes of full subtrees come from.
 *
 * @param level it has 2^level leaves; at level 0 it is a leaf
 * @param index which one of that level it is; the first is 0
 */
export type SubtreeSource = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

/**
 * The proof that a leaf is in a tree (RFC 9162, 2.1.3.1): the hashes to put beside it, one level after the other.
 *
 * @param index of the leaf
 * @param size of the tree, more than `index`
 */
export async function inclusionProof(sha256: Sha256, subtree: SubtreeSource, index: number, size: number): Promise<Uint8Array[]> {
  const path: Uint8Array[] = [];
  // The part of the tree that the leaf is in becomes smaller, so that the path is found from its end.
  for (let [start, end] = [0, size]; end - start > 1; ) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      path.push(await rangeHash(sha256, subtree, middle, end));
      end = middle;
    } else {
      path.push(await rangeHash(sha256, subtree, start, middle));
      start = middle;
    }
  }
  return path.reverse();
}

/**
 * The proof that a tree begins with the leaves of an earlier one (RFC 9162, 2.1.4.1).
 *
 * @param from the size of the earlier tree, at least 1
 * @param to the size of the tree, at least `from`
 */
export async function consistencyProof(sha256: Sha256, subtree: SubtreeSource, from: number, to: number): Promise<Uint8Array[]> {
  const path: Uint8Array[] = [];
  let [start, end] = [0, to];
  while (end > from) {
    const middle = start + splitOf(end - start);
    if (from <= middle) {
      path.push(await rangeHash(sha256, subtree, middle, end));
      end = middle;
    } else {
      path.push(await rangeHash(sha256, subtree, start, middle));
      start = middle;
    }
  }
  // When what is left is the whole earlier tree, whoever verifies has its hash already.
  if (start > 0) path.push(await rangeHash(sha256, subtree, start, end));
  return path.reverse();
}

/** The hash of the leaves from `start` to before `end` as a tree of its own; `start` is where RFC 9162 has a subtree begin. */
export async function rangeHash(sha256: Sha256, subtree: SubtreeSource, start: number, end: number): Promise<Uint8Array> {
  return rootOf(sha256, await fullSubtrees(subtree, start, end));
}

/** The hashes of the full subtrees that the leaves from `start` to before `end` fall into, from large to small. */
export async function fullSubtrees(subtree: SubtreeSource, start: number, end: number): Promise<Uint8Array[]> {
  const subtrees: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    let level = 0;
    while (2 ** (level + 1) <= end - at) level += 1;
    subtrees.push(await subtree(level, at / 2 ** level));
    at += 2 ** level;
  }
  return subtrees;
}

/**
 * The root that a leaf and the proof of its inclusion make; undefined when the proof has another length than such a tree's.
 *
 * @param leaf the leaf's hash
 */
export function rootFromInclusion(sha256: Sha256, leaf: Uint8Array, index: number, size: number, path: readonly Uint8Array[]): Uint8Array | undefined {
  if (!(index >= 0 && index < size)) return undefined;
  let [hash, at, last] = [leaf, index, size - 1];
  for (const other of path) {
    // A leaf alone at the end of a level moves up until it has a neighbour.
    while (at === last && at % 2 === 0) {
      if (last === 0) return undefined;
      [at, last] = [at / 2, Math.floor(last / 2)];
    }
    hash = at % 2 === 1 ? nodeHash(sha256, other, hash) : nodeHash(sha256, hash, other);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  while (at === last && at % 2 === 0 && last > 0) [at, last] = [at / 2, Math.floor(last / 2)];
  return last === 0 ? hash : undefined;
}

/**
 * Both roots that a proof of consistency makes, to be compared with those that are known; undefined when the proof has
 * another length than that of such trees. Of trees of the same size, and of an empty earlier one, there is nothing to prove.
 *
 * @param fromRoot the root of the earlier tree, for when the proof leaves it out
 */
export function rootsFromConsistency(
  sha256: Sha256,
  from: number,
  to: number,
  path: readonly Uint8Array[],
  fromRoot: Uint8Array,
): { readonly from: Uint8Array; readonly to: Uint8Array } | undefined {
  if (!(from >= 1 && from < to)) return undefined;
  let [at, last] = [from - 1, to - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  // The earlier tree is one full subtree when nothing of it is left of `at`.
  const rest = at === 0 ? path : path.slice(1);
  const first = at === 0 ? fromRoot : path[0];
  if (first === undefined) return undefined;
  let [older, newer] = [first, first];
  for (const other of rest) {
    while (at === last && at % 2 === 0) {
      if (last === 0) return undefined;
      [at, last] = [at / 2, Math.floor(last / 2)];
    }
    if (at % 2 === 1) {
      older = nodeHash(sha256, other, older);
      newer = nodeHash(sha256, other, newer);
    } else {
      newer = nodeHash(sha256, newer, other);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? { from: older, to: newer } : undefined;
}
