// The last words of a guest that breaks its own rules: an index out of range, a failed assertion, `throw`. They stay in
// memory, where the host reads them when the trap reaches it.

/** Where the address of the last words lies, and behind it their length in UTF-16 code units; zeros while all is well. */
export const panic: usize = memory.data(8, 4);

/** Code units of last words, at most: memory may be what ran out, so they have a place of their own. */
const UNITS_MAX: i32 = 500;
@lazy const WORDS: usize = memory.data(1000, 2);

/** What AssemblyScript calls instead of going on. */
export function abort(message: string | null, file: string | null, line: i32, column: i32): void {
  let length = append(0, message === null ? "abort" : message);
  if (file !== null) {
    length = append(append(length, " in "), file);
    length = appendNumber(append(length, ":"), line);
    length = appendNumber(append(length, ":"), column);
  }
  store<usize>(panic, WORDS);
  store<u32>(panic, length, 4);
  unreachable();
}

/** Adds `text` behind the first `length` units, as far as there is room. @returns how many there are then */
function append(length: i32, text: string): i32 {
  const units = min(text.length, UNITS_MAX - length);
  for (let index = 0; index < units; index++) {
    store<u16>(WORDS + (<usize>(length + index) << 1), load<u16>(changetype<usize>(text) + (<usize>index << 1)));
  }
  return length + units;
}

function appendNumber(length: i32, value: i32): i32 {
  let rest = value;
  let at = length;
  let size = 1;
  while (size <= rest / 10) size *= 10;
  for (; size > 0 && at < UNITS_MAX; size /= 10) {
    store<u16>(WORDS + (<usize>at << 1), 0x30 + rest / size);
    rest %= size;
    at++;
  }
  return at;
}
