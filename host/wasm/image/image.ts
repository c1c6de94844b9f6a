import { DoterosError } from "../../contract/error.ts";
import { type Content, contentOf, emptyContent, trimmedCopy } from "./content.ts";
import { bitsLength, readBits } from "./global-bits.ts";
import type { State } from "./state.ts";

/** The size of a page of memory, in bytes. */
export const PAGE_BYTES = 65_536;

/** A copy of what a memory holds. */
export interface MemoryImage {
  readonly pages: number;
  /** As far as it is not zero. */
  readonly content: Content;
}

/**
 * A copy of the state of instances at rest. That of new instances is the base which snapshots are made from: all instances of one
 * component begin with the same.
 */
export interface Image {
  readonly memories: readonly MemoryImage[];
  /** How many bytes the globals take; behind them, their content is zero. */
  readonly globalBytes: number;
  readonly globals: Content;
}

/**
 * Copies the state of instances at rest.
 */
export function imageOf(state: State): Image {
  return {
    memories: state.memories.map((memory) => ({ pages: pagesOf(memory), content: trimmedCopy(contentOf(memory.buffer)) })),
    globalBytes: bitsLength(state.globals),
    globals: globalsOf(state),
  };
}

/** What the globals hold now, as bytes. */
export function globalsOf({ globals }: State): Content {
  const content = emptyContent(bitsLength(globals));
  readBits(globals, content.bytes);
  return content;
}

/** How many pages a memory has. */
export function pagesOf(memory: WebAssembly.Memory): number {
  return memory.buffer.byteLength / PAGE_BYTES;
}

/** Looks whether the state can be one that began as `base`. @throws DoterosError `wrong-value` */
export function checkBase(state: State, base: Image): void {
  if (state.memories.length === base.memories.length && bitsLength(state.globals) === base.globalBytes) return;
  throw new DoterosError("wrong-value", "the base is the image of another component", { help: "take the image of a new instance of the same component" });
}
