// The signatures of JSON Web Tokens, by the names of their algorithms.

import { ed25519 } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { type Hash, sameBytes } from "./crypto.ts";
import type { SigningKey, VerificationKey } from "./jwk.ts";
import { signPkcs, signPss, verifyPkcs, verifyPss } from "./rsa.ts";
import { Failure } from "./table.ts";

const HASHES: Readonly<Record<string, Hash>> = { "256": sha256, "384": sha384, "512": sha512 };
const CURVES: Readonly<Record<string, typeof p256>> = { "P-256": p256, "P-384": p384, "P-521": p521 };

/** The algorithms that are known. */
export const ALGORITHMS: ReadonlySet<string> = new Set(["RS", "PS", "ES", "HS"].flatMap((family) => Object.keys(HASHES).map((size) => family + size)).concat("EdDSA"));

function hashOf(algorithm: string): Hash {
  return HASHES[algorithm.slice(2)] ?? sha256;
}

/** Whether a signature is that of a message by a key. */
export function verify(algorithm: string, key: VerificationKey["key"], message: Uint8Array, signature: Uint8Array): boolean {
  const hash = hashOf(algorithm);
  switch (algorithm.slice(0, 2)) {
    case "HS":
      return key.kind === "secret" && sameBytes(hmac(hash, key.bytes, message), signature);
    case "RS":
      return key.kind === "rsa" && verifyPkcs(key, hash(message), signature);
    case "PS":
      return key.kind === "rsa" && verifyPss(key, hash(message), signature, hash);
    case "ES":
      return key.kind === "ec" && attempt(() => (CURVES[key.curve] as typeof p256).verify(signature, hash(message), key.point, { prehash: false, lowS: false }));
    case "Ed":
      return key.kind === "ed25519" && attempt(() => ed25519.verify(signature, message, key.point));
    default:
      return false;
  }
}

/** The libraries throw at keys and signatures that cannot be any. */
function attempt(work: () => boolean): boolean {
  try {
    return work();
  } catch {
    return false;
  }
}

/** Signs a message. @throws Failure when the key is not one for the algorithm */
export function sign(algorithm: string, key: SigningKey, message: Uint8Array, salt: () => Uint8Array): Uint8Array {
  const hash = hashOf(algorithm);
  const family = algorithm.slice(0, 2);
  if (family === "HS" && key.kind === "secret") return hmac(hash, key.bytes, message);
  if (family === "RS" && key.kind === "rsa") return enough(signPkcs(key.modulus, key.secret, hash(message)));
  if (family === "PS" && key.kind === "rsa") return enough(signPss(key.modulus, key.secret, hash(message), saltFor(hash, salt), hash));
  if (family === "ES" && key.kind === "ec") return (CURVES[key.curve] as typeof p256).sign(hash(message), key.secret, { prehash: false, lowS: false });
  if (family === "Ed" && key.kind === "ed25519") return ed25519.sign(message, key.secret);
  throw new Failure(`the key cannot be used with the algorithm ${algorithm}`);
}

function saltFor(hash: Hash, salt: () => Uint8Array): Uint8Array {
  const bytes: number[] = [];
  while (bytes.length < hash.outputLen) bytes.push(...salt());
  return Uint8Array.from(bytes.slice(0, hash.outputLen));
}

function enough(signature: Uint8Array | undefined): Uint8Array {
  if (signature === undefined) throw new Failure("the key is too short for the algorithm");
  return signature;
}
