/** Eight bytes whose highest bits are all clear are eight ASCII characters. */
const HIGH_BITS: u64 = 0x8080808080808080;

/** Where the first byte of [at, end) that is not UTF-8 lies; `end` when all of it is. */
export function utf8Fault(at: u32, end: u32): u32 {
  while (at < end) {
    while (end - at >= 8 && (load<u64>(at) & HIGH_BITS) == 0) at += 8;
    if (at >= end) return end;
    const first = <u32>load<u8>(at);
    if (first < 0x80) {
      at += 1;
      continue;
    }
    const size = sequenceLength(at, end, first);
    if (size == 0) return at;
    at += size;
  }
  return end;
}

/** The bytes of the character at `at`; 0 when they are not one: cut off, overlong, a surrogate, or past U+10FFFF. */
function sequenceLength(at: u32, end: u32, first: u32): u32 {
  if (first < 0xc2 || first > 0xf4) return 0;
  const size: u32 = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (end - at < size) return 0;
  const second = <u32>load<u8>(at + 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  if (size > 2 && (load<u8>(at + 2) & 0xc0) != 0x80) return 0;
  if (size > 3 && (load<u8>(at + 3) & 0xc0) != 0x80) return 0;
  return size;
}
