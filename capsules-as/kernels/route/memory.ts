// Blocks of memory. A block comes from the list of those given back of its size, or else from the end of memory, so
// what is inserted and removed over and over stays where it is. Addresses are multiples of 8; 0 is no block.

const STEP_BITS: usize = 3;
/** Blocks up to this many bytes have a list for every 8 bytes; larger ones are powers of two. */
const SMALL_BYTES: usize = 1024;
const SMALL_LISTS: usize = (SMALL_BYTES >> STEP_BITS) + 1;
const PAGE_BITS: u64 = 16;
/** Pages asked for at once, at least. */
const PAGES_AT_ONCE: u64 = 16;

/** The first free block of each list; a free block starts with the address of the next. */
const freeBlocks: usize = memory.data((129 + 33) * sizeof<usize>());

let end: u64 = 0;

/** Takes a block. 0 when memory cannot grow that far. */
export function take(bytes: usize): usize {
  const list = listOf(bytes);
  const block = load<usize>(list);
  if (block != 0) {
    store<usize>(list, load<usize>(block));
    return block;
  }
  const size = sizeOf(bytes);
  if (!hasRoom(size)) return 0;
  const start = <usize>end;
  end += size;
  return start;
}

/** Gives back a block that `take(bytes)` answered. */
export function giveBack(block: usize, bytes: usize): void {
  const list = listOf(bytes);
  store<usize>(block, load<usize>(list));
  store<usize>(list, block);
}

/** Whether so many bytes are left at the end of memory, which grows for it. */
export function hasRoom(bytes: usize): bool {
  if (end == 0) end = (<u64>__heap_base + 7) & ~(<u64>7);
  const pages = (end + bytes + ((1 << PAGE_BITS) - 1)) >> PAGE_BITS;
  const present = <u64>memory.size();
  if (pages <= present) return true;
  return memory.grow(<i32>max(pages - present, PAGES_AT_ONCE)) >= 0 || memory.grow(<i32>(pages - present)) >= 0;
}

@inline
function sizeOf(bytes: usize): usize {
  return bytes <= SMALL_BYTES ? (bytes + 7) & ~7 : (<usize>1) << powerOf(bytes);
}

@inline
function listOf(bytes: usize): usize {
  const index = bytes <= SMALL_BYTES ? (bytes + 7) >> STEP_BITS : SMALL_LISTS + powerOf(bytes);
  return freeBlocks + index * sizeof<usize>();
}

/** The smallest power of two that is not below `bytes`. */
@inline
function powerOf(bytes: usize): usize {
  return 32 - clz<u32>(<u32>(bytes - 1));
}
