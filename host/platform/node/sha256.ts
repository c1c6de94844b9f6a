import { createHash, hash } from "node:crypto";

const HASH_BYTES = 32;
/** Newer than the oldest Node this package runs on. */
const oneShot = hash as typeof hash | undefined;

/** The SHA-256 of some bytes, 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  if (oneShot === undefined) return new Uint8Array(createHash("sha256").update(bytes).digest());
  // A string of one character a byte, because making a Buffer takes longer than hashing what is short.
  const digest = oneShot("sha256", bytes, "binary");
  const out = new Uint8Array(HASH_BYTES);
  for (let at = 0; at < HASH_BYTES; at += 1) out[at] = digest.charCodeAt(at);
  return out;
}
