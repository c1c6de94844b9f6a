/** U+FFFD, which stands for half a surrogate pair: it has no UTF-8. */
const REPLACEMENT: u32 = 0xfffd;

/** The text of a well-formed JSON string that starts and ends with its quotes. */
export function decodeString(start: usize, end: usize): string {
  const first = start + 1;
  const close = end - 1;
  for (let at = first; at < close; at += 1) {
    if (load<u8>(at) == 0x5c) return unescaped(first, close);
  }
  return String.UTF8.decodeUnsafe(first, close - first);
}

/** A string's bytes with its escapes resolved; no escape is shorter than what it stands for. */
function unescaped(at: usize, close: usize): string {
  const room = new ArrayBuffer(<i32>(close - at));
  const buffer = changetype<usize>(room);
  let to = buffer;
  while (at < close) {
    const byte = load<u8>(at);
    if (byte != 0x5c) {
      store<u8>(to, byte);
      to += 1;
      at += 1;
      continue;
    }
    let code = escapedUnit(at);
    at += load<u8>(at + 1) == 0x75 ? 6 : 2;
    if ((code & 0xf800) == 0xd800) {
      const low = at < close ? lowSurrogate(at) : 0;
      if (code < 0xdc00 && low != 0) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
      } else {
        code = REPLACEMENT;
      }
    }
    to = writeCodePoint(to, code);
  }
  return String.UTF8.decodeUnsafe(buffer, to - buffer);
}

/** The UTF-16 code unit that the escape at `at` stands for. */
function escapedUnit(at: usize): u32 {
  const letter = load<u8>(at + 1);
  switch (letter) {
    case 0x62: return 0x08; // b
    case 0x66: return 0x0c; // f
    case 0x6e: return 0x0a; // n
    case 0x72: return 0x0d; // r
    case 0x74: return 0x09; // t
    case 0x75: break; // u
    default: return letter;
  }
  let unit: u32 = 0;
  for (let digit = at + 2; digit < at + 6; digit += 1) {
    const byte = <u32>load<u8>(digit);
    unit = (unit << 4) | (byte < 0x3a ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return unit;
}

/** The second half of a surrogate pair, when the bytes at `at` are an escape for one; 0 otherwise. */
function lowSurrogate(at: usize): u32 {
  if (load<u8>(at) != 0x5c || load<u8>(at + 1) != 0x75) return 0;
  const unit = escapedUnit(at);
  return (unit & 0xfc00) == 0xdc00 ? unit : 0;
}

/** Whether the well-formed JSON string from `start` to `end`, quotes included, is `name`. */
export function isString(start: usize, end: usize, name: string): bool {
  const length = <usize>name.length;
  if (end - start - 2 == length) {
    // As many bytes as units: only ASCII without escapes can be that.
    let same = true;
    for (let index: usize = 0; index < length && same; index += 1) {
      const byte = <i32>load<u8>(start + 1 + index);
      same = byte == name.charCodeAt(<i32>index) && byte < 0x80 && byte != 0x5c;
    }
    return same;
  }
  return end - start - 2 > length && decodeString(start, end) == name;
}

/** Writes one code point as UTF-8 and returns where it ends. */
function writeCodePoint(to: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(to, code);
    return to + 1;
  }
  const length: usize = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (let index = length - 1; index > 0; index -= 1) {
    store<u8>(to + index, 0x80 | (code & 0x3f));
    code >>= 6;
  }
  // The first byte starts with as many ones as there are bytes.
  store<u8>(to, (0xf00 >> <u32>length) | code);
  return to + length;
}
