import { DoterosError } from "../../contract/error.ts";
import { ByteReader } from "../reader.ts";
import type { Content } from "./content.ts";
import { type Image, PAGE_BYTES } from "./image.ts";
import { GAP_BYTES, isRun, SNAPSHOT_VERSION } from "./snapshot.ts";

/** What a snapshot says of a memory. */
export interface MemoryChange {
  /** How many pages it has grown by. */
  readonly pages: number;
  /** Where its runs are in the snapshot, for {@link copyRuns}. */
  readonly runs: number;
}

/** What a snapshot says. It is made of places in the snapshot, because a short one may have many runs. */
export interface Change {
  /** Where the runs of the globals are. */
  readonly globals: number;
  readonly memories: readonly MemoryChange[];
}

/**
 * Reads a snapshot, which anybody may have made. Nothing is set aside for what it only claims, and nothing is taken but what
 * `takeSnapshot` writes for some state, byte for byte.
 *
 * @throws DoterosError `malformed`, or `unsupported` when its version is not known
 */
export function readSnapshot(snapshot: Uint8Array, base: Image): Change {
  const reader = new ByteReader(snapshot);
  const version = reader.byte();
  if (version !== SNAPSHOT_VERSION) throw new DoterosError("unsupported", `a snapshot of version ${version}, and only version ${SNAPSHOT_VERSION} is known`);
  const globals = checkRuns(reader, base.globals, base.globalBytes);
  const memories = base.memories.map(({ pages, content }) => {
    const grown = readNumber(reader);
    return { pages: grown, runs: checkRuns(reader, content, (pages + grown) * PAGE_BYTES) };
  });
  if (!reader.done) reader.fail("bytes behind the end of a snapshot");
  return { globals, memories };
}

/** @param size how many bytes there are that may differ. @returns where the runs begin */
function checkRuns(reader: ByteReader, base: Content, size: number): number {
  const begin = reader.position;
  let before = 0;
  for (let length = readNumber(reader); length > 0; length = readNumber(reader)) {
    const start = reader.position;
    const gap = readNumber(reader);
    if (before > 0 && gap < GAP_BYTES) reader.fail("two runs that are one", start);
    const at = before + gap;
    before = at + length;
    if (before > size) reader.fail("a run past the end of what it changes", start);
    const { position, end } = reader.section(length);
    if (!isRun(reader.bytes, position, end, base.bytes, at)) reader.fail("a run of bytes that are what they were", start);
  }
  return begin;
}

/** Puts the runs that begin there into the bytes that they belong to. They were read before. */
export function copyRuns(snapshot: Uint8Array, runs: number, into: Uint8Array): void {
  const reader = new ByteReader(snapshot, runs);
  let at = 0;
  for (let length = reader.u64(); length > 0; length = reader.u64()) {
    at += reader.u64();
    const { position, end } = reader.section(length);
    into.set(snapshot.subarray(position, end), at);
    at += length;
  }
}

/** A LEB128 number that is no longer than it needs. */
function readNumber(reader: ByteReader): number {
  const start = reader.position;
  const value = reader.u64();
  if (reader.position - start > 1 && reader.bytes[reader.position - 1] === 0) reader.fail("a number that is longer than it needs", start);
  return value;
}
