import { DoterosError } from "../contract/error.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { HASH_BYTES } from "./entry.ts";
import type { SigningKey, VerifierKey } from "./key.ts";
import { openNote, signNote } from "./note.ts";

/** What a ledger was at some moment, as C2SP's tlog-checkpoint has it. */
export interface Checkpoint {
  /** Which ledger: the name of its key. */
  readonly origin: string;
  /** How many entries it had. */
  readonly size: number;
  /** The root of their tree, 32 bytes. */
  readonly root: Uint8Array;
  /** Lines beyond those three: none in what this package writes. */
  readonly extensions: readonly string[];
}

/** A checkpoint as a note, signed; its origin is the name of the key. */
export function signCheckpoint(size: number, root: Uint8Array, key: SigningKey): string {
  return signNote(`${key.verifier.name}\n${size}\n${toBase64(root)}\n`, [key]);
}

/**
 * Opens a checkpoint that was signed with the key.
 *
 * @throws DoterosError `invalid-note` when it is no checkpoint, or was not signed with the key, or is another ledger's
 */
export function openCheckpoint(note: string, key: VerifierKey): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, [key]).text);
  if (checkpoint.origin === key.name) return checkpoint;
  throw new DoterosError("invalid-note", `the checkpoint is of the ledger ${JSON.stringify(checkpoint.origin)}, not of ${JSON.stringify(key.name)}`, {
    help: "the name of the key is the origin of the ledger",
  });
}

/**
 * Reads the text of a checkpoint; who signed it is not looked at.
 *
 * @throws DoterosError `invalid-note`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", digits = "", base64 = "", ...extensions] = text.slice(0, -1).split("\n");
  const size = /^(?:0|[1-9][0-9]*)$/.test(digits) ? Number(digits) : Number.NaN;
  const root = fromBase64(base64);
  if (!text.endsWith("\n") || origin === "" || !Number.isSafeInteger(size) || root?.length !== HASH_BYTES || extensions.includes("")) {
    throw new DoterosError("invalid-note", "the note is no checkpoint", { help: "a checkpoint has three lines or more: the origin, how many entries, the root in base64" });
  }
  return { origin, size, root, extensions };
}
