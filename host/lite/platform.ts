import { DoterosError } from "../contract/error.ts";
import type { Platform } from "../contract/platform.ts";

/** Nanoseconds in a millisecond, as an integer. */
const NANOSECONDS = 1_000_000n;

/** What waits for the next turn, where the runtime has no `setImmediate`: a timer would be held back by milliseconds. */
let waiting: (() => void)[] = [];
let channel: MessageChannel | undefined;

function inTurn(callback: () => void): void {
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.addEventListener("message", () => {
      const due = waiting;
      waiting = [];
      for (const one of due) one();
    });
    channel.port1.start();
  }
  if (waiting.length === 0) channel.port2.postMessage(undefined);
  waiting.push(callback);
}

/** What a small host needs of its runtime, in what all of them have. */
export const litePlatform: Platform = {
  name: "lite",
  now: () => BigInt(Date.now()) * NANOSECONDS,
  elapsed: () => performance.now() * 1e6,
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  defer: typeof setImmediate === "function" ? setImmediate : inTurn,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  // By the runtime's own where it may be used: a page that did not come by a secure way has none.
  async digest(bytes) {
    if (crypto.subtle !== undefined) return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return (await import("@noble/hashes/sha2.js")).sha256(bytes);
  },
  sha256() {
    throw new DoterosError("unsupported", "doteros-wasm/lite hashes nothing at once: ledgers and snapshots do, and it has none");
  },
};
