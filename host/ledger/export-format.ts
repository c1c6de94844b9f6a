import { DoterosError } from "../contract/error.ts";
import { COMPONENT_BYTES_MAX, LEDGER_ENTRY_BYTES_MAX, NOTE_LENGTH_MAX } from "../contract/limits.ts";
import { HASH_BYTES } from "./entry.ts";
import { bitsSet, type Sha256 } from "./merkle.ts";

// A ledger in one file:
//
//     magic      "doteros-ledger 1\n"
//     records    key?, checkpoint…, component…, range, entry…, index
//     the end    "Z", where the index record begins (8 bytes), SHA-256 of everything before (32 bytes)
//
// A record is a letter, the length of its content (4 bytes), the first four bytes of the content's leaf hash, the content.
// Numbers are unsigned, the highest byte first. The index has a row for each block of 256 entries: where the first of them
// that is in the file begins (8 bytes), and the hash of the block as a subtree (zeros when it is not whole). With it a proof
// reads two blocks and not the whole file.

/** SHA-256 over what comes in pieces. Node's and that of @noble/hashes are such. */
export interface RunningHash {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** The hashes that export and import are made with. */
export interface Hashing {
  readonly sha256: Sha256;
  /** Starts a SHA-256. */
  running(this: void): RunningHash;
}

/** The version that is written here, and the newest that is read. */
const VERSION = 1;
const MAGIC = "doteros-ledger ";
/** How many bytes magic and version take; from version 10 on it is more, and the newline another place. */
export const MAGIC_BYTES = MAGIC.length + 2;

/** The letters of the records. */
export const RECORD = { range: 0x52, key: 0x4b, checkpoint: 0x4e, component: 0x43, entry: 0x45, index: 0x49, end: 0x5a } as const;
/** The length of a record without its content. */
export const HEAD_BYTES = 9;
const CHECK_BYTES = 4;
/** The length of the end. */
export const END_BYTES = 1 + 8 + HASH_BYTES;
/** Level of the subtrees in the index: 256 entries. */
export const BLOCK_LEVEL = 8;
export const BLOCK_ENTRIES = 2 ** BLOCK_LEVEL;
/** The length of a row of the index. */
export const ROW_BYTES = 8 + HASH_BYTES;
/** A chunk that is written: large enough that it does not count how many there are. */
export const CHUNK_BYTES = 65_536;

/** The most that the content of a record may have, in bytes; the index has what its entries make it have. */
export const CONTENT_BYTES_MAX: Readonly<Record<number, number>> = {
  [RECORD.range]: 16 + 53 * HASH_BYTES,
  [RECORD.key]: NOTE_LENGTH_MAX,
  [RECORD.checkpoint]: 3 * NOTE_LENGTH_MAX,
  [RECORD.component]: COMPONENT_BYTES_MAX,
  [RECORD.entry]: LEDGER_ENTRY_BYTES_MAX,
  [RECORD.index]: 2 ** 32 - 1,
};

/** Which entries a file holds. */
export interface Range {
  readonly start: number;
  readonly size: number;
  /** The hashes of the full subtrees before `start`. */
  readonly before: readonly Uint8Array[];
}

/** How many rows the index has. */
export function rowCount({ start, size }: Range): number {
  return size === start ? 0 : Math.floor((size - 1) / BLOCK_ENTRIES) - Math.floor(start / BLOCK_ENTRIES) + 1;
}

export function magicBytes(): Uint8Array {
  return new TextEncoder().encode(`${MAGIC}${VERSION}\n`);
}

/** @throws DoterosError `damaged-ledger` when it is another file's beginning, `unsupported` when it is that of a newer version */
export function checkMagic(bytes: Uint8Array): void {
  const text = String.fromCharCode(...bytes);
  const version = new RegExp(`^${MAGIC}([1-9][0-9]*)(?:\n|$)`).exec(text)?.[1];
  if (version === undefined) {
    throw new DoterosError("damaged-ledger", "the file is not a ledger that was exported", { offset: 0, help: "such a file is made with: doteros-wasm ledger export" });
  }
  if (version === String(VERSION) && text.endsWith("\n")) return;
  throw new DoterosError("unsupported", `the ledger is in version ${version}${text.endsWith("\n") ? "" : "…"} of its format, and version ${VERSION} is the newest that is known here`, {
    help: "take a newer doteros-wasm",
  });
}

/** The head of a record. `leaf` is the leaf hash of its content. */
export function headBytes(letter: number, length: number, leaf: Uint8Array): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  head[0] = letter;
  viewOf(head).setUint32(1, length);
  head.set(leaf.subarray(0, CHECK_BYTES), 1 + 4);
  return head;
}

/** What a head says. */
export function readHead(head: Uint8Array): { letter: number; length: number; check: Uint8Array } {
  return { letter: head[0] as number, length: viewOf(head).getUint32(1), check: head.subarray(1 + 4) };
}

export function isIntact(check: Uint8Array, leaf: Uint8Array): boolean {
  return check.every((byte, at) => byte === leaf[at]);
}

export function rangeBytes({ start, size, before }: Range): Uint8Array {
  const bytes = new Uint8Array(16 + before.length * HASH_BYTES);
  viewOf(bytes).setBigUint64(0, BigInt(start));
  viewOf(bytes).setBigUint64(8, BigInt(size));
  for (const [at, hash] of before.entries()) bytes.set(hash, 16 + at * HASH_BYTES);
  return bytes;
}

/** The range that the bytes say; undefined when they make none. */
export function readRange(bytes: Uint8Array): Range | undefined {
  if (bytes.length < 16) return undefined;
  const [start, size] = [Number(viewOf(bytes).getBigUint64(0)), Number(viewOf(bytes).getBigUint64(8))];
  if (!(start <= size && size <= Number.MAX_SAFE_INTEGER) || bytes.length !== 16 + bitsSet(start) * HASH_BYTES) return undefined;
  return { start, size, before: Array.from({ length: bitsSet(start) }, (_, at) => bytes.slice(16 + at * HASH_BYTES, 16 + (at + 1) * HASH_BYTES)) };
}

/** The end, but for the hash. */
export function endBytes(indexOffset: number): Uint8Array {
  const bytes = new Uint8Array(END_BYTES - HASH_BYTES);
  bytes[0] = RECORD.end;
  viewOf(bytes).setBigUint64(1, BigInt(indexOffset));
  return bytes;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
