// The three sizes of floating point numbers, by their bits.

export const HALF_NAN: u32 = 0x7e00;

/** The half with the same value as a single that is not NaN; -1 when there is none. */
export function halfOf(bits: u32): i32 {
  const sign = (bits >> 16) & 0x8000;
  const exponent = <i32>((bits >> 23) & 0xff) - 127;
  const fraction = bits & 0x7fffff;
  if (exponent == 128) return <i32>(sign | 0x7c00);
  if (bits << 1 == 0) return <i32>sign;
  if (exponent > 15 || exponent < -24) return -1;
  if (exponent >= -14) {
    if (fraction & 0x1fff) return -1;
    return <i32>(sign | (<u32>(exponent + 15) << 10) | (fraction >> 13));
  }
  const shift = <u32>(-1 - exponent);
  const whole = fraction | 0x800000;
  if (whole & ((1 << shift) - 1)) return -1;
  return <i32>(sign | (whole >> shift));
}

/** The value of a half. */
export function valueOfHalf(half: u32): f64 {
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  let value: f64;
  if (exponent == 0) value = <f64>fraction * 5.960464477539063e-8;
  else if (exponent == 31) value = fraction == 0 ? Infinity : NaN;
  else value = <f64>reinterpret<f32>(((exponent + 112) << 23) | (fraction << 13));
  return half & 0x8000 ? -value : value;
}

/** The value of a float whose head says `info` and whose bits are `bits`. */
export function floatValue(info: u32, bits: u64): f64 {
  if (info == 25) return valueOfHalf(<u32>bits);
  if (info == 26) return <f64>reinterpret<f32>(<u32>bits);
  return reinterpret<f64>(bits);
}

/** Whether no shorter float has the same value. Of the many NaNs only the shortest plain one is. */
export function isShortestFloat(info: u32, bits: u64): bool {
  const value = floatValue(info, bits);
  if (value != value) return info == 25 && bits == HALF_NAN;
  if (info == 25) return true;
  if (info == 26) return halfOf(<u32>bits) < 0;
  return <f64>(<f32>value) != value;
}
