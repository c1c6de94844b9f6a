import { sha256 } from "@noble/hashes/sha2.js";
import { DoterosError } from "../contract/error.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { KEY_BYTES, publicKeyOf } from "./ed25519.ts";

// Keys as C2SP's signed-note has them: NAME+ID+BASE64 to verify with, PRIVATE+KEY+NAME+ID+BASE64 to sign with. The ID is the
// first four bytes of a hash over name and public key; before the key's bytes stands the number of Ed25519.

const ED25519 = 0x01;
const NEWLINE = 0x0a;
/** The length of a key's id, in bytes. */
export const KEY_ID_BYTES = 4;
const PRIVATE = "PRIVATE+KEY+";
const encoder = new TextEncoder();

/** A key that notes are verified with. */
export interface VerifierKey {
  /** Who signs: for a ledger its origin. */
  readonly name: string;
  /** What the signature lines say beside the name, 4 bytes. */
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The key as text: `name+id+base64`. */
  readonly text: string;
}

/** A key that notes are signed with. */
export interface SigningKey {
  readonly verifier: VerifierKey;
  /** What the private key is made of, 32 bytes. */
  readonly seed: Uint8Array;
  /** The key as text, to be kept secret: `PRIVATE+KEY+name+id+base64`. */
  readonly text: string;
}

/**
 * The key to sign with of a name and 32 bytes that nobody can predict.
 *
 * @throws DoterosError `invalid-key` when the name cannot be one
 * @example
 * ```ts
 * const key = signingKey("example.com/ledger", new Uint8Array(32));
 * key.verifier.text; // "example.com/ledger+ebafc28b+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
 * ```
 */
export function signingKey(name: string, seed: Uint8Array): SigningKey {
  const verifier = verifierKey(name, publicKeyOf(seed));
  return { verifier, seed, text: `${PRIVATE}${keyText(name, verifier.id, seed)}` };
}

/**
 * Reads a key to verify with.
 *
 * @throws DoterosError `invalid-key`
 */
export function parseVerifierKey(text: string): VerifierKey {
  if (text.startsWith(PRIVATE)) {
    throw new DoterosError("invalid-key", "this is a private key, and one to verify with is needed", { help: "give the text NAME+ID+BASE64 that was printed with it" });
  }
  const { name, id, bytes } = split(text, "it is NAME+ID+BASE64 on one line");
  const key = verifierKey(name, bytes);
  if (hexOf(key.id) !== id) throw wrongId(id);
  return key;
}

/**
 * Reads a key to sign with.
 *
 * @throws DoterosError `invalid-key`; the message holds nothing of the key
 */
export function parseSigningKey(text: string): SigningKey {
  const help = "it is PRIVATE+KEY+NAME+ID+BASE64 on one line";
  if (!text.startsWith(PRIVATE)) throw new DoterosError("invalid-key", "this is no private key", { help });
  const { name, id, bytes } = split(text.slice(PRIVATE.length), help);
  const key = signingKey(name, bytes);
  if (hexOf(key.verifier.id) !== id) throw wrongId(id);
  return key;
}

/** Whether two keys are the same. */
export function isSameKey(a: VerifierKey, b: VerifierKey): boolean {
  return a.text === b.text;
}

/** What may not be in the name of a key: it stands in a line between spaces, and before a plus. */
const NOT_IN_NAMES = /[\s\u0085+]/;

function verifierKey(name: string, publicKey: Uint8Array): VerifierKey {
  if (name === "" || NOT_IN_NAMES.test(name) || !name.isWellFormed()) {
    throw new DoterosError("invalid-key", `${JSON.stringify(name)} cannot be the name of a key`, { help: "a name is text without spaces and without a plus, such as example.com/ledger" });
  }
  const id = sha256(Uint8Array.from([...encoder.encode(name), NEWLINE, ED25519, ...publicKey])).slice(0, KEY_ID_BYTES);
  return { name, id, publicKey, text: keyText(name, id, publicKey) };
}

function keyText(name: string, id: Uint8Array, bytes: Uint8Array): string {
  return `${name}+${hexOf(id)}+${toBase64(Uint8Array.of(ED25519, ...bytes))}`;
}

function split(text: string, help: string): { name: string; id: string; bytes: Uint8Array } {
  // Base64 may hold a plus: only the first two separate.
  const [, name, id, base64] = /^([^+]*)\+([0-9a-fA-F]{8})\+(.*)$/su.exec(text) ?? [];
  const bytes = base64 === undefined ? undefined : fromBase64(base64);
  if (name === undefined || id === undefined || bytes === undefined) throw new DoterosError("invalid-key", "this is no key", { help });
  if (bytes[0] !== ED25519 || bytes.length !== 1 + KEY_BYTES) {
    throw new DoterosError("invalid-key", "the key is not one of Ed25519", { help: "other kinds of keys cannot be used here" });
  }
  return { name, id: id.toLowerCase(), bytes: bytes.subarray(1) };
}

function wrongId(id: string): DoterosError {
  return new DoterosError("invalid-key", `the key does not belong to its id ${id}`, { help: "a part of it was changed; copy it anew" });
}

/** Bytes as hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
