/**
 * What lies outside the host, as far as one capsule was granted it: nothing of it is there unless it was named. A capsule's
 * imports answer at once, so whatever has to wait blocks the thread.
 */
export interface Outside {
  /** The clock on the wall and the one that never goes back, both in nanoseconds; undefined where the capsule has the time of its transition. */
  readonly clock: OutsideClock | undefined;

  /**
   * Blocks the thread until something arrived from outside, or the time is up.
   *
   * @param milliseconds undefined for as long as it takes
   */
  pause(milliseconds: number | undefined): void;
}

/** Real time. */
export interface OutsideClock {
  /** Nanoseconds since 1970. */
  wall(): bigint;
  /** Nanoseconds since some moment. */
  monotonic(): bigint;
}
