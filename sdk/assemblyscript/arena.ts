// The memory of one call: what AssemblyScript calls a runtime. Everything that is allocated while the host's call is
// handled, and everything the host brings for it, lies in one arena that only grows at its end. When the call has ended
// the arena is empty again, so a million messages need the memory of the largest one, and nothing is searched, counted
// or collected.
//
// So nothing allocated outlives its call, and a global may hold numbers and literals only: `build` refuses a capsule that
// has to allocate for a global. What must last belongs into the state.

/** Blocks start at multiples of 16 bytes: enough for every WIT type and every WebAssembly load. */
const ALIGNMENT: usize = 16;
const PAGE_SHIFT: usize = 16;
/** Before each object: 16 bytes, of which the last two words are its class and its size. */
const HEADER: usize = 16;
/** Up to so many bytes are cleared by stores; the engine's own way costs more to get going. */
const FEW: usize = 128;

/** Bytes in use behind the first block's start, a multiple of the alignment. */
let used: usize = 0;
/** Bytes there are behind the first block's start, a multiple of the alignment; as many again lie behind them unused. */
let room: usize = 0;
/** Where the last block starts, from there; that one can change its size in place. */
let last: usize = 0;

@inline
function base(): usize {
  return (__heap_base + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** `heap.alloc`: `size` bytes, whatever they hold. */
@global @unsafe
export function __alloc(size: usize): usize {
  return take(size);
}

@inline
function take(size: usize): usize {
  const start = used;
  if (size > room - start) grow(start, size);
  last = start;
  used = (start + size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  return base() + start;
}

/** Makes room for `size` bytes behind `start`; ends the call when memory cannot grow that far. */
function grow(start: usize, size: usize): void {
  const end = <u64>base() + <u64>start + <u64>size + ALIGNMENT;
  const pages = <i64>memory.size();
  const missing = <i64>((end + 0xffff) >> PAGE_SHIFT) - pages;
  if (missing > 0 && (missing > 0xffff || memory.grow(<i32>missing) < 0)) {
    throw new Error("out of memory");
  }
  room = <usize>(((<u64>memory.size()) << PAGE_SHIFT) - <u64>base() - ALIGNMENT);
}

/** A buffer of `size` bytes, whatever they hold: for who writes all of it. */
@global @unsafe
export function __buffer(size: usize): usize {
  const object = take(HEADER + size) + HEADER;
  store<u32>(object - 8, idof<ArrayBuffer>());
  store<u32>(object - 4, <u32>size);
  return object;
}

// AssemblyScript expects new memory to be zero, which memory that an earlier call has used is not.

@global @unsafe
export function __new(size: usize, id: u32): usize {
  const object = take(HEADER + size) + HEADER;
  store<u32>(object - 8, id);
  store<u32>(object - 4, <u32>size);
  if (size > FEW) memory.fill(object, 0, size);
  else clear(object, size);
  return object;
}

/** Clears the `size` bytes at `start`, and what is left of the last 16 of them, which belong to the same block. */
@inline
function clear(start: usize, size: usize): void {
  for (let at = start, end = start + size; at < end; at += 16) {
    store<u64>(at, 0);
    store<u64>(at, 0, 8);
  }
}

@global @unsafe
export function __renew(old: usize, size: usize): usize {
  const oldSize = <usize>load<u32>(old - 4);
  const start = old - HEADER - base();
  let object = old;
  if (start == last) {
    if (HEADER + size > room - start) grow(start, HEADER + size);
    used = (start + HEADER + size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  } else if (size > oldSize) {
    object = __alloc(HEADER + size) + HEADER;
    store<u32>(object - 8, load<u32>(old - 8));
    memory.copy(object, old, oldSize);
  }
  store<u32>(object - 4, <u32>size);
  if (size > oldSize) memory.fill(object + oldSize, 0, size - oldSize);
  return object;
}

/** Ends the call: the arena is empty. What lies there stays readable until the next call. */
@global @unsafe
export function __collect(): void {
  used = 0;
  last = 0;
}

// What a collector would need. The arena has none.

@global @unsafe
export function __link(parent: usize, child: usize, expectMultiple: bool): void {}

@global @unsafe
export function __visit(object: usize, cookie: u32): void {}

@global @unsafe
export function __pin(object: usize): usize {
  return object;
}

@global @unsafe
export function __unpin(object: usize): void {}
