import type { Batch, Store } from "../../contract/store.ts";
import type { FailureEntry } from "../../ledger/entry.ts";
import { EntryWriter } from "../../ledger/entry-writer.ts";

/** Puts messages that were given up back into the mailboxes of those who gave them up. */
export async function revive(store: Store, letters: readonly { readonly index: number; readonly entry: FailureEntry }[]): Promise<void> {
  const writer = new EntryWriter();
  const { tip } = store;
  const batch: Batch = {
    first: tip.entries,
    entries: new Uint8Array(),
    changes: [],
    arrivals: letters.map(({ entry }, at) => ({ mailbox: entry.capsule, sequence: tip.sequence + 1 + at, message: writer.message(entry.message) })),
    handled: [],
    capsules: [],
    sources: new Map(),
    components: new Map(), images: new Map(),
    deadLetters: [],
    revived: letters.map(({ index }) => index),
    checkpoints: [],
    tip: { ...tip, sequence: tip.sequence + letters.length },
  };
  await store.commit(batch);
}
