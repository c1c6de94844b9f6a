import { DoterosError } from "../contract/error.ts";
import { NOTE_LENGTH_MAX, NOTE_SIGNATURES_MAX } from "../contract/limits.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { isSignature, SIGNATURE_BYTES, signatureOf } from "./ed25519.ts";
import { hexOf, KEY_ID_BYTES, type SigningKey, type VerifierKey } from "./key.ts";

// Signed notes as C2SP has them: text that ends with a newline, an empty line, and a line for each signature.

const SIGNATURE_LINE = /^\u2014 ([^\s\u0085+]+) (\S+)$/u;
/** What a note may not hold: control characters other than the newline. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const encoder = new TextEncoder();

/** A note whose signatures hold. */
export interface OpenedNote {
  /** The text that is signed, with the newline at its end. */
  readonly text: string;
  /** Whose signatures there are, of the keys that were given: one at least. */
  readonly signers: readonly VerifierKey[];
}

/**
 * The text with a signature of each key.
 *
 * @throws DoterosError `invalid-note` when the text cannot be signed
 */
export function signNote(text: string, keys: readonly SigningKey[]): string {
  if (!text.endsWith("\n") || CONTROL.test(text) || !text.isWellFormed()) {
    throw new DoterosError("invalid-note", "this text cannot be signed as a note", { help: "it ends with a newline and holds no other control characters" });
  }
  const message = encoder.encode(text);
  const lines = keys.map(({ verifier, seed }) => `\u2014 ${verifier.name} ${toBase64(Uint8Array.of(...verifier.id, ...signatureOf(message, seed)))}\n`);
  return `${text}\n${lines.join("")}`;
}

/**
 * Opens a note that one at least of the known keys signed. Signatures of others are passed over.
 *
 * @throws DoterosError `invalid-note` when it is no note, when no known key signed it, or when a signature of one is wrong
 */
export function openNote(note: string, known: readonly VerifierKey[]): OpenedNote {
  const { text, lines } = splitNote(note);
  const message = encoder.encode(text);
  const signers: VerifierKey[] = [];
  for (const { name, id, signature } of lines.map(readLine)) {
    const key = known.find((one) => one.name === name && hexOf(one.id) === hexOf(id));
    if (key === undefined || signers.includes(key)) continue;
    if (signature.length !== SIGNATURE_BYTES || !isSignature(signature, message, key.publicKey)) {
      throw new DoterosError("invalid-note", `the signature of ${name} is wrong`, { help: "the text was changed after it was signed, or the signature was" });
    }
    signers.push(key);
  }
  if (signers.length === 0) {
    throw new DoterosError("invalid-note", `the note is not signed by ${known.map(({ name, id }) => `${name} (${hexOf(id)})`).join(" or ")}`, {
      help: "look whether it is the right key, or the right note",
    });
  }
  return { text, signers };
}

/**
 * The text of a note and its signature lines; who signed it is not looked at.
 *
 * @throws DoterosError `invalid-note`
 */
export function splitNote(note: string): { text: string; lines: string[] } {
  const end = note.lastIndexOf("\n\n");
  if (note.length > NOTE_LENGTH_MAX || CONTROL.test(note) || !note.isWellFormed() || end < 0 || !note.endsWith("\n")) throw noNote();
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > NOTE_SIGNATURES_MAX) throw noNote();
  return { text: note.slice(0, end + 1), lines };
}

function readLine(line: string): { name: string; id: Uint8Array; signature: Uint8Array } {
  const [, name, base64] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = base64 === undefined ? undefined : fromBase64(base64);
  if (name === undefined || bytes === undefined || bytes.length <= KEY_ID_BYTES) throw noNote();
  return { name, id: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

function noNote(): DoterosError {
  return new DoterosError("invalid-note", "this is no signed note", { help: "a note is text, an empty line, and lines such as: \u2014 NAME BASE64" });
}
