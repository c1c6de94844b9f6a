// Cuts a subject or a pattern into tokens, and says what is wrong with it: eight bytes at a time while all is well.
import { hashOf } from "./entry";

/** The bytes of UTF-8 that a subject may have. */
const SUBJECT_BYTES_MAX: u32 = 255;

/** Where the host writes the subject or the pattern, as UTF-8. It may write 3 * 255 bytes; words are read past its end. */
export const input: usize = memory.data(784, 8);

/** Why a text is refused. The host has a sentence for each; 0 is none. */
const EMPTY: u32 = 1;
const TOO_LONG: u32 = 2;
const EMPTY_TOKEN: u32 = 3;
const ILLEGAL_CHARACTER: u32 = 4;
const WILDCARD_IN_SUBJECT: u32 = 5;
const WILDCARD_IN_TOKEN: u32 = 6;
const REST_NOT_LAST: u32 = 7;

const DOT: u32 = 0x2e;
const STAR: u32 = 0x2a;
const GREATER: u32 = 0x3e;

/** The same byte eight times. */
const EACH_01: u64 = 0x0101010101010101;
const EACH_7F: u64 = 0x7f * EACH_01;
const EACH_80: u64 = 0x80 * EACH_01;
/** Without these two bits a dot, a star, a greater sign and a colon are the same, and nothing else is. */
const EACH_WITHOUT_TWO_BITS: u64 = 0xeb * EACH_01;
const EACH_STAR: u64 = STAR * EACH_01;
/** Added to a byte below 0x80, this sets its highest bit unless it is a space or a control character. */
const EACH_TO_PRINT: u64 = (0x80 - 0x21) * EACH_01;

/** For each token: where it begins, its bytes, its hash. */
const TOKEN_BITS: usize = 4;
const tokens: usize = memory.data(257 << 4, 8);

/** How many tokens the text has. */
export let tokenCount: u32 = 0;
/** The byte where the problem is. */
export let problemAt: u32 = 0;

@inline
export function tokenStart(token: u32): usize {
  return load<usize>(tokens + (<usize>token << TOKEN_BITS));
}

@inline
export function tokenBytes(token: u32): u32 {
  return load<u32>(tokens + (<usize>token << TOKEN_BITS), 4);
}

@inline
export function tokenHash(token: u32): u32 {
  return load<u32>(tokens + (<usize>token << TOKEN_BITS), 8);
}

/** Whether a token of a pattern is `*`. Legal patterns have no other token with that character. */
@inline
export function isAny(token: u32): bool {
  return load<u8>(tokenStart(token)) == STAR;
}

/** Whether a token of a pattern is `>`. */
@inline
export function isRest(token: u32): bool {
  return load<u8>(tokenStart(token)) == GREATER;
}

/** Cuts the input, so many bytes, into tokens. Answers what is wrong, with `problemAt`, or 0. */
export function cut(length: u32, isPattern: bool): u32 {
  problemAt = 0;
  tokenCount = 0;
  if (length == 0) return EMPTY;
  if (length > SUBJECT_BYTES_MAX) return TOO_LONG;
  const end = input + length;
  // Whatever stands after the end, it is legal and no dot.
  store<u64>(end, EACH_7F - EACH_01);
  let start = input;
  let strange: u64 = 0;
  let wildcards: u32 = 0;
  for (let word = input; word < end; word += 8) {
    const bytes = load<u64>(word);
    strange |= strangeBytes(bytes);
    for (let signs = signBytes(bytes); signs != 0; signs &= signs - 1) {
      const at = word + <usize>(ctz(signs) >> 3);
      const sign = <u32>load<u8>(at);
      if (sign == STAR || sign == GREATER) wildcards += 1;
      if (sign != DOT) continue;
      if (at == start) return refuse(EMPTY_TOKEN, at);
      addToken(start, at);
      start = at + 1;
    }
  }
  if (start == end) return refuse(EMPTY_TOKEN, end);
  addToken(start, end);
  const problem = strange == 0 ? 0 : characterProblem(end);
  return problem != 0 || wildcards == 0 ? problem : wildcardProblem(end, isPattern);
}

/** The highest bit of each byte that is no printable ASCII character. */
@inline
function strangeBytes(bytes: u64): u64 {
  const low = bytes & EACH_7F;
  return (~(low + EACH_TO_PRINT) | (low + EACH_01) | bytes) & EACH_80;
}

/** The highest bit of each byte that is a dot, a star, a greater sign or a colon. */
@inline
function signBytes(bytes: u64): u64 {
  const other = (bytes & EACH_WITHOUT_TWO_BITS) ^ EACH_STAR;
  return ~(((other & EACH_7F) + EACH_7F) | other) & EACH_80;
}

@inline
function addToken(start: usize, end: usize): void {
  const token = tokens + (<usize>tokenCount << TOKEN_BITS);
  store<usize>(token, start);
  store<u32>(token, <u32>(end - start), 4);
  store<u32>(token, hashOf(start, <u32>(end - start)), 8);
  tokenCount += 1;
}

function refuse(problem: u32, at: usize): u32 {
  problemAt = <u32>(at - input);
  return problem;
}

function characterProblem(end: usize): u32 {
  for (let at = input; at < end; ) {
    const first = <u32>load<u8>(at);
    const bytes: u32 = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (isIllegal(first, bytes, at)) return refuse(ILLEGAL_CHARACTER, at);
    at += bytes;
  }
  return 0;
}

/** Whether a character is a space or does not print. The host writes well-formed UTF-8. */
@inline
function isIllegal(first: u32, bytes: u32, at: usize): bool {
  if (bytes == 1) return first < 0x21 || first == 0x7f;
  const second = <u32>load<u8>(at, 1) & 0x3f;
  if (bytes == 2) return isSpace(((first & 0x1f) << 6) | second);
  return bytes == 3 && isSpace(((first & 0x0f) << 12) | (second << 6) | (<u32>load<u8>(at, 2) & 0x3f));
}

/** The control characters and spaces of Unicode beyond ASCII, and the byte order mark: JavaScript's `\s` and `\p{Cc}`. */
function isSpace(character: u32): bool {
  if (character <= 0xa0 || character == 0x1680 || character == 0x3000 || character == 0xfeff) return true;
  if (character < 0x2000 || character > 0x205f) return false;
  return character <= 0x200a || character == 0x2028 || character == 0x2029 || character == 0x202f || character == 0x205f;
}

function wildcardProblem(end: usize, isPattern: bool): u32 {
  let token: u32 = 0;
  for (let at = input; at < end; at += 1) {
    const character = <u32>load<u8>(at);
    if (character == DOT) token += 1;
    if (character != STAR && character != GREATER) continue;
    if (!isPattern) return refuse(WILDCARD_IN_SUBJECT, at);
    if (tokenBytes(token) > 1) return refuse(WILDCARD_IN_TOKEN, at);
    if (character == GREATER && token < tokenCount - 1) return refuse(REST_NOT_LAST, at);
  }
  return 0;
}
