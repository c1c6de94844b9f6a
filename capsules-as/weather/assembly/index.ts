// Keeps a running picture of each city's weather from daily readings, and says on `alerts.<city>` what stands out: new
// records, runs of heat and frost, strong wind, days unlike the thirty before them. reading.ts says what a reading is,
// city.ts what is remembered, alert.ts what is worth an alert.

import { Message, fail, hasFault, invalid, log, messaging, state } from "doteros-wasm/sdk/assemblyscript";
import { Alert, alertsAfter, alertsBefore, jsonOf, slugOf } from "./alert";
import { City, cityIn, newCity } from "./city";
import { dateOf } from "./day";
import { Reading, readReading } from "./reading";
import { Settings, readSettings } from "./settings";

/** Handles one reading. */
export function handle(message: Message): void {
  const settings = readSettings();
  const reading = readReading(message.payload);
  if (!hasFault() && reading !== null) handleReading(reading, settings);
}

function handleReading(reading: Reading, settings: Settings): void {
  const topic = slugOf(reading.city);
  if (topic.length == 0) return invalid("the field location has no letter or digit to name a subject with");
  const key = "city/" + reading.city;
  const known = state.get(key);
  const bytes = known === null ? newCity() : known;
  const city = cityIn(bytes);
  if (city === null) return fail("the state of " + reading.city + " was written by another version of this capsule");
  if (city.days > 0 && reading.day <= city.lastDay) return invalid(lateText(city, reading));

  const alerts: Alert[] = [];
  alertsBefore(city, reading, settings, alerts);
  city.add(reading, settings);
  alertsAfter(city, settings, alerts);
  state.put(key, bytes);
  publishAlerts(alerts, reading, "alerts." + topic);
}

function lateText(city: City, reading: Reading): string {
  if (reading.day == city.lastDay) return reading.city + " already has a reading for " + reading.date;
  return reading.city + " is at " + dateOf(city.lastDay) + "; the reading for " + reading.date + " comes too late";
}

function publishAlerts(alerts: Alert[], reading: Reading, subject: string): void {
  for (let index = 0; index < alerts.length; index += 1) {
    const alert = alerts[index];
    if (alert.kind.startsWith("record")) log.info(reading.city + ": " + alert.text, "weather");
    messaging.publish(new Message(subject, jsonOf(alert, reading), "application/json"));
  }
}
