import { ANSWER, hasFault } from "./fault";
import { addressOf, wellFormed } from "./memory";

// Numbers over time: an append-only sequence of points for each name, kept beside the capsule's other state. A name is not
// empty, holds no U+0000 and at most 255 bytes.

@external("doteros:capsule/series@0.1.0", "append")
declare function seriesAppend(name: usize, nameLength: usize, time: u64, value: f64, answer: usize): void;

@external("doteros:capsule/series@0.1.0", "range")
declare function seriesRange(name: usize, nameLength: usize, start: u64, end: u64, limit: u32, answer: usize): void;

@external("doteros:capsule/series@0.1.0", "downsample")
declare function seriesDownsample(name: usize, nameLength: usize, start: u64, end: u64, step: u64, answer: usize): void;

/** One number at one time. */
export class Point {
  constructor(
    /** Nanoseconds since 1970-01-01T00:00:00Z. */
    public readonly time: u64,
    /** Any number but NaN. */
    public readonly value: f64,
  ) {}
}

/** What the points of some span of time come to. */
export class Bucket {
  constructor(
    /** When the span starts, in nanoseconds; the next one starts where it ends. */
    public readonly start: u64,
    /** How many points there are; at least 1. */
    public readonly count: u64,
    public readonly min: f64,
    public readonly max: f64,
    public readonly mean: f64,
  ) {}
}

/** Bytes of a point in memory. */
const POINT_BYTES: usize = 16;
/** Bytes of a bucket in memory. */
const BUCKET_BYTES: usize = 40;

/** Adds a point to the series `name`. Points may arrive out of order; of two with the same time the later call wins. */
export function append(name: string, time: u64, value: f64): void {
  if (hasFault()) return;
  const text = wellFormed(name);
  seriesAppend(addressOf(text), text.length, time, value, ANSWER);
}

/** The points of `name` at or after `start` and before `end` (nanoseconds), in order of time, at most `limit`. */
export function range(name: string, start: u64, end: u64, limit: u32 = 1000): Array<Point> {
  if (hasFault()) return [];
  const text = wellFormed(name);
  seriesRange(addressOf(text), text.length, start, end, limit, ANSWER);
  if (hasFault()) return [];
  const count = load<i32>(ANSWER, 8);
  const points = new Array<Point>(count);
  let at = load<usize>(ANSWER, 4);
  for (let index = 0; index < count; index++, at += POINT_BYTES) points[index] = new Point(load<u64>(at), load<f64>(at, 8));
  return points;
}

/**
 * The points of `name` at or after `start` and before `end`, each `step` nanoseconds of them as one bucket; spans without
 * points have none. In order of time, at most 10,000 buckets.
 */
export function downsample(name: string, start: u64, end: u64, step: u64): Array<Bucket> {
  if (hasFault()) return [];
  const text = wellFormed(name);
  seriesDownsample(addressOf(text), text.length, start, end, step, ANSWER);
  if (hasFault()) return [];
  const count = load<i32>(ANSWER, 8);
  const buckets = new Array<Bucket>(count);
  let at = load<usize>(ANSWER, 4);
  for (let index = 0; index < count; index++, at += BUCKET_BYTES) {
    buckets[index] = new Bucket(load<u64>(at), load<u64>(at, 8), load<f64>(at, 16), load<f64>(at, 24), load<f64>(at, 32));
  }
  return buckets;
}
