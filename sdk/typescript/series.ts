import { append as hostAppend, downsample as hostDownsample, range as hostRange } from "doteros:capsule/series@0.1.0";
import { answerOf } from "./fault.ts";
import { nanosecondsOf } from "./nanoseconds.ts";
import { soundText } from "./sound.ts";

// Numbers over time: an append-only sequence of points for each name, kept beside the capsule's other state.

/** What `range` gives when it is not told how many. */
const POINTS = 1_000;

/** One number at one time. */
export interface Point {
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  readonly time: bigint;
  readonly value: number;
}

/** What the points of some span of time come to. */
export interface Bucket {
  /** When the span starts, in nanoseconds since 1970-01-01T00:00:00Z; the next one starts where it ends. */
  readonly start: bigint;
  /** How many points there are; at least 1. */
  readonly count: bigint;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/**
 * Adds a point to the series `name`. Points may arrive out of order; of two with the same time the later call wins.
 *
 * @param time nanoseconds since 1970-01-01T00:00:00Z, of which the host gets the nearest double: see `context.time`
 * @throws Fault when it is refused
 */
export function append(name: string, time: bigint, value: number): void {
  answerOf(() => hostAppend(soundText(name, "the name"), { time: Number(time), value }));
}

/**
 * The points of `name` at or after `start` and before `end` (nanoseconds), in order of time, at most `limit`.
 *
 * @throws Fault when it is refused
 */
export function range(name: string, start: bigint, end: bigint, limit = POINTS): Point[] {
  return answerOf(() => hostRange(soundText(name, "the name"), Number(start), Number(end), limit)).map(({ time, value }) => ({ time: nanosecondsOf(time), value }));
}

/**
 * The points of `name` at or after `start` and before `end` (nanoseconds), each `step` nanoseconds of them as one bucket, in
 * order of time; spans without points have none.
 *
 * @throws Fault when it is refused
 */
export function downsample(name: string, start: bigint, end: bigint, step: bigint): Bucket[] {
  const buckets = answerOf(() => hostDownsample(soundText(name, "the name"), Number(start), Number(end), Number(step)));
  return buckets.map(({ start: begin, count, min, max, mean }) => ({ start: nanosecondsOf(begin), count: BigInt(count), min, max, mean }));
}
