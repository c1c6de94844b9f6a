import { packEntries } from "../../host/contract/packed-entries.ts";
import type { Batch, CapsuleRecord, Store } from "../../host/contract/store.ts";

/** Text as bytes. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A record of a capsule that nothing much is known of. */
export function recordOf(name: string, fields: Partial<CapsuleRecord> = {}): CapsuleRecord {
  return { name, digest: "0".repeat(64), index: 0, instance: 1, time: 0n, version: 0, size: 0, bytes: 0, listens: undefined, ...fields };
}

/** A batch that follows on what a store has, with the parts that are given. */
export function batchFor(store: Store, parts: Partial<Omit<Batch, "entries">> & { readonly entries?: readonly Uint8Array[] } = {}): Batch {
  const { entries = [], ...rest } = parts;
  const first = store.tip.entries;
  return {
    first,
    entries: packEntries(entries),
    changes: [],
    arrivals: [],
    handled: [],
    capsules: [],
    sources: new Map(),
    components: new Map(),
    images: new Map(),
    deadLetters: [],
    revived: [],
    checkpoints: [],
    tip: { entries: first + entries.length, hash: new Uint8Array(32).fill(first + entries.length), sequence: store.tip.sequence },
    ...rest,
  };
}
