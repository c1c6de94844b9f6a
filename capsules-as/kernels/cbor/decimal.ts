// Numbers as JSON writes them. What has few digits is done here; the rest is the host's, which knows how to do it exactly.

import { NUMBER } from "./room";
import { moveTo, out, put, putBytes } from "./write";

/** Writes the shortest text of `value` to NUMBER, as ECMAScript has it, and answers how long it is. */
@external("host", "textOf")
declare function textOf(value: f64): u32;

/** Up to this, a number of fifteen digits, a decimal and a double tell each other apart. */
const FIFTEEN_DIGITS: f64 = 1e15;
/** Below this ECMAScript writes an exponent. */
const PLAIN_MIN: f64 = 1e-6;

/** Writes the decimal digits of `value`, and at least `least` of them. */
export function putDigits(value: u64, least: u32): void {
  let length = max(least, 1);
  for (let rest = value, size: u32 = 1; rest > 9; ) {
    rest /= 10;
    size += 1;
    if (size > length) length = size;
  }
  const start = out;
  let at = start + length;
  while (value > 0xffffffff) {
    at -= 1;
    store<u8>(at, 48 + <u32>(value % 10));
    value /= 10;
  }
  let small = <u32>value;
  while (at > start) {
    at -= 1;
    store<u8>(at, 48 + (small % 10));
    small /= 10;
  }
  moveTo(start + length);
}

/** Writes a float; what JSON has no number for is null. */
export function putDouble(value: f64): void {
  if (!isFinite(value)) {
    store<u32>(out, 0x6c6c756e);
    moveTo(out + 4);
    return;
  }
  // Minus zero as well.
  if (reinterpret<u64>(value) >> 63 != 0) {
    put(45);
    value = -value;
  }
  if (value < FIFTEEN_DIGITS && <f64>(<u64>value) == value) return putDigits(<u64>value, 1);
  if (value >= PLAIN_MIN && value < FIFTEEN_DIGITS && putFraction(value)) return;
  putBytes(NUMBER, textOf(value));
}

/** Writes a number as an integer and a few decimals, where that is exact. The smallest number of decimals is the shortest. */
function putFraction(value: f64): bool {
  let power: f64 = 10;
  for (let decimals: u32 = 1; decimals <= 20; decimals += 1) {
    const scaled = nearest(value * power);
    if (scaled >= FIFTEEN_DIGITS) return false;
    // Both are integers that a double holds exactly, so this division is the reading of the decimal number.
    if (scaled / power == value) {
      // Decimals past the digits are the host's: a power of ten beyond 10^19 is no u64.
      if (decimals > 19) return false;
      const whole = <u64>scaled;
      const unit = <u64>power;
      putDigits(whole / unit, 1);
      put(46);
      putDigits(whole % unit, decimals);
      return true;
    }
    power *= 10;
  }
  return false;
}
