// What certificates and keys are made of: DER, as far as it takes to find a public key.

import { Failure } from "./table.ts";

/** One element: what kind it is, and its content. */
interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** All of its bytes. */
  readonly whole: Uint8Array;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT = 0x06;

function malformed(): Failure {
  return new Failure("asn1: structure error: malformed certificate or key");
}

function readElement(bytes: Uint8Array, at: number): Element {
  const tag = bytes[at];
  let length = bytes[at + 1];
  let start = at + 2;
  if (tag === undefined || length === undefined) throw malformed();
  if (length > 0x80) {
    const size = length - 0x80;
    if (size > 4) throw malformed();
    length = 0;
    for (const byte of bytes.slice(start, start + size)) length = length * 256 + byte;
    start += size;
  }
  if (start + length > bytes.length) throw malformed();
  return { tag, content: bytes.slice(start, start + length), whole: bytes.slice(at, start + length) };
}

function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readElement(bytes, at);
    found.push(element);
    at += element.whole.length;
  }
  return found;
}

function contentOf(element: Element | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw malformed();
  return element.content;
}

/** A number of any size from its bytes, the greatest first. */
export function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A public key, by the family it is of. */
export type PublicKey =
  | { readonly kind: "rsa"; readonly modulus: bigint; readonly exponent: bigint }
  | { readonly kind: "ec"; readonly curve: "P-256" | "P-384" | "P-521"; readonly point: Uint8Array }
  | { readonly kind: "ed25519"; readonly point: Uint8Array };

const RSA = "2a864886f70d010101";
const EC = "2a8648ce3d0201";
const ED25519 = "2b6570";
const CURVES: Readonly<Record<string, "P-256" | "P-384" | "P-521">> = { "2a8648ce3d030107": "P-256", "2b81040022": "P-384", "2b81040023": "P-521" };

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The key in what X.509 calls a SubjectPublicKeyInfo. @throws Failure when it is none that is known here */
export function readPublicKey(bytes: Uint8Array): PublicKey {
  const [algorithm, bits] = elements(contentOf(readElement(bytes, 0), SEQUENCE));
  const [name, parameter] = elements(contentOf(algorithm, SEQUENCE));
  const key = contentOf(bits, BIT_STRING).slice(1);
  const kind = hex(contentOf(name, OBJECT));
  if (kind === RSA) {
    const [modulus, exponent] = elements(contentOf(readElement(key, 0), SEQUENCE));
    return { kind: "rsa", modulus: numberOf(contentOf(modulus, INTEGER)), exponent: numberOf(contentOf(exponent, INTEGER)) };
  }
  if (kind === ED25519) return { kind: "ed25519", point: key };
  const curve = kind === EC && parameter?.tag === OBJECT ? CURVES[hex(parameter.content)] : undefined;
  if (curve === undefined) throw new Failure("x509: unsupported public key algorithm");
  return { kind: "ec", curve, point: key };
}

const VERSION = 0xa0;

/** The public key of a certificate. @throws Failure when it is none */
export function readCertificate(bytes: Uint8Array): PublicKey {
  const [signed] = elements(contentOf(readElement(bytes, 0), SEQUENCE));
  const fields = elements(contentOf(signed, SEQUENCE));
  const at = fields[0]?.tag === VERSION ? 6 : 5;
  const key = fields[at];
  if (key === undefined) throw malformed();
  return readPublicKey(key.whole);
}
