/** An unsigned number in as few bytes as LEB128 needs. */
export function uleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

/** A signed number in as few bytes as LEB128 needs. */
export function sleb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = ((rest % 128) + 128) % 128;
    rest = Math.floor(rest / 128);
    const last = (rest === 0 && low < 64) || (rest === -1 && low >= 64);
    bytes.push(last ? low : low + 128);
    if (last) return bytes;
  }
}
