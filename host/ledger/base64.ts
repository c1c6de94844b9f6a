const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second, third] = bytes.subarray(at, at + 3);
    const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    text += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    text += second === undefined ? "=" : ALPHABET.charAt((bits >> 6) & 63);
    text += third === undefined ? "=" : ALPHABET.charAt(bits & 63);
  }
  return text;
}

/** The bytes that {@link toBase64} makes this text of, or undefined when it makes it of none: other spellings are refused. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let at = 0; at < text.length; at += 4) {
    let bits = 0;
    for (let index = at; index < at + 4; index += 1) {
      const digit = index >= text.length - padding ? 0 : DIGITS[text.charCodeAt(index)];
      if (digit === undefined) return undefined;
      bits = (bits << 6) | digit;
    }
    const to = (at / 4) * 3;
    bytes[to] = bits >> 16;
    bytes[to + 1] = bits >> 8;
    bytes[to + 2] = bits;
  }
  // What padding cuts off must be zero.
  if (bytes.subarray(bytes.length - padding).some((byte) => byte !== 0)) return undefined;
  return bytes.subarray(0, bytes.length - padding);
}

/** The value of each digit, by its code. */
const DIGITS: readonly (number | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const value = ALPHABET.indexOf(String.fromCharCode(code));
  return value < 0 ? undefined : value;
});
