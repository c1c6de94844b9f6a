// JSON's grammar (RFC 8259) over UTF-8 bytes, without making anything: each function takes where a piece starts and
// where the input ends, and returns where the piece ends, or 0 when it is not well formed. Strings must be valid UTF-8.

/** Arrays and objects inside each other, deep: a hostile payload must not exhaust the stack. */
const DEPTH_MAX: i32 = 64;

/** Where the last scan that returned 0 gave up. */
let stopped: usize = 0;

/** The address of the byte that the last failed scan could not accept. */
export function stoppedAt(): usize {
  return stopped;
}

/** Gives up at `at`: what every scan returns for bytes it cannot accept. */
export function stopAt(at: usize): usize {
  stopped = at;
  return 0;
}

/** The byte at `at`, or 0, which JSON allows nowhere, at the end. */
export function byteAt(at: usize, end: usize): u8 {
  return at < end ? load<u8>(at) : 0;
}

/** Where the next byte is that is no space. */
export function skipSpace(at: usize, end: usize): usize {
  while (at < end) {
    const byte = load<u8>(at);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) break;
    at += 1;
  }
  return at;
}

/** Any value; `depth` is how many arrays and objects it lies in. */
export function scanValue(at: usize, end: usize, depth: i32): usize {
  switch (byteAt(at, end)) {
    case 0x22: // "
      return scanString(at, end);
    case 0x7b: // {
      return depth < DEPTH_MAX ? scanMembers(at, end, depth + 1, 0x7d) : stopAt(at);
    case 0x5b: // [
      return depth < DEPTH_MAX ? scanMembers(at, end, depth + 1, 0x5d) : stopAt(at);
    case 0x74: // t
      return scanWord(at, end, "true");
    case 0x66: // f
      return scanWord(at, end, "false");
    case 0x6e: // n
      return scanWord(at, end, "null");
    default:
      return scanNumber(at, end);
  }
}

/** An array or an object, whose closing bracket is `close`. */
function scanMembers(at: usize, end: usize, depth: i32, close: u8): usize {
  at = skipSpace(at + 1, end);
  if (byteAt(at, end) == close) return at + 1;
  while (true) {
    if (close == 0x7d) {
      at = scanName(at, end);
      if (at == 0) return 0;
    }
    at = scanValue(at, end, depth);
    if (at == 0) return 0;
    at = skipSpace(at, end);
    const byte = byteAt(at, end);
    if (byte == close) return at + 1;
    if (byte != 0x2c) return stopAt(at); // ,
    at = skipSpace(at + 1, end);
  }
}

/** A member's name, its colon and the space up to its value. */
function scanName(at: usize, end: usize): usize {
  at = scanString(at, end);
  if (at == 0) return 0;
  at = skipSpace(at, end);
  return byteAt(at, end) == 0x3a ? skipSpace(at + 1, end) : stopAt(at); // :
}

function scanWord(at: usize, end: usize, word: string): usize {
  for (let index = 0; index < word.length; index += 1) {
    if (byteAt(at + index, end) != word.charCodeAt(index)) return stopAt(at + index);
  }
  return at + word.length;
}

/** A number. */
export function scanNumber(at: usize, end: usize): usize {
  if (byteAt(at, end) == 0x2d) at += 1; // -
  if (byteAt(at, end) == 0x30) {
    at += 1; // a leading zero stands alone
  } else {
    at = scanDigits(at, end);
    if (at == 0) return 0;
  }
  if (byteAt(at, end) == 0x2e) {
    at = scanDigits(at + 1, end);
    if (at == 0) return 0;
  }
  if ((byteAt(at, end) | 0x20) != 0x65) return at; // e, E
  at += 1;
  const sign = byteAt(at, end);
  return scanDigits(sign == 0x2b || sign == 0x2d ? at + 1 : at, end);
}

function scanDigits(at: usize, end: usize): usize {
  const start = at;
  while (<u8>(byteAt(at, end) - 0x30) < 10) at += 1;
  return at > start ? at : stopAt(at);
}

/** A string, from quote to quote. */
export function scanString(at: usize, end: usize): usize {
  if (byteAt(at, end) != 0x22) return stopAt(at);
  at += 1;
  while (true) {
    const byte = byteAt(at, end);
    if (byte == 0x22) return at + 1;
    if (byte < 0x20) return stopAt(at);
    at = byte == 0x5c ? scanEscape(at, end) : byte < 0x80 ? at + 1 : scanCodePoint(at, end);
    if (at == 0) return 0;
  }
}

function scanEscape(at: usize, end: usize): usize {
  const letter = byteAt(at + 1, end);
  switch (letter) {
    case 0x22: case 0x5c: case 0x2f: case 0x62: case 0x66: case 0x6e: case 0x72: case 0x74:
      return at + 2;
    case 0x75: // u
      for (let digit = at + 2; digit < at + 6; digit += 1) {
        const byte = byteAt(digit, end);
        if (<u8>(byte - 0x30) >= 10 && <u8>((byte | 0x20) - 0x61) >= 6) return stopAt(digit);
      }
      return at + 6;
    default:
      return stopAt(at + 1);
  }
}

/** One code point of two to four bytes, as Unicode's table of well-formed UTF-8 has them. */
function scanCodePoint(at: usize, end: usize): usize {
  const lead = byteAt(at, end);
  if (lead < 0xc2 || lead > 0xf4) return stopAt(at);
  const second = byteAt(at + 1, end);
  const lowest: u8 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const highest: u8 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return stopAt(at + 1);
  const length: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let index: usize = 2; index < length; index += 1) {
    if ((byteAt(at + index, end) & 0xc0) != 0x80) return stopAt(at + index);
  }
  return at + length;
}

// Of a document that has been scanned, the rest may be stepped over without asking whether it is well formed.

/** Where the string that starts at `at` ends. */
export function passString(at: usize): usize {
  at += 1;
  while (true) {
    const byte = load<u8>(at);
    if (byte == 0x22) return at + 1;
    at += byte == 0x5c ? 2 : 1;
  }
}

/** Where the value that starts at `at` ends. */
export function passValue(at: usize, end: usize): usize {
  const first = load<u8>(at);
  if (first == 0x22) return passString(at);
  let depth = 0;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte == 0x22) {
      at = passString(at);
      continue;
    }
    if (byte == 0x7b || byte == 0x5b) depth += 1;
    else if (byte == 0x7d || byte == 0x5d) {
      if (depth <= 1) return depth == 1 ? at + 1 : at;
      depth -= 1;
    } else if (depth == 0 && (byte == 0x2c || byte <= 0x20)) return at;
    at += 1;
  }
  return at;
}
