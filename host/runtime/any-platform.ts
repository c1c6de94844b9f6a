import { sha256 } from "@noble/hashes/sha2.js";
import type { Platform } from "../contract/platform.ts";

/** Nanoseconds in a millisecond, as an integer. */
const NANOSECONDS = 1_000_000n;

/** The platform made of nothing but what all JavaScript runtimes share. A runtime's own door knows quicker ways. */
export const anyPlatform: Platform = {
  name: "any",
  now: () => BigInt(Date.now()) * NANOSECONDS,
  elapsed: () => performance.now() * 1e6,
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  defer(callback) {
    setTimeout(callback, 0);
  },
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  sha256: (bytes) => sha256(bytes),
};
