import { DoterosError } from "../contract/error.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { type Entry, NO_ENTRY_HASH } from "./entry.ts";
import { readEntry } from "./entry-reader.ts";
import { hexOf, isSameKey, parseVerifierKey, type VerifierKey } from "./key.ts";
import { Frontier, type Sha256 } from "./merkle.ts";
import { sameBytes } from "./same-bytes.ts";
import type { LedgerSource, StoredEntry } from "./source.ts";

/** What is wrong with a ledger. */
export interface LedgerFault {
  /** The first entry that is not as it was, or that cannot be trusted; undefined when it is something else. */
  readonly index: number | undefined;
  /** In words. */
  readonly what: string;
  /** Where in the file, in bytes, when it is known. */
  readonly offset?: number;
}

/** What a ledger was found to be. */
export interface LedgerReport {
  /** The index of the first entry. */
  readonly start: number;
  /** How many entries there are up to here, those before `start` included. Those after a fault are not looked at. */
  readonly size: number;
  /** The root of the tree of so many entries, 32 bytes. */
  readonly root: Uint8Array;
  /** The key that the checkpoints were verified with; undefined when nothing is signed. */
  readonly key: VerifierKey | undefined;
  /** The checkpoints that hold: signed with the key, and about these entries. */
  readonly checkpoints: readonly Checkpoint[];
  /** How many entries the last of them vouches for. */
  readonly signed: number;
  /** The components that are named and not here, by digest, 64 hexadecimal digits. Nobody can replay without them. Not looked for after a fault. */
  readonly missing: readonly string[];
  /** The first thing that is wrong; undefined when nothing is. */
  readonly fault: LedgerFault | undefined;
}

/**
 * Verifies a ledger: that each entry is well-formed and names the one before it, that the tree over them has the root of
 * each checkpoint, and that each checkpoint was signed with the key. It ends at the first fault.
 *
 * @param trusted the key it must be signed with. Without it the ledger's own key is taken, and whoever could have changed
 *   the ledger could have changed that: then compare it
 */
export async function verifyLedger(source: LedgerSource, sha256: Sha256, trusted?: VerifierKey): Promise<LedgerReport> {
  const pass = new Pass(source, sha256);
  let fault: LedgerFault | undefined;
  try {
    pass.checkpoints(trusted);
    await pass.entries();
    await pass.components();
  } catch (error) {
    fault = pass.faultOf(error);
  }
  return fault === undefined ? { ...pass.result(), fault } : { ...pass.result(), missing: [], fault };
}

/** Thrown where an entry is at fault. */
class EntryFault {
  readonly index: number;
  readonly what: string;

  constructor(index: number, what: string) {
    this.index = index;
    this.what = what;
  }
}

class Pass {
  readonly #source: LedgerSource;
  readonly #tree: Frontier;
  readonly #sha256: Sha256;
  #key: VerifierKey | undefined;
  /** Those that are signed; how many of them are about these entries. */
  readonly #signed: Checkpoint[] = [];
  #held = 0;
  #last: Uint8Array | undefined;
  readonly #missing = new Set<string>();

  constructor(source: LedgerSource, sha256: Sha256) {
    this.#source = source;
    this.#sha256 = sha256;
    this.#tree = new Frontier(sha256, source.start, source.before);
    this.#last = source.start === 0 ? NO_ENTRY_HASH : undefined;
  }

