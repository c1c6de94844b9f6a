import { DoterosError } from "./error.ts";

// Entries of a ledger one after the other, as they are committed: each after its length, in 4 bytes, little-endian, and a
// zero. RFC 9162 has a zero before what it hashes as a leaf: there it stands, and no entry is copied to be hashed.

/** What stands before each entry, in bytes. */
export const PACK_HEAD_BYTES = 5;
const LENGTH_BYTES = 4;
const BYTE_BITS = 8;

/**
 * Packs entries.
 *
 * @example
 * ```ts
 * packEntries([new Uint8Array([7, 8])]); // Uint8Array [2, 0, 0, 0, 0, 7, 8]
 * ```
 */
export function packEntries(entries: readonly Uint8Array[]): Uint8Array {
  const pack = new Uint8Array(entries.reduce((sum, { length }) => sum + PACK_HEAD_BYTES + length, 0));
  let at = 0;
  for (const entry of entries) {
    writePackHead(pack, at, entry.length);
    pack.set(entry, at + PACK_HEAD_BYTES);
    at += PACK_HEAD_BYTES + entry.length;
  }
  return pack;
}

/** Writes what stands before an entry of `length` bytes. */
export function writePackHead(pack: Uint8Array, at: number, length: number): void {
  for (let byte = 0; byte < LENGTH_BYTES; byte += 1) pack[at + byte] = length >>> (byte * BYTE_BITS);
  pack[at + LENGTH_BYTES] = 0;
}

/**
 * The entries of a pack, in order, as views of it.
 *
 * @param first the index of the first
 * @param from the index of the first that is wanted
 * @throws DoterosError `store-damaged` when one is cut short
 */
export function* unpackEntries(pack: Uint8Array, first: number, from: number = first): Generator<Uint8Array> {
  let index = first;
  for (let at = 0; at < pack.length; index += 1) {
    const begin = at + PACK_HEAD_BYTES;
    at = begin + lengthAt(pack, at);
    if (!(at <= pack.length) || pack[begin - 1] !== 0) throw damaged(index);
    if (index >= from) yield pack.subarray(begin, at);
  }
}

/** NaN when the pack ends before it. */
function lengthAt(pack: Uint8Array, at: number): number {
  let length = 0;
  for (let byte = LENGTH_BYTES - 1; byte >= 0; byte -= 1) length = length * 256 + (pack[at + byte] ?? Number.NaN);
  return length;
}

function damaged(index: number): DoterosError {
  return new DoterosError("store-damaged", `entry ${index} of the ledger is cut short in the store`, {
    where: `entry ${index}`,
    help: "nothing was changed; put back a copy of the folder, or import an export of the ledger into a new one",
  });
}
