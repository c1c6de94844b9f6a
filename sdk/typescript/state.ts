import { delete as hostDelete, get as hostGet, put as hostPut, scan as hostScan, version as hostVersion } from "doteros:capsule/state@0.1.0";
import { bytesOf, textOf } from "./bytes.ts";
import { answerOf } from "./fault.ts";
import { soundBytes, soundOptional, soundText } from "./sound.ts";

// The capsule's own state: an ordered map from keys to bytes, kept between messages. A read sees what is committed and
// what this message has written. A key is not empty and holds at most 512 bytes of UTF-8.

/** What `scan` gives when it is not told how many. */
const ENTRIES = 1_000;

/** A key with its value. */
export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** The value of `key`; undefined when there is none. @throws Fault when it is refused */
export function get(key: string): Uint8Array | undefined {
  return answerOf(() => hostGet(soundText(key, "the key"))) ?? undefined;
}

/** Makes `value` the value of `key`. @throws Fault when it is refused, or a limit is reached */
export function put(key: string, value: Uint8Array): void {
  answerOf(() => hostPut(soundText(key, "the key"), soundBytes(value, "the value")));
}

/** Removes `key`; true when there was a value. @throws Fault when it is refused */
function remove(key: string): boolean {
  return answerOf(() => hostDelete(soundText(key, "the key")));
}

export { remove as delete };

/**
 * The entries with keys at or after `start` and before `end` (undefined: to the last key), in order, at most `limit`. To
 * read on, scan again from the last key with `"\0"` behind it.
 *
 * @throws Fault when it is refused
 */
export function scan(start = "", end?: string, limit = ENTRIES): Entry[] {
  return answerOf(() => hostScan(soundText(start, "start"), soundOptional(end, "end"), limit));
}

/** How many messages have changed the state so far. It stands still while a message is handled. */
export function version(): bigint {
  return BigInt(hostVersion());
}

/** The value of `key` as text; undefined when there is none. @throws Fault when it is refused */
export function getText(key: string): string | undefined {
  const value = get(key);
  return value === undefined ? undefined : textOf(value);
}

/** Makes `text`, as UTF-8, the value of `key`. @throws Fault when it is refused, or a limit is reached */
export function putText(key: string, text: string): void {
  put(key, bytesOf(text));
}
