/** Whether two runs of the same length are the same. */
export function isSame(left: u32, right: u32, length: u32): bool {
  let at: u32 = 0;
  while (length - at >= 8) {
    if (load<u64>(left + at) != load<u64>(right + at)) return false;
    at += 8;
  }
  while (at < length) {
    if (load<u8>(left + at) != load<u8>(right + at)) return false;
    at += 1;
  }
  return true;
}

/** The bytewise order of two runs: below, at or above 0. A run that begins another comes before it. */
export function compare(left: u32, leftEnd: u32, right: u32, rightEnd: u32): i32 {
  const shorter = min(leftEnd - left, rightEnd - right);
  const stop = left + shorter;
  while (stop - left >= 8 && load<u64>(left) == load<u64>(right)) {
    left += 8;
    right += 8;
  }
  while (left < stop) {
    const difference = <i32>load<u8>(left) - <i32>load<u8>(right);
    if (difference != 0) return difference;
    left += 1;
    right += 1;
  }
  return <i32>(leftEnd - left) - <i32>(rightEnd - right);
}
