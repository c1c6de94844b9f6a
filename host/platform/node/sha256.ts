import { createHash, hash } from "node:crypto";

/** Newer than the oldest Node this package runs on: takes half the time for what is short. */
const oneShot = hash as typeof hash | undefined;

/** The SHA-256 of some bytes, 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const digest = oneShot === undefined ? createHash("sha256").update(bytes).digest() : oneShot("sha256", bytes, "buffer");
  // A plain array: what slices a Buffer would get a view where it counts on a copy.
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}
