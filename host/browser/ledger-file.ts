import { sha256 } from "@noble/hashes/sha2.js";
import type { Store } from "../contract/store.ts";
import { openExport } from "../ledger/export-file.ts";
import type { Hashing } from "../ledger/export-format.ts";
import { writeExport } from "../ledger/export-writer.ts";
import { readEntry } from "../ledger/entry-reader.ts";
import { parseVerifierKey } from "../ledger/key.ts";
import { leafHash } from "../ledger/merkle.ts";
import type { LedgerSource } from "../ledger/source.ts";
import { StoreSource } from "../ledger/store-source.ts";
import { type LedgerReport, verifyLedger } from "../ledger/verify.ts";
import type { ReadEntry } from "./protocol.ts";

/** The hashes of a browser that answer at once. */
const hashing: Hashing = { sha256: (bytes) => sha256(bytes), running: () => sha256.create() };

/** The ledger of a store. */
export function sourceOf(store: Store): LedgerSource {
  return new StoreSource(store, hashing.sha256);
}

/** Opens a ledger that was exported, of which only what is asked for is read. @throws DoterosError `damaged-ledger`, `unsupported` */
export function ledgerIn(file: Blob): Promise<LedgerSource> {
  const read = async (offset: number, length: number): Promise<Uint8Array> => new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
  return openExport({ size: file.size, read }, hashing);
}

/** Verifies a ledger with a key as text, or with its own. */
export function verified(source: LedgerSource, key: string | undefined): Promise<LedgerReport> {
  return verifyLedger(source, hashing.sha256, key === undefined ? undefined : parseVerifierKey(key));
}

/** A ledger as a file. */
export async function fileOf(source: LedgerSource): Promise<Blob> {
  const chunks: BlobPart[] = [];
  for await (const chunk of writeExport(source, hashing)) chunks.push(chunk as Uint8Array<ArrayBuffer>);
  return new Blob(chunks, { type: "application/octet-stream" });
}

/** Entries of a ledger that was exported, from an index on, at most `count` of them. */
export async function entriesOf(source: LedgerSource, from: number, count: number): Promise<ReadEntry[]> {
  const found: ReadEntry[] = [];
  for await (const { index, bytes } of source.entries()) {
    if (found.length >= count) break;
    if (index >= from) found.push(readOne(index, bytes));
  }
  return found;
}

/** Entries of a store, from an index on, at most `count` of them. */
export function storedEntries(store: Store, from: number, count: number): ReadEntry[] {
  const found: ReadEntry[] = [];
  for (const bytes of store.entries(from)) {
    if (found.length >= count) break;
    found.push(readOne(from + found.length, bytes));
  }
  return found;
}

function readOne(index: number, bytes: Uint8Array): ReadEntry {
  // A copy: what the entry has are views of its bytes, and those may lie in something large, all of which would be sent.
  const own = bytes.slice();
  return { index, hash: leafHash(hashing.sha256, own), bytes: own, entry: readEntry(own) };
}
