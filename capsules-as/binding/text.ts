/** A copy of `length` bytes of UTF-8 at `pointer`, as a string. */
export function textAt(pointer: usize, length: usize): string {
  return String.UTF8.decodeUnsafe(pointer, length);
}

/** The UTF-8 bytes of `text`. Half a surrogate pair becomes U+FFFD, because it has no UTF-8. */
export function bytesOf(text: string): ArrayBuffer {
  return String.UTF8.encode(text, false, String.UTF8.ErrorMode.REPLACE);
}

/** Where `bytes` start, for the host. */
@inline
export function addressOf(bytes: ArrayBuffer): usize {
  return changetype<usize>(bytes);
}
