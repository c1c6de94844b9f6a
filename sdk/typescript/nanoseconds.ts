const MICROSECOND = 1_000n;

/**
 * A time in nanoseconds that the engine brought as a double: exact up to 2^53, and beyond that the nearest whole microsecond,
 * because doubles keep times of our days to 256 nanoseconds only. Until the year 2116 no whole microsecond is changed by that, and
 * no time comes before one that was earlier.
 */
export function nanosecondsOf(double: number): bigint {
  const time = BigInt(double);
  return double <= Number.MAX_SAFE_INTEGER ? time : ((time + MICROSECOND / 2n) / MICROSECOND) * MICROSECOND;
}
