// What is remembered of a city, and how one more day changes it. The class is the encoding: its fields lie in memory,
// and so in the state under `city/<name>`, in this order, little-endian, floats as IEEE 754 doubles, 328 bytes in all.
//
//   0 u8   version, 1; three zero bytes follow     48 f64  mean of all highs
//   4 u32  days counted                            56 f64  sum of their squared distances from it (Welford)
//   8 i32  last day, since 1970-01-01              64 u32  heat run: hot days in a row up to the last day
//  12 i32  day of the record high                  68 u32  longest heat run
//  16 f64  record high, degrees Celsius            72 u32  frost run: days with frost in a row up to the last day
//  24 f64  record low, degrees Celsius             76 u32  longest frost run
//  32 i32  day of the record low                   80 u64  zero, for what comes later
//  36 i32  wettest day, when there was any         88 f64  the highs of the last 30 days counted, 30 slots; day n of
//  40 f64  its precipitation, millimetres                  the count (from 0) has slot n mod 30

import { Reading } from "./reading";
import { Settings } from "./settings";

const VERSION: u8 = 1;
/** Highs that the rolling mean and variance are taken over. */
export const WINDOW_DAYS: u32 = 30;
/** A night this cold belongs to a frost run, in degrees Celsius. */
const FROST_CELSIUS: f64 = 0;
const WINDOW_OFFSET: i32 = 88;
/** Bytes of one city's state. */
const CITY_BYTES: i32 = WINDOW_OFFSET + 8 * <i32>WINDOW_DAYS;

@unmanaged
export class City {
  version: u8;
  days: u32;
  lastDay: i32;
  highDay: i32;
  high: f64;
  low: f64;
  lowDay: i32;
  wettestDay: i32;
  wettest: f64;
  mean: f64;
  squares: f64;
  heatRun: u32;
  longestHeatRun: u32;
  frostRun: u32;
  longestFrostRun: u32;
  spare: u64;

  /** True when the window holds as many days as it can. */
  get isSettled(): bool {
    return this.days >= WINDOW_DAYS;
  }

  /** The mean of a full window. */
  rollingMean(): f64 {
    let sum: f64 = 0;
    for (let age = WINDOW_DAYS; age > 0; age -= 1) sum += this.highDaysAgo(age);
    return sum / WINDOW_DAYS;
  }

  /** The standard deviation of a full window, whose mean is `mean`. */
  rollingDeviation(mean: f64): f64 {
    let sum: f64 = 0;
    for (let age = WINDOW_DAYS; age > 0; age -= 1) {
      const distance = this.highDaysAgo(age) - mean;
      sum += distance * distance;
    }
    return Math.sqrt(sum / (WINDOW_DAYS - 1));
  }

  /** Takes one more day into account, a day after the last one. */
  add(reading: Reading, settings: Settings): void {
    const isFirst = this.days == 0;
    const isNextDay = !isFirst && reading.day == this.lastDay + 1;
    if (isFirst || reading.high > this.high) {
      this.high = reading.high;
      this.highDay = reading.day;
    }
    if (isFirst || reading.low < this.low) {
      this.low = reading.low;
      this.lowDay = reading.day;
    }
    if (reading.precipitation > this.wettest) {
      this.wettest = reading.precipitation;
      this.wettestDay = reading.day;
    }
    this.heatRun = reading.high >= settings.heatCelsius ? (isNextDay ? this.heatRun : 0) + 1 : 0;
    this.longestHeatRun = max(this.longestHeatRun, this.heatRun);
    this.frostRun = reading.low <= FROST_CELSIUS ? (isNextDay ? this.frostRun : 0) + 1 : 0;
    this.longestFrostRun = max(this.longestFrostRun, this.frostRun);
    store<f64>(this.slotOf(this.days), reading.high);
    this.days += 1;
    const distance = reading.high - this.mean;
    this.mean += distance / <f64>this.days;
    this.squares += distance * (reading.high - this.mean);
    this.lastDay = reading.day;
  }

  /** The high of the `age`-th last day counted; 1 is the last. The order of a sum is part of its result. */
  private highDaysAgo(age: u32): f64 {
    return load<f64>(this.slotOf(this.days - age));
  }

  private slotOf(day: u32): usize {
    return changetype<usize>(this) + WINDOW_OFFSET + ((<usize>(day % WINDOW_DAYS)) << 3);
  }
}

/** The bytes of a city of which nothing is known yet. */
export function newCity(): Uint8Array {
  const bytes = new Uint8Array(CITY_BYTES);
  bytes[0] = VERSION;
  return bytes;
}

/** The city that the bytes of a state value hold, in place, or null when they are of another version. */
export function cityIn(bytes: Uint8Array): City | null {
  return bytes.length == CITY_BYTES && bytes[0] == VERSION ? changetype<City>(bytes.dataStart) : null;
}
