import type { Bucket, Point, Series } from "../contract/capsule-world.ts";
import { SCAN_ENTRIES_MAX, SERIES_NAME_BYTES_MAX } from "../contract/limits.ts";
import { utf8Length } from "../store/utf8-order.ts";
import { fault } from "./fault.ts";
import { entriesOf, write } from "./state.ts";
import type { Transition } from "./transition.ts";

/** Digits of a time in a key: as many for each, so that the keys are in order of time. */
const TIME_DIGITS = 16;
const HEXADECIMAL = 16;
const VALUE_BYTES = 8;

/**
 * Gives a capsule series of numbers. A point is an entry of its state whose key is U+0000, the name, U+0000 and the time,
 * so that a series lies together and in order, and has versions, replay and limits like everything else in the state.
 */
export function series(transition: Transition): Series {
  return {
    append(name, { time, value }) {
      transition.mustBeOpen();
      checkName(name);
      if (Number.isNaN(value)) fault("invalid", "the value is NaN");
      transition.mustBeAllowed("series.append", name);
      const key = keyOf(name, time);
      const bytes = new Uint8Array(VALUE_BYTES);
      new DataView(bytes.buffer).setFloat64(0, value);
      write(transition, key, utf8Length(key), bytes);
    },
    range(name, start, end, limit) {
      transition.mustBeOpen();
      if (limit > SCAN_ENTRIES_MAX) fault("limit", `range returns ${SCAN_ENTRIES_MAX} points at most, not ${limit}`);
      const points: Point[] = [];
      const all = pointsOf(transition, name, start, end);
      if (limit === 0) return points;
      for (const point of all) {
        points.push(point);
        if (points.length === limit) break;
      }
      return points;
    },
    downsample(name, start, end, step) {
      transition.mustBeOpen();
      if (step === 0n) fault("invalid", "a bucket has no length");
      return bucketsOf(pointsOf(transition, name, start, end), start, step);
    },
  };
}

function checkName(name: string): void {
  if (name === "") fault("invalid", "the name of the series is empty");
  if (name.includes("\0")) fault("invalid", "the name of the series holds U+0000");
  if (utf8Length(name) > SERIES_NAME_BYTES_MAX) fault("invalid", `the name of the series has more than ${SERIES_NAME_BYTES_MAX} bytes`);
}

function keyOf(name: string, time: bigint): string {
  return `\0${name}\0${time.toString(HEXADECIMAL).padStart(TIME_DIGITS, "0")}`;
}

function pointsOf(transition: Transition, name: string, start: bigint, end: bigint): Iterable<Point> {
  checkName(name);
  if (end < start) fault("invalid", "the range ends before it starts");
  transition.mustBeAllowed("series.range", name);
  return read(entriesOf(transition, keyOf(name, start), keyOf(name, end)));
}

function* read(entries: Iterable<readonly [string, Uint8Array]>): Generator<Point> {
  for (const [key, value] of entries) {
    const view = new DataView(value.buffer, value.byteOffset, VALUE_BYTES);
    yield { time: BigInt(`0x${key.slice(-TIME_DIGITS)}`), value: view.getFloat64(0) };
  }
}

function bucketsOf(points: Iterable<Point>, start: bigint, step: bigint): Bucket[] {
  const buckets: { start: bigint; count: bigint; min: number; max: number; mean: number }[] = [];
  let bucket: (typeof buckets)[number] | undefined;
  for (const { time, value } of points) {
    const first = time - ((time - start) % step);
    if (bucket?.start !== first) {
      if (buckets.length === SCAN_ENTRIES_MAX) fault("limit", `downsample returns ${SCAN_ENTRIES_MAX} buckets at most: make the steps longer`);
      buckets.push((bucket = { start: first, count: 0n, min: value, max: value, mean: 0 }));
    }
    bucket.count += 1n;
    bucket.min = Math.min(bucket.min, value);
    bucket.max = Math.max(bucket.max, value);
    // The sum, until the bucket is whole.
    bucket.mean += value;
  }
  for (const one of buckets) one.mean /= Number(one.count);
  return buckets;
}
