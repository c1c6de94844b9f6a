/** Powers of ten that a double holds exactly. */
const EXACT = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);
const EXACT_MOST: i32 = 22;
/** Whole numbers up to this one are doubles. */
const WHOLE_MOST: u64 = 9_007_199_254_740_992;

/**
 * The number that the well-formed JSON from `start` to `end` writes. The nearest double when it has up to 15 digits and a
 * power of ten that is not large; of others AssemblyScript's `parseFloat` may miss the last bit, the same way everywhere.
 */
export function numberAt(start: usize, end: usize): f64 {
  let at = start;
  const isNegative = load<u8>(at) == 0x2d;
  if (isNegative) at += 1;
  let digits: u64 = 0;
  let exponent = 0;
  let isFraction = false;
  for (; at < end; at += 1) {
    const byte = load<u8>(at);
    if (byte == 0x2e) {
      isFraction = true;
      continue;
    }
    if (<u8>(byte - 0x30) > 9) break;
    digits = digits * 10 + (byte - 0x30);
    if (isFraction) exponent -= 1;
    if (digits > WHOLE_MOST) return parseFloat(String.UTF8.decodeUnsafe(start, end - start));
  }
  if (at < end) exponent += exponentAt(at + 1, end);
  if (digits == 0) return isNegative ? -0.0 : 0;
  if (exponent < -EXACT_MOST || exponent > EXACT_MOST) return parseFloat(String.UTF8.decodeUnsafe(start, end - start));
  const power = load<f64>(EXACT + (<usize>abs(exponent) << 3));
  const value = exponent < 0 ? <f64>digits / power : <f64>digits * power;
  return isNegative ? -value : value;
}

function exponentAt(at: usize, end: usize): i32 {
  const sign = load<u8>(at);
  if (sign == 0x2b || sign == 0x2d) at += 1;
  let value = 0;
  for (; at < end; at += 1) value = min(value * 10 + (load<u8>(at) - 0x30), 100_000);
  return sign == 0x2d ? -value : value;
}
