import { ByteWriter } from "../byte-writer.ts";
import { contentOf, isZero } from "./content.ts";
import { bitsLength } from "./global-bits.ts";
import { globalsOf, PAGE_BYTES, pagesOf } from "./image.ts";
import type { State } from "./state.ts";

/** The first byte of what is hashed. */
const VERSION = 1;
/** What is left out where it is zero, in bytes. */
const BLOCK_BYTES = 1024;
const BLOCKS = PAGE_BYTES / BLOCK_BYTES;
const MASK_BYTES = BLOCKS / 8;
const LANES = BLOCK_BYTES / 4;

/**
 * The SHA-256 of the state of instances at rest, 32 bytes, the same in every engine. What it is of: the version; how many bytes the
 * globals take, and those; how many memories there are; for each of them its pages, and for each page that is not all zero how many
 * pages it is behind the one before, and its hash; zero. The hash of a page is that of 64 bits, one for each block of 1 KiB that is
 * not all zero, and those blocks. Numbers are LEB128, globals and bits little-endian.
 *
 * What the memories and globals mean is not in it: who compares hashes compares the component's as well.
 */
export function stateHash(state: State, sha256: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const writer = new ByteWriter();
  const globalBytes = bitsLength(state.globals);
  writer.byte(VERSION);
  writer.u32(globalBytes);
  writer.copy(globalsOf(state).bytes, 0, globalBytes);
  writer.u32(state.memories.length);
  const room = new Uint8Array(MASK_BYTES + PAGE_BYTES);
  for (const memory of state.memories) writeMemory(writer, memory, room, sha256);
  return sha256(writer.finish());
}

function writeMemory(writer: ByteWriter, memory: WebAssembly.Memory, room: Uint8Array, sha256: (bytes: Uint8Array) => Uint8Array): void {
  const { bytes, lanes } = contentOf(memory.buffer);
  const pages = pagesOf(memory);
  writer.u32(pages);
  let before = -1;
  for (let page = 0; page < pages; page++) {
    const length = gather(bytes, lanes, page, room);
    if (length === MASK_BYTES) continue;
    const digest = sha256(room.subarray(0, length));
    writer.u32(page - before);
    writer.copy(digest, 0, digest.length);
    before = page;
  }
  writer.u32(0);
}

/** Copies what is not zero of a page. @returns how many bytes that makes, with those that say which blocks they are */
function gather(bytes: Uint8Array, lanes: Int32Array, page: number, room: Uint8Array): number {
  let length = MASK_BYTES;
  room.fill(0, 0, MASK_BYTES);
  for (let block = 0; block < BLOCKS; block++) {
    const number = page * BLOCKS + block;
    if (isZero(lanes, number * LANES, (number + 1) * LANES)) continue;
    const mask = block >> 3;
    room[mask] = (room[mask] as number) | (1 << (block & 7));
    room.set(bytes.subarray(number * BLOCK_BYTES, (number + 1) * BLOCK_BYTES), length);
    length += BLOCK_BYTES;
  }
  return length;
}
