import { JsonWriter } from "doteros-wasm/sdk/assemblyscript";
import { City } from "./city";
import { dateOf } from "./day";
import { Reading } from "./reading";
import { Settings } from "./settings";

const HEAT_RUN_DAYS: u32 = 3;
const FROST_RUN_DAYS: u32 = 5;
/** A high this many standard deviations from the rolling mean is unusual. */
const UNUSUAL_DEVIATIONS: f64 = 3;

/** Something about a reading that someone should know. */
export class Alert {
  constructor(
    public readonly kind: string,
    /** What was measured: degrees Celsius, metres per second, or days in a row. */
    public readonly value: f64,
    public readonly text: string,
  ) {}
}

/** What stands out in `reading` against the days before it, which are all that `city` knows of yet. */
export function alertsBefore(city: City, reading: Reading, settings: Settings, alerts: Alert[]): void {
  if (city.isSettled) {
    if (reading.high > city.high) {
      const text = recordText(reading.high, "high", city.high, city.highDay);
      alerts.push(new Alert("record-high", reading.high, text));
    }
    if (reading.low < city.low) {
      const text = recordText(reading.low, "low", city.low, city.lowDay);
      alerts.push(new Alert("record-low", reading.low, text));
    }
    const unusual = unusualDay(city, reading.high);
    if (unusual !== null) alerts.push(unusual);
  }
  if (reading.wind > settings.windLimit) {
    const text = "wind of " + numberText(reading.wind) + " m/s, above " + numberText(settings.windLimit) + " m/s";
    alerts.push(new Alert("wind", reading.wind, text));
  }
}

/** Which runs have just become long enough, now that `city` knows the reading. */
export function alertsAfter(city: City, settings: Settings, alerts: Alert[]): void {
  if (city.heatRun == HEAT_RUN_DAYS) {
    const text = HEAT_RUN_DAYS.toString() + " days in a row with " + degrees(settings.heatCelsius) + " or more";
    alerts.push(new Alert("heat-run", HEAT_RUN_DAYS, text));
  }
  if (city.frostRun == FROST_RUN_DAYS) {
    alerts.push(new Alert("frost-run", FROST_RUN_DAYS, FROST_RUN_DAYS.toString() + " days in a row with frost"));
  }
}

function recordText(value: f64, side: string, before: f64, dayBefore: i32): string {
  return degrees(value) + " is a new record " + side + ", after " + degrees(before) + " on " + dateOf(dayBefore);
}

function unusualDay(city: City, high: f64): Alert | null {
  const mean = city.rollingMean();
  const deviation = city.rollingDeviation(mean);
  const distance = Math.abs(high - mean);
  if (distance <= UNUSUAL_DEVIATIONS * deviation || deviation == 0) return null;
  const side = high > mean ? "above" : "below";
  const times = numberText(rounded(distance / deviation));
  const text = degrees(high) + " is " + times + " standard deviations " + side + " the last 30 days' mean of ";
  return new Alert("unusual", high, text + degrees(rounded(mean)));
}

/** The alert as the JSON object that is published. */
export function jsonOf(alert: Alert, reading: Reading): Uint8Array {
  return new JsonWriter().object()
    .key("city").text(reading.city)
    .key("date").text(reading.date)
    .key("kind").text(alert.kind)
    .key("value").number(alert.value)
    .key("text").text(alert.text)
    .end().bytes();
}

/**
 * A city's name as one token of a subject: letters and digits in lower case, one hyphen for whatever is between them.
 * What is not ASCII stays as it is. Empty when the name has neither letter nor digit.
 */
export function slugOf(city: string): string {
  let slug = "";
  let isGap = false;
  for (let index = 0; index < city.length; index += 1) {
    const unit = city.charCodeAt(index);
    const isUpper = unit >= 0x41 && unit <= 0x5a;
    const isKept = isUpper || (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit >= 0x80;
    if (isKept) {
      if (isGap && slug.length > 0) slug += "-";
      slug += isUpper ? String.fromCharCode(unit | 0x20) : city.charAt(index);
    }
    isGap = !isKept;
  }
  return slug;
}

/** To one digit after the point, halves up. */
function rounded(value: f64): f64 {
  return Math.floor(value * 10 + 0.5) / 10;
}

function degrees(celsius: f64): string {
  return numberText(celsius) + " °C";
}

/**
 * A text that reads back as `value`, without the `.0` that AssemblyScript gives whole numbers. Adding zero makes a
 * negative zero positive.
 */
function numberText(value: f64): string {
  const text = (value + 0.0).toString();
  return text.endsWith(".0") ? text.substring(0, text.length - 2) : text;
}
