/** Whether bytes are one well-formed CBOR item, by the pseudocode of RFC 8949, appendix C, and with UTF-8 checked. */
export function isWellFormed(bytes: Uint8Array): boolean {
  try {
    const end = item(bytes, 0, 0, false);
    return end === bytes.length;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return false;
    throw error;
  }
}

const BREAK = -1;
/** As deep as the SDK reads. */
const DEPTH_MAX = 64;

function item(bytes: Uint8Array, at: number, depth: number, breakable: boolean): number {
  if (depth > DEPTH_MAX) throw new RangeError("too deep");
  const first = byteAt(bytes, at);
  const major = first >> 5;
  const info = first & 31;
  let body = at + 1;
  let value = BigInt(info);
  if (info >= 24 && info <= 27) {
    const size = 2 ** (info - 24);
    value = 0n;
    for (let index = 0; index < size; index++) value = value * 256n + BigInt(byteAt(bytes, body + index));
    body += size;
  } else if (info === 31) {
    return indefinite(bytes, at, major, depth, breakable);
  } else if (info > 27) throw new RangeError("reserved");
  switch (major) {
    case 2:
    case 3: {
      if (value > BigInt(bytes.length - body)) throw new RangeError("short");
      const end = body + Number(value);
      if (major === 3) new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(body, end));
      return end;
    }
    case 4:
    case 5: {
      let next = body;
      for (let left = value * (major === 5 ? 2n : 1n); left > 0n; left--) next = item(bytes, next, depth + 1, false);
      return next;
    }
    case 6:
      return item(bytes, body, depth + 1, false);
    case 7:
      if (info === 24 && value < 32n) throw new RangeError("simple");
      return body;
    default:
      return body;
  }
}

function indefinite(bytes: Uint8Array, at: number, major: number, depth: number, breakable: boolean): number {
  if (major === 7 && breakable) return BREAK;
  if (major < 2 || major > 5) throw new RangeError("no indefinite length");
  let next = at + 1;
  for (let count = 0; ; count++) {
    const before = next;
    if (major < 4 && byteAt(bytes, before) !== 0xff && (byteAt(bytes, before) >> 5 !== major || (byteAt(bytes, before) & 31) === 31)) {
      throw new RangeError("a part of another kind");
    }
    next = item(bytes, before, depth + 1, true);
    if (next !== BREAK) continue;
    if (major === 5 && count % 2 === 1) throw new RangeError("a key without a value");
    return before + 1;
  }
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError("the end");
  return byte;
}
