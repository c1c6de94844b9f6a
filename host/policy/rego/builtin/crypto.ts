import { hmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import type { Value } from "../value/value.ts";
import { bytesOf, encodeHex } from "./base64.ts";
import { asString, type BuiltinFamily, type Context } from "./table.ts";

/** Hashes, and codes of messages. */
export const crypto: BuiltinFamily = {
  "crypto.md5": [1, hashed(md5)],
  "crypto.sha1": [1, hashed(sha1)],
  "crypto.sha256": [1, hashed(sha256)],
  "crypto.hmac.md5": [2, coded(md5)],
  "crypto.hmac.sha1": [2, coded(sha1)],
  "crypto.hmac.sha256": [2, coded(sha256)],
  "crypto.hmac.sha512": [2, coded(sha512)],
  "crypto.hmac.equal": [2, (a: Value, b: Value) => sameBytes(bytesOf(asString(a, 1)), bytesOf(asString(b, 2)))],
};

/** A hash function of the library. */
export type Hash = typeof sha256 | typeof sha512 | typeof md5;

function hashed(hash: Hash): (text: Value, context: Context) => string {
  return (text, context) => {
    const bytes = bytesOf(asString(text, 1));
    context.charge(bytes.length >> 6);
    return encodeHex(hash(bytes));
  };
}

function coded(hash: Hash): (text: Value, key: Value, context: Context) => string {
  return (text, key, context) => {
    const bytes = bytesOf(asString(text, 1));
    context.charge(bytes.length >> 6);
    return encodeHex(hmac(hash, bytesOf(asString(key, 2)), bytes));
  };
}

/** Whether bytes are the same, in a time that does not tell where they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) difference |= (a[at] as number) ^ (b[at] as number);
  return difference === 0;
}
