import type { Entry, State } from "../contract/capsule-world.ts";
import { SCAN_ENTRIES_MAX, STATE_KEY_BYTES_MAX } from "../contract/limits.ts";
import { compareUtf8, utf8Length } from "../store/utf8-order.ts";
import { fault } from "./fault.ts";
import { mergeWrites } from "./merge-writes.ts";
import type { Transition } from "./transition.ts";

/** The first key there can be: those before it, which begin with U+0000, are the points of series. */
const FIRST_KEY = "\u0001";

/** What an entry costs that a scan comes by, and one that it puts in order, in units of fuel. */
const ENTRY_FUEL = 300;
const WRITE_FUEL = 200;

/** Gives a capsule its own state. The bytes it puts are kept without a copy: the linker made one. */
export function state(transition: Transition): State {
  return {
    get(key) {
      transition.mustBeOpen();
      checkKey(key);
      transition.mustBeAllowed("state.get", key);
      return transition.valueOf(key);
    },
    put(key, value) {
      transition.mustBeOpen();
      const keyBytes = checkKey(key);
      const { payloadBytesMax } = transition.limits;
      if (value.length > payloadBytesMax) fault("limit", `the value has ${value.length} bytes, more than ${payloadBytesMax}`);
      transition.mustBeAllowed("state.put", key);
      write(transition, key, keyBytes, value);
    },
    delete(key) {
      transition.mustBeOpen();
      const keyBytes = checkKey(key);
      transition.mustBeAllowed("state.delete", key);
      return remove(transition, key, keyBytes);
    },
    scan(start, end, limit) {
      transition.mustBeOpen();
      if (limit > SCAN_ENTRIES_MAX) fault("limit", `a scan returns ${SCAN_ENTRIES_MAX} entries at most, not ${limit}`);
      if (end !== undefined && compareUtf8(end, start) < 0) fault("invalid", "the range ends before it starts");
      transition.mustBeAllowed("state.scan", JSON.stringify(end === undefined ? [start] : [start, end]));
      return take(entriesOf(transition, start < FIRST_KEY ? FIRST_KEY : start, end), limit);
    },
    version() {
      transition.mustTell("state.version");
      return BigInt(transition.view.version);
    },
  };
}

/** Gives a key its new value, as far as the state has room. @throws ComponentError the fault `limit` */
export function write(transition: Transition, key: string, keyBytes: number, value: Uint8Array): void {
  const before = transition.valueOf(key);
  const growth = transition.growth + value.length - (before === undefined ? -keyBytes : before.length);
  const { stateBytesMax } = transition.limits;
  if (growth > 0 && transition.view.bytes + growth > stateBytesMax) fault("limit", `the state would have more than ${stateBytesMax} bytes`);
  transition.grow(keyBytes + value.length);
  transition.growth = growth;
  transition.writes.set(key, value);
}

/** Takes a key out. Answers whether it was there. */
export function remove(transition: Transition, key: string, keyBytes: number): boolean {
  const before = transition.valueOf(key);
  if (before === undefined) return false;
  transition.grow(keyBytes);
  transition.growth -= keyBytes + before.length;
  // What was never committed leaves no trace.
  if (transition.view.get(key) === undefined) transition.writes.delete(key);
  else transition.writes.set(key, undefined);
  return true;
}

/** The entries from `start` on and before `end` as the transition sees them, in order. */
export function entriesOf(transition: Transition, start: string, end: string | undefined): Iterable<readonly [string, Uint8Array]> {
  // What was written in this attempt is put in order first.
  transition.charge(transition.writes.size * WRITE_FUEL);
  return charged(transition, mergeWrites(transition.view.scan(start, end), transition.writes, start, end));
}

function* charged<T>(transition: Transition, entries: Iterable<T>): Generator<T> {
  for (const entry of entries) {
    transition.charge(ENTRY_FUEL);
    yield entry;
  }
}

/** How many bytes the key has; a key that cannot be one is answered with a fault. */
function checkKey(key: string): number {
  if (key === "") fault("invalid", "the key is empty");
  if (key < FIRST_KEY) fault("invalid", "the key begins with U+0000");
  const bytes = utf8Length(key);
  if (bytes > STATE_KEY_BYTES_MAX) fault("invalid", `the key has ${bytes} bytes, more than ${STATE_KEY_BYTES_MAX}`);
  return bytes;
}

function take(entries: Iterable<readonly [string, Uint8Array]>, limit: number): Entry[] {
  const taken: Entry[] = [];
  if (limit === 0) return taken;
  for (const [key, value] of entries) {
    taken.push({ key, value });
    if (taken.length === limit) break;
  }
  return taken;
}
