import type { Store } from "../../contract/store.ts";
import { readEntry } from "../../ledger/entry-reader.ts";

/** The keys of a capsule that transitions wrote after one version of its state and up to another, in the order they were written. */
export function changedKeys(store: Store, capsule: string, from: number, to: number): Set<string> {
  const keys = new Set<string>();
  for (const bytes of store.entries(0)) {
    const entry = readEntry(bytes);
    if (entry.kind !== "transition" || entry.capsule !== capsule || entry.version <= from) continue;
    if (entry.version > to) break;
    for (const key of entry.writes.keys()) keys.add(key);
  }
  return keys;
}
