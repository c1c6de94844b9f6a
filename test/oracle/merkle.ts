import { createHash } from "node:crypto";

// RFC 9162, section 2.1, word for word: slow, recursive, over lists of entries.

const hash = (...parts: Uint8Array[]): Buffer => {
  const running = createHash("sha256");
  for (const part of parts) running.update(part);
  return running.digest();
};

/** The largest power of two smaller than n. */
function k(n: number): number {
  return 2 ** Math.floor(Math.log2(n - 1));
}

/** MTH(D_n). */
export function mth(entries: readonly Uint8Array[]): Buffer {
  if (entries.length === 0) return hash();
  if (entries.length === 1) return hash(Uint8Array.of(0), entries[0] as Uint8Array);
  const split = k(entries.length);
  return hash(Uint8Array.of(1), mth(entries.slice(0, split)), mth(entries.slice(split)));
}

/** PATH(m, D_n). */
export function path(m: number, entries: readonly Uint8Array[], tree = mth): Buffer[] {
  if (entries.length === 1) return [];
  const split = k(entries.length);
  return m < split
    ? [...path(m, entries.slice(0, split), tree), tree(entries.slice(split))]
    : [...path(m - split, entries.slice(split), tree), tree(entries.slice(0, split))];
}

/** PROOF(m, D_n). */
export function proof(m: number, entries: readonly Uint8Array[], tree = mth): Buffer[] {
  return subproof(m, entries, true, tree);
}

function subproof(m: number, entries: readonly Uint8Array[], whole: boolean, tree: typeof mth): Buffer[] {
  if (m === entries.length) return whole ? [] : [tree(entries)];
  const split = k(entries.length);
  return m <= split
    ? [...subproof(m, entries.slice(0, split), whole, tree), tree(entries.slice(split))]
    : [...subproof(m - split, entries.slice(split), false, tree), tree(entries.slice(0, split))];
}
