// The kernel's memory: a few fixed places, then the input, the output and the table of one call. All three are used again
// by the next call, and grow only in reserve().

/** The compiled paths of a projection. */
export const PATHS: u32 = (<u32>__heap_base + 15) & ~15;
export const PATHS_BYTES: u32 = 65_536;
/** Where a projection found something: two u32 for each slot. */
export const FOUND: u32 = PATHS + PATHS_BYTES;
export const FOUND_SLOTS: u32 = 1_024;
/** The text of one number on its way to or from the host. */
export const NUMBER: u32 = FOUND + FOUND_SLOTS * 8;
export const NUMBER_BYTES: u32 = 64;
export const INPUT: u32 = NUMBER + NUMBER_BYTES;

const PAGE: u32 = 65_536;
/** Words are copied eight bytes at a time, so a write may reach a little past what it is for. */
const MARGIN: u32 = 64;

/** Where the output of this call begins. */
export let outputAt: u32 = 0;
/** Where the table of this call begins. */
export let tableAt: u32 = 0;

/** Lays the three places out one after the other; false when the memory does not get that large. */
export function reserve(input: u32, output: u32, table: u32): bool {
  const start = (INPUT + input + MARGIN + 15) & ~15;
  const middle = (start + output + MARGIN + 15) & ~15;
  const pages = (middle + table + MARGIN + PAGE - 1) / PAGE;
  const present = <u32>memory.size();
  if (pages > present && memory.grow(pages - present) < 0) return false;
  outputAt = start;
  tableAt = middle;
  return true;
}
