import { ByteWriter } from "../byte-writer.ts";
import { byteAt, type Content, contentOf, nextDifference } from "./content.ts";
import { checkBase, globalsOf, type Image, pagesOf } from "./image.ts";
import type { State } from "./state.ts";

/** The first byte of a snapshot. */
export const SNAPSHOT_VERSION = 1;
/** So many bytes that are the same end a run: what begins another one takes two bytes or more. */
export const GAP_BYTES = 4;

/**
 * Writes down in what instances at rest differ from new ones: the version, the runs of the globals' bytes that differ, and for each
 * memory how many pages it has grown by, and its runs. A run is its length, how many bytes lie between it and the one before, and
 * its bytes; a length of zero ends them. Numbers are LEB128. States that are equal have equal bytes, and no others.
 *
 * @param base the image of new instances of the same component
 * @throws DoterosError `wrong-value` when the base has other memories or globals, `limit-exceeded` when the difference has more than
 *   a gigabyte
 */
export function takeSnapshot(state: State, base: Image): Uint8Array<ArrayBuffer> {
  checkBase(state, base);
  const writer = new ByteWriter();
  writer.byte(SNAPSHOT_VERSION);
  writeRuns(writer, globalsOf(state), base.globals);
  for (const [index, { pages, content }] of base.memories.entries()) {
    const memory = state.memories[index] as WebAssembly.Memory;
    writer.u32(pagesOf(memory) - pages);
    writeRuns(writer, contentOf(memory.buffer), content);
  }
  return writer.finish().slice();
}

function writeRuns(writer: ByteWriter, now: Content, base: Content): void {
  const { length } = now.bytes;
  let before = 0;
  for (let start = nextDifference(now, base, 0); start < length; start = nextDifference(now, base, before)) {
    const end = endOfRun(now, base, start);
    writer.u32(end - start);
    writer.u32(start - before);
    writer.copy(now.bytes, start, end);
    before = end;
  }
  writer.u32(0);
}

/** Behind the last byte of the run that begins with a difference at `start`. */
export function endOfRun(now: Content, base: Content, start: number): number {
  const { bytes } = now;
  const { bytes: others } = base;
  let end = start + 1;
  for (let at = end; at < bytes.length && at - end < GAP_BYTES; at++) if (bytes[at] !== byteAt(others, at)) end = at + 1;
  return end;
}

/** Whether bytes of a snapshot that are to stand at `at` are a run as it is written: both ends differ from the base, and there is no gap. */
export function isRun(bytes: Uint8Array, start: number, end: number, base: Uint8Array, at: number): boolean {
  let last = start - GAP_BYTES;
  for (let index = start; index < end; index++) {
    if (bytes[index] !== byteAt(base, at + index - start)) last = index;
    else if (index - last >= GAP_BYTES) return false;
  }
  return last === end - 1;
}
