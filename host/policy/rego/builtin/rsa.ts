// RSA signatures: the mathematics of RFC 8017, and its two ways of padding.

import { sameBytes, type Hash } from "./crypto.ts";
import { numberOf } from "./der.ts";

/** base ^ exponent, modulo. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let factor = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

function toBytes(value: bigint, length: number): Uint8Array {
  const text = value.toString(16).padStart(length * 2, "0");
  return Uint8Array.from({ length }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

const bitsOf = (modulus: bigint): number => modulus.toString(2).length;
const sizeOf = (modulus: bigint): number => Math.ceil(bitsOf(modulus) / 8);

/** What stands before a digest: which hash it is of. */
const PREFIXES: Readonly<Record<number, readonly number[]>> = {
  32: [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20],
  48: [0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30],
  64: [0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40],
};

function padded(digest: Uint8Array, size: number): Uint8Array | undefined {
  const tail = [...(PREFIXES[digest.length] ?? []), ...digest];
  const fill = size - tail.length - 3;
  return fill < 8 ? undefined : Uint8Array.from([0, 1, ...new Array<number>(fill).fill(0xff), 0, ...tail]);
}

/** A public key. */
export interface RsaKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
}

function open({ modulus, exponent }: RsaKey, signature: Uint8Array): Uint8Array | undefined {
  const size = sizeOf(modulus);
  const value = numberOf(signature);
  return signature.length !== size || value >= modulus ? undefined : toBytes(power(value, exponent, modulus), size);
}

/** Whether a signature with the padding of PKCS #1 v1.5 is of a digest. */
export function verifyPkcs(key: RsaKey, digest: Uint8Array, signature: Uint8Array): boolean {
  const opened = open(key, signature);
  const wanted = padded(digest, sizeOf(key.modulus));
  return opened !== undefined && wanted !== undefined && sameBytes(opened, wanted);
}

/** Signs a digest with the padding of PKCS #1 v1.5; undefined when the key is too short. */
export function signPkcs(modulus: bigint, secret: bigint, digest: Uint8Array): Uint8Array | undefined {
  const message = padded(digest, sizeOf(modulus));
  return message === undefined ? undefined : toBytes(power(numberOf(message), secret, modulus), sizeOf(modulus));
}

/** Bytes that a seed stretches to. */
function mask(seed: Uint8Array, length: number, hash: Hash): Uint8Array {
  const bytes: number[] = [];
  for (let counter = 0; bytes.length < length; counter += 1) bytes.push(...hash(Uint8Array.from([...seed, ...toBytes(BigInt(counter), 4)])));
  return Uint8Array.from(bytes.slice(0, length));
}

const ZEROS = new Uint8Array(8);

/** Whether a signature with the padding PSS is of a digest; the salt may be of any length. */
export function verifyPss(key: RsaKey, digest: Uint8Array, signature: Uint8Array, hash: Hash): boolean {
  const opened = open(key, signature);
  const bits = bitsOf(key.modulus) - 1;
  if (opened === undefined) return false;
  const message = opened.slice(opened.length - Math.ceil(bits / 8));
  const end = message.length - digest.length - 1;
  if (end < 0 || message.at(-1) !== 0xbc) return false;
  const inner = message.slice(end, message.length - 1);
  const stretched = mask(inner, end, hash);
  const data = message.slice(0, end).map((byte, at) => byte ^ (stretched[at] as number));
  data[0] = (data[0] as number) & (0xff >> (8 * message.length - bits));
  const start = data.findIndex((byte) => byte !== 0);
  if (data[start] !== 1) return false;
  return sameBytes(inner, hash(Uint8Array.from([...ZEROS, ...digest, ...data.slice(start + 1)])));
}

/** Signs a digest with the padding PSS; undefined when the key is too short. */
export function signPss(modulus: bigint, secret: bigint, digest: Uint8Array, salt: Uint8Array, hash: Hash): Uint8Array | undefined {
  const bits = bitsOf(modulus) - 1;
  const length = Math.ceil(bits / 8);
  const end = length - digest.length - 1;
  if (end < salt.length + 1) return undefined;
  const inner = hash(Uint8Array.from([...ZEROS, ...digest, ...salt]));
  const data = Uint8Array.from([...new Array<number>(end - salt.length - 1).fill(0), 1, ...salt]);
  const stretched = mask(inner, end, hash);
  const masked = data.map((byte, at) => byte ^ (stretched[at] as number));
  masked[0] = (masked[0] as number) & (0xff >> (8 * length - bits));
  const message = Uint8Array.from([...masked, ...inner, 0xbc]);
  return toBytes(power(numberOf(message), secret, modulus), sizeOf(modulus));
}
