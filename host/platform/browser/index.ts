import { sha256 } from "@noble/hashes/sha2.js";
import type { Platform } from "../../contract/platform.ts";
import { defer } from "./defer.ts";

/** Nanoseconds in a millisecond, as an integer. */
const NANOSECONDS = 1_000_000n;

/** A browser: a page, or a worker of one. */
export const browserPlatform: Platform = {
  name: `browser ${navigator.userAgent}`,
  now: () => BigInt(Date.now()) * NANOSECONDS,
  elapsed: () => performance.now() * 1e6,
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  defer,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  // Not by WebCrypto, whose hashes are promises: entries of a ledger are hashed one after the other.
  sha256: (bytes) => sha256(bytes),
};