  checkpoints(trusted: VerifierKey | undefined): void {
    const { key, checkpoints, start, size } = this.#source;
    const own = key === undefined ? undefined : parseVerifierKey(key);
    this.#key = trusted ?? own;
    if (trusted !== undefined && own !== undefined && !isSameKey(trusted, own)) {
      throw new DoterosError("invalid-note", `the ledger is signed with the key ${own.text}, not with the one that is trusted`);
    }
    if (this.#key === undefined || checkpoints.length === 0) {
      if (trusted !== undefined || checkpoints.length > 0) throw new DoterosError("invalid-note", checkpoints.length > 0 ? "the ledger has no key to verify its checkpoints with" : "no checkpoint is here: nothing is signed");
      return;
    }
    let least = 0;
    for (const note of checkpoints) {
      const checkpoint = openCheckpoint(note, this.#key);
      if (checkpoint.size < least) throw new DoterosError("invalid-note", "the checkpoints are not in order");
      if (checkpoint.size > size) throw new EntryFault(size, `entry ${size} is missing: a checkpoint vouches for ${checkpoint.size} entries`);
      // Of entries that are not here nothing is known but the trees that the first one here goes on with.
      if (checkpoint.size >= start) this.#signed.push(checkpoint);
      least = checkpoint.size;
    }
  }

  async entries(): Promise<void> {
    for await (const stored of this.#source.entries()) this.#entry(stored);
    this.#reached();
    const { size } = this.#source;
    if (this.#tree.size < size) throw new EntryFault(this.#tree.size, `entry ${this.#tree.size} is missing: the ledger says that it has ${size}`);
  }

  async components(): Promise<void> {
    if (this.#missing.size === 0) return;
    for await (const bytes of this.#source.components()) this.#missing.delete(hexOf(this.#sha256(bytes)));
  }

  faultOf(error: unknown): LedgerFault {
    if (error instanceof EntryFault) return { index: error.index, what: error.what };
    if (!(error instanceof DoterosError)) throw error;
    const { code, message, offset } = error;
    if (code !== "damaged-ledger" && code !== "invalid-note" && code !== "invalid-key") throw error;
    // What a source cannot read is what comes next: an entry, as long as there are to be more.
    const index = code === "damaged-ledger" && this.#tree.size < this.#source.size ? this.#tree.size : undefined;
    return { index, what: message, ...(offset === undefined ? {} : { offset }) };
  }

  result(): Omit<LedgerReport, "fault"> {
    const checkpoints = this.#signed.slice(0, this.#held);
    return {
      start: this.#source.start,
      size: this.#tree.size,
      root: this.#tree.root(),
      key: this.#key,
      checkpoints,
      signed: checkpoints.at(-1)?.size ?? 0,
      missing: [...this.#missing],
    };
  }

  #entry({ index, bytes, leaf }: StoredEntry): void {
    const { size } = this.#tree;
    if (index !== size) throw new EntryFault(size, `entry ${size} is missing: ${index} comes in its place`);
    const entry = wellFormed(index, bytes);
    if (this.#last !== undefined && !sameBytes(entry.previous, this.#last)) {
      const what = index === 0 ? "entry 0 says that there is one before it" : `entry ${index - 1} is not the one that entry ${index} follows: one of them was changed`;
      throw new EntryFault(Math.max(0, index - 1), what);
    }
    if (entry.kind === "load") this.#missing.add(hexOf(entry.digest));
    if (entry.kind === "snapshot" && entry.restored) this.#missing.add(hexOf(entry.snapshot));
    // Only now: what the next entry says of the one before is more exact than what a checkpoint says of all of them.
    this.#reached();
    this.#tree.append(leaf);
    this.#last = leaf;
  }

  /** Compares the tree with the checkpoints of its size. */
  #reached(): void {
    for (let next = this.#signed[this.#held]; next !== undefined && next.size === this.#tree.size; next = this.#signed[this.#held]) {
      if (!sameBytes(next.root, this.#tree.root())) {
        const earliest = Math.max(0, Math.min(this.#signed[this.#held - 1]?.size ?? this.#source.start, next.size - 1));
        throw new EntryFault(earliest, `the checkpoint of ${next.size} entries has another root: one of them was changed, from entry ${earliest} on`);
      }
      this.#held += 1;
    }
  }
}

function wellFormed(index: number, bytes: Uint8Array): Entry {
  try {
    return readEntry(bytes);
  } catch (error) {
    if (error instanceof DoterosError) throw new EntryFault(index, `entry ${index} is no entry: ${error.message}`);
    throw error;
  }
}
