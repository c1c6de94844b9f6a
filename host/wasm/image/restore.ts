import { DoterosError } from "../../contract/error.ts";
import { type Content, contentOf, nextDifference } from "./content.ts";
import { writeBits } from "./global-bits.ts";
import { checkBase, globalsOf, type Image, type MemoryImage, pagesOf } from "./image.ts";
import { type Change, copyRuns, type MemoryChange, readSnapshot } from "./read-snapshot.ts";
import { endOfRun } from "./snapshot.ts";
import type { State } from "./state.ts";

/**
 * Makes instances what others were when a snapshot was taken: new ones, or ones that have run and are at rest. What is refused has
 * changed nothing, unless the engine refuses to grow a memory.
 *
 * @param base the image of new instances of the same component
 * @param pagesMax how many pages all memories may grow by, together
 * @returns how many they grew by, which is to be reserved from what they may have
 * @throws DoterosError `malformed` or `unsupported` for the snapshot, `wrong-value` when the base has other memories or globals or a
 *   memory has more pages already, `limit-exceeded` when memories are to grow by more than `pagesMax` or than the engine allows:
 *   then some have grown already
 */
export function restoreSnapshot(state: State, base: Image, snapshot: Uint8Array, pagesMax: number): number {
  checkBase(state, base);
  const change = readSnapshot(snapshot, base);
  const missing = missingPages(state, base, change);
  const grown = missing.reduce((sum, pages) => sum + pages, 0);
  if (grown > pagesMax) throw new DoterosError("limit-exceeded", `memories are to grow by ${grown} pages, and may by ${pagesMax}`);
  for (const [index, memory] of state.memories.entries()) {
    grow(memory, missing[index] as number);
    const now = contentOf(memory.buffer);
    reset(now, (base.memories[index] as MemoryImage).content);
    copyRuns(snapshot, (change.memories[index] as MemoryChange).runs, now.bytes);
  }
  const globals = globalsOf(state);
  reset(globals, base.globals);
  copyRuns(snapshot, change.globals, globals.bytes);
  writeBits(state.globals, globals.bytes);
  return grown;
}

/** How many pages each memory has too few. */
function missingPages({ memories }: State, base: Image, change: Change): number[] {
  return memories.map((memory, index) => {
    const wanted = (base.memories[index] as MemoryImage).pages + (change.memories[index] as MemoryChange).pages;
    const pages = pagesOf(memory);
    if (pages <= wanted) return wanted - pages;
    throw new DoterosError("wrong-value", `a memory has ${pages} pages and should have ${wanted}, and memories do not shrink`, {
      help: "restore into a new instance",
    });
  });
}

function grow(memory: WebAssembly.Memory, pages: number): void {
  if (pages === 0) return;
  try {
    growExactly(memory, pages);
  } catch (cause) {
    throw new DoterosError("limit-exceeded", `a memory of ${pagesOf(memory)} pages cannot grow by ${pages}`, { cause });
  }
}

/** A memory whose addresses have 64 bits wants a BigInt, and says so with a TypeError. */
function growExactly(memory: WebAssembly.Memory, pages: number): void {
  try {
    memory.grow(pages);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    memory.grow(BigInt(pages));
  }
}

/** Puts back what differs from the base. */
function reset(now: Content, base: Content): void {
  const { length } = now.bytes;
  for (let end = 0, start = nextDifference(now, base, 0); start < length; start = nextDifference(now, base, end)) {
    end = endOfRun(now, base, start);
    now.bytes.fill(0, start, end);
    if (start < base.bytes.length) now.bytes.set(base.bytes.subarray(start, end), start);
  }
}
