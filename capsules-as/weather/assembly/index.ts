// Keeps a running picture of each city's weather from daily readings, and says on `alerts.<city>` what stands out: new
// records, runs of heat and frost, strong wind, days unlike the thirty before them. reading.ts says what a reading is,
// city.ts what is remembered, alert.ts what is worth an alert.

import { endMessage } from "../../binding/arena";
import { Fault, failed, invalid, outcomeOf } from "../../binding/fault";
import { Level, log } from "../../binding/logging";
import { publishText } from "../../binding/messaging";
import { Value, get, put } from "../../binding/state";
import { Alert, alertsAfter, alertsBefore, jsonOf, slugOf } from "./alert";
import { CITY_BYTES, City, cityAt, newCity } from "./city";
import { dateOf } from "./day";
import { Reading, readReading } from "./reading";
import { Settings, readSettings } from "./settings";

/** `handler.handle`: its message's fields one after the other, of which only the payload matters here. */
export function handle(
  subject: usize, subjectLength: usize,
  hasReplyTo: i32, replyTo: usize, replyToLength: usize,
  hasContentType: i32, contentType: usize, contentTypeLength: usize,
  hasDataType: i32, dataType: usize, dataTypeLength: usize,
  headers: usize, headersLength: usize,
  payload: usize, payloadLength: usize,
): usize {
  const outcome = outcomeOf(handlePayload(payload, payloadLength));
  endMessage();
  return outcome;
}

function handlePayload(payload: usize, payloadLength: usize): Fault | null {
  const settings = new Settings();
  const reading = new Reading();
  let fault = readSettings(settings);
  if (fault === null) fault = readReading(payload, payloadLength, reading);
  return fault === null ? handleReading(reading, settings) : fault;
}

function handleReading(reading: Reading, settings: Settings): Fault | null {
  const topic = slugOf(reading.city);
  if (topic.length == 0) return invalid("the field location has no letter or digit to name a subject with");
  const key = "city/" + reading.city;
  const value = new Value();
  const fault = get(key, value);
  if (fault !== null) return fault;
  const city = value.found ? cityAt(value.pointer, value.length) : newCity();
  if (city === null) return failed("the state of " + reading.city + " was written by another version of this capsule");
  if (city.days > 0 && reading.day <= city.lastDay) return invalid(lateText(city, reading));

  const alerts: Alert[] = [];
  alertsBefore(city, reading, settings, alerts);
  city.add(reading, settings);
  alertsAfter(city, settings, alerts);
  const notKept = put(key, changetype<usize>(city), CITY_BYTES);
  return notKept === null ? publishAlerts(alerts, reading, "alerts." + topic) : notKept;
}

function lateText(city: City, reading: Reading): string {
  if (reading.day == city.lastDay) return reading.city + " already has a reading for " + reading.date;
  return reading.city + " is at " + dateOf(city.lastDay) + "; the reading for " + reading.date + " comes too late";
}

function publishAlerts(alerts: Alert[], reading: Reading, subject: string): Fault | null {
  for (let index = 0; index < alerts.length; index += 1) {
    const alert = alerts[index];
    if (alert.kind.startsWith("record")) log(Level.Info, "weather", reading.city + ": " + alert.text);
    const fault = publishText(subject, "application/json", jsonOf(alert, reading));
    if (fault !== null) return fault;
  }
  return null;
}
