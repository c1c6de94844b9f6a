// The memory of one message: what AssemblyScript calls a runtime. Everything a capsule allocates while it handles a
// message, and everything the host brings into its memory for it, lies in one arena that only grows at its end. When
// the message is handled the arena is empty again, so a million messages need the memory of the largest one, and
// nothing is searched, counted or collected.
//
// So nothing allocated outlives its message, and a global may hold numbers and literals only; what must last belongs
// into the capsule's state. The build refuses a capsule that has to allocate for a global.

/** Blocks start at multiples of 16 bytes: enough for every WIT type and every WebAssembly load. */
const ALIGNMENT: usize = 16;
const PAGE_SHIFT: usize = 16;

/** Bytes in use after `__heap_base`, rounded up to the alignment. */
let used: usize = 0;
/** Where the last block starts; that one can change its size in place. */
let last: usize = 0;

/** Ends the memory of this message, the last thing `handle` does. What it returns stays there for the host to read. */
export function endMessage(): void {
  used = 0;
  last = 0;
}

/** The allocator that the canonical ABI asks for: the host calls it for each text and each list that it brings. */
export function cabi_realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  if (size == 0) return align;
  if (oldSize == 0) return __alloc(size);
  return resize(old, oldSize, size);
}

/** `heap.alloc`: `size` bytes, whatever they hold. */
@global @unsafe
export function __alloc(size: usize): usize {
  const start = firstBlock() + used;
  reserve(start, size);
  return start;
}

function resize(old: usize, oldSize: usize, size: usize): usize {
  if (old == last) {
    reserve(old, size);
    return old;
  }
  if (size <= oldSize) return old;
  const start = __alloc(size);
  memory.copy(start, old, oldSize);
  return start;
}

@inline
function firstBlock(): usize {
  return (__heap_base + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** Makes the `size` bytes at `start` the last block; traps when the memory cannot grow that far. */
function reserve(start: usize, size: usize): void {
  const end = <u64>start + ((<u64>size + ALIGNMENT - 1) & ~(<u64>ALIGNMENT - 1));
  const pages = <u64>memory.size();
  const pagesNeeded = (end + 0xffff) >> PAGE_SHIFT;
  if (pagesNeeded > pages && memory.grow(<i32>(pagesNeeded - pages)) < 0) unreachable();
  last = start;
  used = <usize>end - firstBlock();
}

// AssemblyScript's objects: 16 bytes before the object, of which the last two words are its class and its size. The
// library expects new memory to be zero, which memory that an earlier message has used is not.
const HEADER: usize = 16;

@global @unsafe
export function __new(size: usize, id: u32): usize {
  const object = __alloc(HEADER + size) + HEADER;
  store<u32>(object - 8, id);
  store<u32>(object - 4, <u32>size);
  memory.fill(object, 0, size);
  return object;
}

@global @unsafe
export function __renew(old: usize, size: usize): usize {
  const oldSize = <usize>load<u32>(old - 4);
  const object = resize(old - HEADER, HEADER + oldSize, HEADER + size) + HEADER;
  store<u32>(object - 4, <u32>size);
  if (size > oldSize) memory.fill(object + oldSize, 0, size - oldSize);
  return object;
}

// What a collector would need. The arena has none.

@global @unsafe
export function __link(parent: usize, child: usize, expectMultiple: bool): void {}

@global @unsafe
export function __collect(): void {}

@global @unsafe
export function __visit(object: usize, cookie: u32): void {}
