import { createHash } from "node:crypto";
import { setImmediate } from "node:timers";
import type { Platform } from "../../contract/platform.ts";

/** Nanoseconds in a millisecond, as an integer. */
const NANOSECONDS = 1_000_000n;

/** Deno. It has Node's modules, and its own version. */
export const denoPlatform: Platform = {
  name: `deno ${process.versions["deno"] ?? "of unknown version"}`,
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
  sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
};
