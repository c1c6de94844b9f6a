import { compareUtf8 } from "../store/utf8-order.ts";

type Entry = readonly [key: string, value: Uint8Array];

/**
 * The entries of `committed` as they are once `writes` are made: both in order, what was written in place of what was
 * committed, and without what was deleted.
 *
 * @param committed in order, from `start` on and before `end`
 */
export function mergeWrites(
  committed: Iterable<Entry>,
  writes: ReadonlyMap<string, Uint8Array | undefined>,
  start: string,
  end: string | undefined,
): Iterable<Entry> {
  const within = (key: string): boolean => compareUtf8(key, start) >= 0 && (end === undefined || compareUtf8(key, end) < 0);
  const written = [...writes].filter(([key]) => within(key)).sort(([a], [b]) => compareUtf8(a, b));
  return written.length === 0 ? committed : merge(committed, written);
}

function* merge(committed: Iterable<Entry>, written: readonly (readonly [string, Uint8Array | undefined])[]): Generator<Entry> {
  let at = 0;
  for (const entry of committed) {
    let replaced = false;
    for (; at < written.length; at += 1) {
      const [key, value] = written[at] as (typeof written)[number];
      const order = compareUtf8(key, entry[0]);
      if (order > 0) break;
      if (order === 0) replaced = true;
      if (value !== undefined) yield [key, value];
    }
    if (!replaced) yield entry;
  }
  for (; at < written.length; at += 1) {
    const [key, value] = written[at] as (typeof written)[number];
    if (value !== undefined) yield [key, value];
  }
}
