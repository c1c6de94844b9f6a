import { DoterosError } from "../contract/error.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { type Checkpoint, openCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { type Entry, HASH_BYTES } from "./entry.ts";
import { readEntry } from "./entry-reader.ts";
import { parseVerifierKey, type VerifierKey } from "./key.ts";
import { leafHash, type Sha256 } from "./merkle.ts";
import { splitNote } from "./note.ts";
import { consistencyProof, inclusionProof, rangeHash, rootFromInclusion, rootsFromConsistency } from "./prove.ts";
import { sameBytes } from "./same-bytes.ts";
import type { LedgerSource } from "./source.ts";

/** The version of the text of proofs. */
const VERSION = 1;

/** What a proof was found to prove. */
export type Proven =
  | { readonly kind: "inclusion"; readonly index: number; readonly entry: Entry; readonly checkpoint: Checkpoint; readonly key: VerifierKey }
  | {
      readonly kind: "consistency";
      /** The ledger as it was: its size and root. */
      readonly from: { readonly size: number; readonly root: Uint8Array };
      /** Whether a checkpoint in the proof vouches for that root; if none does, compare it with the one that you have. */
      readonly fromSigned: boolean;
      readonly checkpoint: Checkpoint;
      readonly key: VerifierKey;
    };

/**
 * A proof that an entry is in the ledger, as JSON text that holds all that is needed to check it: the entry, its path in
 * the tree, the checkpoint and the key.
 *
 * @throws DoterosError `invalid-proof` when no checkpoint vouches for the entry, or the ledger does not fit its checkpoint
 */
export async function proveEntry(source: LedgerSource, sha256: Sha256, index: number): Promise<string> {
  const { note, checkpoint, key } = latest(source);
  if (index < source.start || index >= checkpoint.size) throw outside(index, source.start, checkpoint.size);
  const path = await inclusionProof(sha256, subtreesOf(source), index, checkpoint.size);
  const text = { ...headOf("inclusion"), index, entry: toBase64(await source.entry(index)), path: path.map(toBase64), checkpoint: note, key };
  return checked(JSON.stringify(text), sha256);
}

/**
 * A proof that the ledger begins with what it was when it had `from` entries: nothing was changed or taken out since.
 *
 * @throws DoterosError `invalid-proof` when no checkpoint vouches for more entries, or the ledger does not fit its checkpoint
 */
export async function proveConsistency(source: LedgerSource, sha256: Sha256, from: number): Promise<string> {
  const { note, checkpoint, key } = latest(source);
  if (from < 1 || from < source.start || from >= checkpoint.size) {
    throw new DoterosError("invalid-proof", `there is nothing to prove from ${from} entries to ${checkpoint.size}`, {
      help: `it takes a size from ${Math.max(1, source.start)} to ${checkpoint.size - 1}`,
    });
  }
  const subtree = subtreesOf(source);
  const path = await consistencyProof(sha256, subtree, from, checkpoint.size);
  const root = await rangeHash(sha256, subtree, 0, from);
  const older = source.checkpoints.find((one) => unverified(one).size === from);
  const text = { ...headOf("consistency"), from: { size: from, root: toBase64(root), checkpoint: older }, path: path.map(toBase64), checkpoint: note, key };
  return checked(JSON.stringify(text), sha256);
}

/**
 * Checks a proof; it takes nothing else.
 *
 * @param text as `proveEntry` or `proveConsistency` made it
 * @param trusted the key that the checkpoint must be signed with. Without it the proof's own is taken, and whoever could
 *   have made the proof could have made that: then compare it
 * @throws DoterosError `invalid-proof`, `invalid-note`, `invalid-key`, `invalid-entry`; `unsupported` for a newer version
 */
export function checkProof(text: string, sha256: Sha256, trusted?: VerifierKey): Proven {
  const proof = fieldsOf(text);
  const own = parseVerifierKey(stringIn(proof, "key"));
  if (trusted !== undefined && trusted.text !== own.text) {
    throw new DoterosError("invalid-proof", `the proof is signed with the key ${own.text}, not with the one that is trusted`);
  }
  const checkpoint = openCheckpoint(stringIn(proof, "checkpoint"), own);
  const path = pathIn(proof);
  if (proof["kind"] === "inclusion") return { kind: "inclusion", ...included(proof, path, checkpoint, sha256), checkpoint, key: own };
  if (proof["kind"] === "consistency") return { kind: "consistency", ...consistent(proof, path, checkpoint, own, sha256), checkpoint, key: own };
  throw malformed("kind");
}

type Fields = Readonly<Record<string, unknown>>;

