import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { DoterosError } from "../../contract/error.ts";

/** How LMDB begins each of its first two pages: 24 bytes of page header, then this. */
const HEADER_BYTES = 24;
const MAGIC = 0xbeefc0de;
/** Where things are in them, from the start of the page. */
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const META_BYTES = 160;

/**
 * Refuses a data file that was cut short or overwritten where it begins: LMDB maps the file into memory, and reading past
 * its end would end the process.
 *
 * @throws DoterosError `store-damaged`
 */
export function checkComplete(path: string): void {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size === 0) return;
    const first = readMeta(file, 0);
    const second = first === undefined ? undefined : readMeta(file, first.pageSize);
    if (first === undefined || second === undefined) throw damaged(path, "does not begin as such a file does");
    const { pageSize, lastPage } = first.transaction > second.transaction ? first : second;
    const needed = (lastPage + 1) * pageSize;
    if (size < needed) throw damaged(path, `has ${size} bytes of ${needed}: it was cut short`);
  } finally {
    closeSync(file);
  }
}

function readMeta(file: number, at: number): { pageSize: number; lastPage: number; transaction: number } | undefined {
  const bytes = Buffer.alloc(META_BYTES);
  if (readSync(file, bytes, 0, META_BYTES, at) < META_BYTES || bytes.readUInt32LE(HEADER_BYTES) !== MAGIC) return undefined;
  return {
    pageSize: bytes.readUInt32LE(PAGE_SIZE_AT),
    lastPage: Number(bytes.readBigUInt64LE(LAST_PAGE_AT)),
    transaction: Number(bytes.readBigUInt64LE(TRANSACTION_AT)),
  };
}

function damaged(path: string, what: string): DoterosError {
  return new DoterosError("store-damaged", `the store's file ${path} ${what}`, {
    where: path,
    help: "nothing was changed; put back a copy of the folder, or import an export of the ledger into a new one",
  });
}
