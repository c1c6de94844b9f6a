import { getPublicKey, hashes, sign, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

// The package brings no hash of its own for calls that answer at once.
hashes.sha512 = (message) => sha512(message);

/** The length of a public key, and of the seed that a private key is made of, in bytes. */
export const KEY_BYTES = 32;
/** The length of a signature, in bytes. */
export const SIGNATURE_BYTES = 64;

/** The public key of a seed, 32 bytes both. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return getPublicKey(seed);
}

/** The signature of the message: the same one each time. */
export function signatureOf(message: Uint8Array, seed: Uint8Array): Uint8Array {
  return sign(message, seed);
}

/** Whether it is the signature of the message, as RFC 8032 has it; false as well when the key is none. */
export function isSignature(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
