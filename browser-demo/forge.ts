import type { ReadEntry } from "doteros-wasm/browser";

/** The head of a record in an exported ledger: a letter, the length of its content, the first four bytes of the content's hash. */
const HEAD_BYTES = 9;
const CHECK_AT = 5;
const DIGIT_ZERO = 0x30;
const DIGITS = 10;

/** What was changed, for people. */
export interface Forgery {
  readonly file: Blob;
  readonly what: string;
}

/**
 * Changes one entry in a copy of an exported ledger, as somebody would who knows the format: one digit of the message's payload,
 * and then the file's own checksum of the entry, so that it looks whole.
 */
export async function forge(file: Blob, { index, bytes, entry }: ReadEntry): Promise<Forgery> {
  const copy = new Uint8Array(await file.arrayBuffer());
  const at = indexOf(copy, bytes);
  const payload = "message" in entry ? entry.message.payload : new Uint8Array();
  const start = payload.length === 0 ? at + bytes.length - 1 : at + Math.max(0, indexOf(bytes, payload));
  const digit = payload.findLastIndex((byte) => byte >= DIGIT_ZERO && byte < DIGIT_ZERO + DIGITS);
  const place = start + Math.max(0, digit);
  const before = copy[place] ?? 0;
  copy[place] = digit < 0 ? before ^ 1 : DIGIT_ZERO + ((before - DIGIT_ZERO + 1) % DIGITS);
  // The hash of an entry is that of a zero byte and its bytes: RFC 9162.
  const hashed = new Uint8Array(1 + bytes.length);
  hashed.set(copy.subarray(at, at + bytes.length), 1);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", hashed));
  copy.set(hash.subarray(0, HEAD_BYTES - CHECK_AT), at - HEAD_BYTES + CHECK_AT);
  const what = digit < 0 ? `one bit of entry ${index}` : `the digit ${before - DIGIT_ZERO} in the message of entry ${index} to ${(copy[place] ?? 0) - DIGIT_ZERO}`;
  return { file: new Blob([copy]), what };
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= bytes.length; at += 1) {
    let same = 0;
    while (same < part.length && bytes[at + same] === part[same]) same += 1;
    if (same === part.length) return at;
  }
  return -1;
}
