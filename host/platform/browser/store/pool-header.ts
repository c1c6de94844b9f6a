import { damaged } from "./failure.ts";

// The pool of files that SQLite works on gives each a random name and writes its own at the beginning: 512 bytes of path,
// 4 of flags, 8 of check. It clears a file whose check is wrong, so this is looked at before it is let near them.

const PATH_BYTES = 512;
const CHECKED_BYTES = 516;
const HEADER_BYTES = 524;
/** Where the content begins. */
const CONTENT_AT = 4_096;

/**
 * Refuses files of which the pool would clear one that has content, and a folder without the database that was made in it.
 *
 * @param folder where the pool has its files
 * @param path the database
 * @param isExpected whether the database must be there
 * @throws DoterosError `store-damaged`; nothing was changed
 */
export async function checkPool(folder: FileSystemDirectoryHandle, name: string, path: string, isExpected: boolean): Promise<void> {
  let isThere = false;
  for await (const handle of folder.values()) {
    if (handle.kind !== "file") continue;
    const file = await handle.getFile();
    const header = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
    const owner = ownerOf(header);
    // One without a path, or without content, is free: a page may have been closed while it was given out or given back.
    if (owner === undefined && header[0] !== 0 && file.size > CONTENT_AT) throw damaged(name, `the beginning of the file ${handle.name} was overwritten`);
    if (owner === path) isThere = true;
  }
  if (isExpected && !isThere) throw damaged(name, "its database is missing");
}

/** The path in a header whose check is right. */
function ownerOf(header: Uint8Array): string | undefined {
  if (header.length < HEADER_BYTES) return undefined;
  let [first, second] = [0xdeadbeef, 0x41c6ce57];
  for (const byte of header.subarray(0, CHECKED_BYTES)) {
    first = Math.imul(first ^ byte, 2_654_435_761);
    second = Math.imul(second ^ byte, 104_729);
  }
  const view = new DataView(header.buffer, header.byteOffset);
  // Written as a Uint32Array, which browsers have in little-endian order.
  if (view.getUint32(CHECKED_BYTES, true) !== first >>> 0 || view.getUint32(CHECKED_BYTES + 4, true) !== second >>> 0) return undefined;
  return new TextDecoder().decode(header.subarray(0, header.subarray(0, PATH_BYTES).indexOf(0)));
}
