import { fail, RESERVED, TRUNCATED } from "./fault";

/** The argument of the head that was read last. */
export let argument: u64 = 0;

/** The number of bytes behind a head's first one: 1, 2, 4 or 8, in network order. */
@inline
function argumentAt(at: u32, info: u32): u64 {
  if (info == 24) return <u64>load<u8>(at);
  if (info == 25) return <u64>bswap<u16>(load<u16>(at));
  if (info == 26) return <u64>bswap<u32>(load<u32>(at));
  return bswap<u64>(load<u64>(at));
}

/** Reads the head at `at`, which is before `end`: where it ends, or 0. An indefinite one has the argument 0. */
export function readHead(at: u32, end: u32): u32 {
  const info = <u32>load<u8>(at) & 31;
  if (info < 24) {
    argument = <u64>info;
    return at + 1;
  }
  if (info == 31) {
    argument = 0;
    return at + 1;
  }
  if (info > 27) return fail(RESERVED, at);
  const size: u32 = 1 << (info - 24);
  if (end - at - 1 < size) return fail(TRUNCATED, at);
  argument = argumentAt(at + 1, info);
  return at + 1 + size;
}

/** Whether an argument that took a head with `info` would fit no shorter one. */
export function isShortestHead(info: u32, value: u64): bool {
  if (info < 24) return true;
  if (info == 24) return value >= 24;
  if (info == 25) return value > 0xff;
  if (info == 26) return value > 0xffff;
  return value > 0xffffffff;
}
