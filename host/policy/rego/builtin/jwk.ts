// Keys as JSON Web Keys and as PEM.

import { parseJson } from "../value/json.ts";
import { lookup } from "../value/object.ts";
import { isArray, isObject, type Value } from "../value/value.ts";
import { decodeBase64, decodeUrlSafe } from "./base64.ts";
import { numberOf, type PublicKey, readCertificate, readPublicKey } from "./der.ts";
import { Failure } from "./table.ts";

/** A key that signatures are verified with. */
export interface VerificationKey {
  readonly algorithm: string;
  readonly id: string;
  readonly key: PublicKey | { readonly kind: "secret"; readonly bytes: Uint8Array };
}

/** A key that signs. */
export type SigningKey =
  | { readonly kind: "secret"; readonly bytes: Uint8Array }
  | { readonly kind: "rsa"; readonly modulus: bigint; readonly secret: bigint }
  | { readonly kind: "ec"; readonly curve: string; readonly secret: Uint8Array }
  | { readonly kind: "ed25519"; readonly secret: Uint8Array };

function invalid(why: string): Failure {
  return new Failure(`failed to parse a JWK key (set): ${why}`);
}

function field(key: Value, name: string): string | undefined {
  const value = lookup(key, name);
  return typeof value === "string" ? value : undefined;
}

function bytesOf(key: Value, name: string): Uint8Array {
  const text = field(key, name);
  if (text === undefined) throw invalid(`the field ${name} is missing`);
  return decodeUrlSafe(text);
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from([...new Array<number>(Math.max(0, length - bytes.length)).fill(0), ...bytes]);
}

const POINT_BYTES: Readonly<Record<string, number>> = { "P-256": 32, "P-384": 48, "P-521": 66 };

function publicPart(key: Value): VerificationKey["key"] {
  const kind = field(key, "kty");
  if (kind === "oct") return { kind: "secret", bytes: bytesOf(key, "k") };
  if (kind === "RSA") return { kind: "rsa", modulus: numberOf(bytesOf(key, "n")), exponent: numberOf(bytesOf(key, "e")) };
  if (kind === "OKP" && field(key, "crv") === "Ed25519") return { kind: "ed25519", point: bytesOf(key, "x") };
  const curve = field(key, "crv") ?? "";
  const length = POINT_BYTES[curve];
  if (kind !== "EC" || length === undefined) throw invalid(`the key type ${kind ?? "?"} is not known`);
  const point = Uint8Array.from([4, ...padded(bytesOf(key, "x"), length), ...padded(bytesOf(key, "y"), length)]);
  return { kind: "ec", curve: curve as "P-256", point };
}

/** The keys of a JWK or a set of them. */
function keysOf(document: Value): readonly Value[] {
  const set = lookup(document, "keys");
  if (isArray(set)) return set;
  if (!isObject(document) || field(document, "kty") === undefined) throw invalid("it is no key");
  return [document];
}

const PEM = /^\s*-----BEGIN ([A-Z0-9 ]+)-----\s*([A-Za-z0-9+/=\s]*)-----END \1-----[^\S\n]*\n?/;

/** The keys that a certificate, a public key or a set of JSON Web Keys holds. @throws Failure when it is none of them */
export function readVerificationKeys(text: string): readonly VerificationKey[] {
  const pem = PEM.exec(text);
  if (pem !== null) {
    if (text.slice(pem[0].length) !== "") throw new Failure("extra data after a PEM certificate block");
    const bytes = decodeBase64((pem[2] ?? "").replaceAll(/\s/g, ""));
    if (pem[1] === "CERTIFICATE") return [{ algorithm: "", id: "", key: readCertificate(bytes) }];
    if (pem[1] === "PUBLIC KEY") return [{ algorithm: "", id: "", key: readPublicKey(bytes) }];
    throw new Failure("failed to extract a Key from the PEM certificate");
  }
  return keysOf(parse(text)).map((key) => ({ algorithm: field(key, "alg") ?? "", id: field(key, "kid") ?? "", key: publicPart(key) }));
}

function parse(text: string): Value {
  try {
    return parseJson(text);
  } catch {
    throw invalid("it is no JSON");
  }
}

/** The first key of a JWK or a set of them, to sign with. @throws Failure when it is none */
export function readSigningKey(document: Value): SigningKey {
  const [key] = keysOf(document);
  if (key === undefined) throw new Failure("no keys found in JWK set");
  const kind = field(key, "kty");
  if (kind === "oct") return { kind: "secret", bytes: bytesOf(key, "k") };
  if (kind === "RSA") return { kind: "rsa", modulus: numberOf(bytesOf(key, "n")), secret: numberOf(bytesOf(key, "d")) };
  if (kind === "OKP") return { kind: "ed25519", secret: bytesOf(key, "d") };
  const curve = field(key, "crv") ?? "";
  const length = POINT_BYTES[curve];
  if (kind !== "EC" || length === undefined) throw invalid(`the key type ${kind ?? "?"} is not known`);
  return { kind: "ec", curve, secret: padded(bytesOf(key, "d"), length) };
}
