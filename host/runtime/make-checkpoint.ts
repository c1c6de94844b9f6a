import type { Platform } from "../contract/platform.ts";
import { signCheckpoint } from "../ledger/checkpoint.ts";
import { parseSigningKey, type SigningKey } from "../ledger/key.ts";
import { BlockTree } from "../ledger/block-tree.ts";
import { leafHash } from "../ledger/merkle.ts";
import type { Journal } from "./journal.ts";

/** Entries that are hashed before others have their turn. */
const ENTRIES_PER_TURN = 2_048;

/** Signs what a ledger is by now: see {@link makeCheckpoint}. */
export type Signer = (journal: Journal, platform: Platform) => Promise<string>;

/** Who signs with a private key, given as text. @throws DoterosError `invalid-key` */
export function signerOf(signingKey: string): Signer {
  const key = parseSigningKey(signingKey);
  return (journal, platform) => makeCheckpoint(journal, key, platform);
}

/**
 * Signs what the ledger is by now, and has the checkpoint kept. The tree goes on where the last checkpoint left it, so that
 * transitions do not pay for it.
 *
 * @returns the checkpoint as a signed note
 * @throws DoterosError `store-failed`
 */
async function makeCheckpoint(journal: Journal, key: SigningKey, platform: Platform): Promise<string> {
  await journal.finish();
  const { store } = journal;
  const last = [...store.checkpoints()].at(-1);
  const tree = new BlockTree(platform.sha256, last?.entries, last?.subtrees);
  const size = store.tip.entries;
  if (last?.entries === size) return last.note;
  for (const entry of store.entries(tree.size)) {
    if (tree.size === size) break;
    tree.append(leafHash(platform.sha256, entry));
    if (tree.size % ENTRIES_PER_TURN === 0) await turn(platform);
  }
  const note = signCheckpoint(size, tree.root(), key);
  journal.checkpoint({ entries: size, note, key: key.verifier.text, subtrees: tree.subtrees, blocks: tree.whole });
  await journal.finish();
  return note;
}

function turn(platform: Platform): Promise<void> {
  return new Promise((resolve) => {
    platform.defer(resolve);
  });
}
