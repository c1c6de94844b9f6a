// The short cut over what most documents are made of: small numbers, short strings, simple values. What a table says the
// length of is stepped over without a call; everything else is for walk().

/** How long an item with this first byte is; 0 when that takes a closer look. */
const SIZES: u32 = <u32>memory.data<u8>([
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 5, 9, 0, 0, 0, 0,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 5, 9, 0, 0, 0, 0,
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 0, 0, 0, 0, 0, 0, 0, 0,
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 3, 5, 9, 0, 0, 0, 0,
]);
/** Below this a number or a length is in the first byte itself. */
const LONG_INFO: u32 = 24;
/** The first byte of a text without characters. */
const SHORT_TEXT: u32 = 0x60;
const HIGH_BITS: u64 = 0x8080808080808080;

/** Where the item at `at` ends, when the table knows and its text is ASCII where that matters; otherwise 0. */
@inline
export function step(at: u32, end: u32, hasText: bool, isStrict: bool): u32 {
  if (at >= end) return 0;
  const first = <u32>load<u8>(at);
  // Branches for the commonest, not the table: a processor guesses them, and need not wait for one load after the other.
  const length = first - SHORT_TEXT;
  if (length < LONG_INFO) {
    const next = at + 1 + length;
    if (next > end || (hasText && !isAscii(at + 1, length))) return 0;
    return next;
  }
  if (first < LONG_INFO) return at + 1;
  const size = <u32>load<u8>(SIZES + first);
  if (size == 0 || end - at < size) return 0;
  return isStrict && (first & 31) >= LONG_INFO ? 0 : at + size;
}

/** Whether a text of at most 23 bytes is ASCII. Reads up to seven bytes past its end, which the kernel's memory has. */
@inline
function isAscii(at: u32, length: u32): bool {
  let bits = load<u64>(at) & HIGH_BITS;
  if (length < 8) return (bits & ((<u64>1 << (length << 3)) - 1)) == 0;
  bits |= load<u64>(at + length - 8);
  if (length > 16) bits |= load<u64>(at + 8);
  return (bits & HIGH_BITS) == 0;
}
