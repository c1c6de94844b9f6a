import { sha256 } from "./sha256.ts";
import type { Platform } from "../../contract/platform.ts";

/** Nanoseconds in a millisecond, as an integer. */
const NANOSECONDS = 1_000_000n;

/** Node.js. */
export const nodePlatform: Platform = {
  name: `node ${process.versions.node}`,
  now: () => BigInt(Date.now()) * NANOSECONDS,
  elapsed: () => performance.now() * 1e6,
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  defer(callback) {
    setImmediate(callback);
  },
  after(milliseconds, callback, mayEnd = false) {
    const timer = setTimeout(callback, milliseconds);
    if (mayEnd) timer.unref();
    return () => clearTimeout(timer);
  },
  sha256,
};
