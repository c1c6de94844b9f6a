/** Arguments that one call of a function takes without trouble. */
const PART_BYTES = 8_192;
const BYTES_OF_U64 = 8;

// The engine has no TextEncoder. These two are its own, and fast: they make each byte of UTF-8 one character, and back.
const { escape, unescape } = globalThis as unknown as Record<"escape" | "unescape", (text: string) => string>;

/** The UTF-8 bytes of `text`; half a surrogate pair becomes U+FFFD, because it has none. */
export function bytesOf(text: string): Uint8Array {
  const units = unescape(encodeURIComponent(text.toWellFormed()));
  const bytes = new Uint8Array(units.length);
  for (let at = 0; at < units.length; at += 1) bytes[at] = units.charCodeAt(at);
  return bytes;
}

/** The text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  let units = "";
  for (let at = 0; at < bytes.length; at += PART_BYTES) units += String.fromCharCode(...bytes.subarray(at, at + PART_BYTES));
  try {
    return decodeURIComponent(escape(units));
  } catch {
    return repaired(bytes);
  }
}

/** The eight bytes of `value`, least significant first. */
export function bytesOfU64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(BYTES_OF_U64);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/**
 * The number in the first eight bytes of `bytes`, least significant first.
 *
 * @throws RangeError when there are fewer
 */
export function u64Of(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
}

/** Text of bytes that are not all UTF-8: one U+FFFD for each longest part that begins a character and does not end it. */
function repaired(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const { length, code } = characterAt(bytes, at);
    text += code === undefined ? "\uFFFD" : String.fromCodePoint(code);
    at += length;
  }
  return text;
}

/** How many bytes belong together at `at`, and the character they are, if they are one. */
function characterAt(bytes: Uint8Array, at: number): { length: number; code: number | undefined } {
  const first = bytes[at] as number;
  if (first < 0x80) return { length: 1, code: first };
  const more = first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0;
  if (more === 0) return { length: 1, code: undefined };
  // The second byte's range is narrower where the rest would be a longer form than needed, a surrogate or too large.
  let low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  let high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  let code = first & (0x3f >> more);
  for (let index = 1; index <= more; index += 1) {
    const next = bytes[at + index] ?? 0;
    if (next < low || next > high) return { length: index, code: undefined };
    code = (code << 6) | (next & 0x3f);
    [low, high] = [0x80, 0xbf];
  }
  return { length: more + 1, code };
}
