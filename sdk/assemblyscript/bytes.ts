import { allocate, bytesAt } from "./memory";

/** The UTF-8 bytes of `text`; half a surrogate pair becomes U+FFFD, because it has none. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text, false, String.UTF8.ErrorMode.REPLACE));
}

/** The text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return String.UTF8.decodeUnsafe(bytes.dataStart, bytes.byteLength);
}

/** The eight bytes of `value`, least significant first. */
export function bytesOfU64(value: u64): Uint8Array {
  const block = allocate(8);
  store<u64>(block, value);
  return bytesAt(block, 8);
}

/** The number in the first eight bytes of `bytes`, least significant first. Ends the call when there are fewer. */
export function u64Of(bytes: Uint8Array): u64 {
  if (bytes.length < 8) throw new RangeError("a number of 64 bits has eight bytes");
  return load<u64>(bytes.dataStart);
}