function included(proof: Fields, path: readonly Uint8Array[], checkpoint: Checkpoint, sha256: Sha256): { index: number; entry: Entry } {
  const index = countIn(proof, "index");
  const bytes = fromBase64(stringIn(proof, "entry"));
  if (bytes === undefined) throw malformed("entry");
  const root = rootFromInclusion(sha256, leafHash(sha256, bytes), index, checkpoint.size, path);
  if (root === undefined || !sameBytes(root, checkpoint.root)) {
    throw new DoterosError("invalid-proof", `the proof does not lead from entry ${index} to the root of the checkpoint`, { help: "the entry, the index or the path was changed" });
  }
  return { index, entry: readEntry(bytes) };
}

function consistent(proof: Fields, path: readonly Uint8Array[], checkpoint: Checkpoint, key: VerifierKey, sha256: Sha256) {
  const { from: fields } = proof;
  if (!isFields(fields)) throw malformed("from");
  const from = { size: countIn(fields, "size"), root: fromBase64(stringIn(fields, "root")) ?? refuse("from.root") };
  const roots = rootsFromConsistency(sha256, from.size, checkpoint.size, path, from.root);
  if (roots === undefined || !sameBytes(roots.from, from.root) || !sameBytes(roots.to, checkpoint.root)) {
    throw new DoterosError("invalid-proof", `the proof does not lead from ${from.size} entries to the ${checkpoint.size} of the checkpoint`, { help: "a root or the path was changed, or the ledger was" });
  }
  if (fields["checkpoint"] === undefined) return { from, fromSigned: false };
  const older = openCheckpoint(stringIn(fields, "checkpoint"), key);
  if (older.size === from.size && sameBytes(older.root, from.root)) return { from, fromSigned: true };
  throw new DoterosError("invalid-proof", `the older checkpoint does not vouch for the ${from.size} entries that the proof begins with`);
}

function fieldsOf(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DoterosError("invalid-proof", "the proof is not JSON", { cause, help: "a proof is made with: doteros-wasm ledger prove" });
  }
  if (!isFields(value) || value["format"] !== "doteros-ledger-proof") {
    throw new DoterosError("invalid-proof", "this is no proof", { help: "a proof is made with: doteros-wasm ledger prove" });
  }
  const { version } = value;
  if (version === VERSION) return value;
  throw new DoterosError("unsupported", `the proof is in version ${JSON.stringify(version) ?? "unknown"} of its format, and ${VERSION} is the newest that is known here`, { help: "take a newer doteros-wasm" });
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stringIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : refuse(name);
}

function countIn(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : refuse(name);
}

function pathIn(fields: Fields): Uint8Array[] {
  const { path } = fields;
  if (!Array.isArray(path)) throw malformed("path");
  return path.map((text) => {
    const hash = typeof text === "string" ? fromBase64(text) : undefined;
    return hash?.length === HASH_BYTES ? hash : refuse("path");
  });
}

function refuse(name: string): never {
  throw malformed(name);
}

function malformed(name: string): DoterosError {
  return new DoterosError("invalid-proof", `the proof is malformed: ${name}`, { where: name });
}

function headOf(kind: Proven["kind"]) {
  return { format: "doteros-ledger-proof", version: VERSION, kind };
}

/** The largest checkpoint, and the key it holds with. */
function latest({ key, checkpoints }: LedgerSource): { note: string; checkpoint: Checkpoint; key: string } {
  const note = checkpoints.at(-1);
  if (note === undefined || key === undefined) {
    throw new DoterosError("invalid-proof", "the ledger has no checkpoint, and nothing can be proven without one", { help: "a ledger has checkpoints when it is signed with a key" });
  }
  return { note, checkpoint: unverified(note), key };
}

/** What a checkpoint says. Whether it holds is looked at when the proof is made. */
function unverified(note: string): Checkpoint {
  return parseCheckpoint(splitNote(note).text);
}

function subtreesOf(source: LedgerSource): (level: number, index: number) => Promise<Uint8Array> {
  return async (level, index) => source.subtree(level, index);
}

function outside(index: number, start: number, size: number): DoterosError {
  return new DoterosError("invalid-proof", `the checkpoint does not vouch for an entry ${index} that is here`, {
    help: size > start ? `it does for those from ${start} to ${size - 1}` : "it does for none of those that are here",
  });
}

/** A proof is given away only when it holds. */
function checked(text: string, sha256: Sha256): string {
  try {
    checkProof(text, sha256);
    return text;
  } catch (cause) {
    if (!(cause instanceof DoterosError)) throw cause;
    throw new DoterosError("damaged-ledger", `the ledger does not fit its checkpoint: ${cause.message}`, { cause, help: "doteros-wasm ledger verify says what is wrong" });
  }
}
