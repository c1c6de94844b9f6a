import { ANSWER, hasFault } from "./fault";
import { addressOf, bytesAt, loadText, wellFormed } from "./memory";
import { bytesOf, textOf } from "./bytes";

// The capsule's own state: an ordered map from keys to bytes, kept between messages. A read sees what is committed and
// what this message has written. A key is not empty,
// does not begin with U+0000 and holds at most 512 bytes of UTF-8.

@external("doteros:capsule/state@0.1.0", "get")
declare function stateGet(key: usize, keyLength: usize, answer: usize): void;

@external("doteros:capsule/state@0.1.0", "put")
declare function statePut(key: usize, keyLength: usize, value: usize, valueLength: usize, answer: usize): void;

@external("doteros:capsule/state@0.1.0", "delete")
declare function stateDelete(key: usize, keyLength: usize, answer: usize): void;

@external("doteros:capsule/state@0.1.0", "scan")
declare function stateScan(start: usize, startLength: usize, hasEnd: i32, end: usize, endLength: usize, limit: u32, answer: usize): void;

@external("doteros:capsule/state@0.1.0", "version")
declare function stateVersion(): u64;

/** A key with its value. */
export class Entry {
  constructor(
    public readonly key: string,
    public readonly value: Uint8Array,
  ) {}
}

/** Bytes of an entry in memory: a text and a list. */
const ENTRY_BYTES: usize = 16;

/** The value of `key`, the caller's own copy; null when there is none, or after a fault. */
export function get(key: string): Uint8Array | null {
  if (hasFault()) return null;
  const name = wellFormed(key);
  stateGet(addressOf(name), name.length, ANSWER);
  if (hasFault() || load<u8>(ANSWER, 4) == 0) return null;
  return bytesAt(load<usize>(ANSWER, 8), load<usize>(ANSWER, 12));
}

/** Makes `value` the value of `key`. */
export function put(key: string, value: Uint8Array): void {
  if (hasFault()) return;
  const name = wellFormed(key);
  statePut(addressOf(name), name.length, value.dataStart, value.byteLength, ANSWER);
}

/** Removes `key`; true when there was a value. */
function remove(key: string): bool {
  if (hasFault()) return false;
  const name = wellFormed(key);
  stateDelete(addressOf(name), name.length, ANSWER);
  return !hasFault() && load<u8>(ANSWER, 4) != 0;
}

export { remove as delete };

/**
 * The entries with keys at or after `start` and before `end` (null: to the last key), in order, at most `limit`. To read
 * on, scan again from the last key with `"\0"` behind it.
 */
export function scan(start: string = "", end: string | null = null, limit: u32 = 1000): Array<Entry> {
  const entries: Array<Entry> = [];
  if (hasFault()) return entries;
  const first = wellFormed(start);
  const last = end === null ? "" : wellFormed(end);
  stateScan(addressOf(first), first.length, end === null ? 0 : 1, addressOf(last), last.length, limit, ANSWER);
  if (hasFault()) return entries;
  let at = load<usize>(ANSWER, 4);
  for (const past = at + load<usize>(ANSWER, 8) * ENTRY_BYTES; at < past; at += ENTRY_BYTES) {
    entries.push(new Entry(loadText(at), bytesAt(load<usize>(at, 8), load<usize>(at, 12))));
  }
  return entries;
}

/** How many messages have changed the state so far. It stands still while a message is handled. */
export function version(): u64 {
  return stateVersion();
}

/** The value of `key` as text; null when there is none, or after a fault. */
export function getText(key: string): string | null {
  const value = get(key);
  return value === null ? null : textOf(value);
}

/** Makes `text`, as UTF-8, the value of `key`. */
export function putText(key: string, text: string): void {
  put(key, bytesOf(text));
}
