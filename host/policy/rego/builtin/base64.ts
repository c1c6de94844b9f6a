// Base64 and hex of bytes, and the bytes of strings.

import { Failure } from "./table.ts";

const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE = `${STANDARD.slice(0, 62)}-_`;

/** The bytes of a text in UTF-8. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Bytes as text; what is no UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Bytes in base64. */
export function encodeBase64(bytes: Uint8Array, { url = false, pad = true } = {}): string {
  const alphabet = url ? URL_SAFE : STANDARD;
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const length = Math.min(bytes.length - at, 3) + 1;
    for (let digit = 0; digit < length; digit += 1) text += alphabet[(bits >> (18 - 6 * digit)) & 63];
    if (pad) text += "=".repeat(4 - length);
  }
  return text;
}

/** The bytes of base64. @throws Failure that names the byte where it is none, as Go does */
export function decodeBase64(text: string, { url = false, pad = true } = {}): Uint8Array {
  const alphabet = url ? URL_SAFE : STANDARD;
  const bytes: number[] = [];
  let bits = 0;
  let digits = 0;
  let end = text.length;
  if (pad) while (end > 0 && text.length - end < 2 && text[end - 1] === "=") end -= 1;
  for (let at = 0; at < end; at += 1) {
    const char = text[at] as string;
    if (char === "\n" || char === "\r") continue;
    const digit = alphabet.indexOf(char);
    if (digit < 0) throw illegal(at);
    bits = (bits << 6) | digit;
    digits += 1;
    if (digits % 4 !== 0) continue;
    bytes.push((bits >> 16) & 255, (bits >> 8) & 255, bits & 255);
    bits = 0;
  }
  const rest = digits % 4;
  if (rest === 1 || (pad && (digits + text.length - end) % 4 !== 0)) throw illegal(text.length);
  if (rest > 1) bytes.push((bits >> (rest === 3 ? 10 : 4)) & 255);
  if (rest === 3) bytes.push((bits >> 2) & 255);
  return Uint8Array.from(bytes);
}

/** The bytes of base64 in the letters of URLs, with or without padding. @throws Failure when it is none */
export function decodeUrlSafe(text: string): Uint8Array {
  const rest = text.length % 4;
  if (text.endsWith("=") || rest === 0) return decodeBase64(text, { url: true });
  if (rest === 1) throw new Failure(`illegal base64url string: ${text}`);
  return decodeBase64(text + "=".repeat(4 - rest), { url: true });
}

function illegal(at: number): Failure {
  return new Failure(`illegal base64 data at input byte ${at}`);
}

/** Bytes in hex. */
export function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of hex. @throws Failure when it is none */
export function decodeHex(text: string): Uint8Array {
  const wrong = /[^0-9a-fA-F]/u.exec(text);
  if (wrong !== null) {
    const [char] = wrong;
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    throw new Failure(`encoding/hex: invalid byte: U+${code} '${char}'`);
  }
  if (text.length % 2 !== 0) throw new Failure("encoding/hex: odd length hex string");
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}
