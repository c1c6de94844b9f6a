import { parseCheckpoint } from "./checkpoint.ts";
import { splitNote } from "./note.ts";
import { fullSubtrees } from "./prove.ts";
import type { LedgerSource, StoredEntry } from "./source.ts";

/**
 * The ledger from an entry on: what is before is left to the hashes of its subtrees, and to the checkpoints that vouch for more.
 *
 * @param start from `source.start` to `source.size`
 * @throws DoterosError `damaged-ledger`; `invalid-note` when one of its checkpoints is none
 */
export async function partOf(source: LedgerSource, start: number): Promise<LedgerSource> {
  const before = await fullSubtrees(async (level, index) => source.subtree(level, index), 0, start);
  return {
    key: source.key,
    checkpoints: source.checkpoints.filter((note) => parseCheckpoint(splitNote(note).text).size >= start),
    start,
    size: source.size,
    before,
    components: () => source.components(),
    entries: () => entriesFrom(source, start),
    entry: async (index) => source.entry(index),
    subtree: async (level, index) => source.subtree(level, index),
  };
}

async function* entriesFrom(source: LedgerSource, start: number): AsyncGenerator<StoredEntry> {
  for await (const entry of source.entries()) if (entry.index >= start) yield entry;
}
