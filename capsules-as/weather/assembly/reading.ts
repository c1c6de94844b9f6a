import { Json, JsonKind, invalid } from "doteros-wasm/sdk/assemblyscript";
import { NO_DAY, dayOf } from "./day";

const NUMBERS = ["precipitation", "temp_max", "temp_min", "wind"];
/** No quantity of weather is larger; and numbers past 1e38 may be read in the last bit amiss. */
const NUMBER_MAX: f64 = 1e9;

/** One day's weather in one city. */
export class Reading {
  city: string = "";
  date: string = "";
  /** `date`, in days since 1970-01-01. */
  day: i32 = 0;
  /** Millimetres. */
  precipitation: f64 = 0;
  /** The day's highest temperature, in degrees Celsius. */
  high: f64 = 0;
  /** The day's lowest temperature, in degrees Celsius. */
  low: f64 = 0;
  /** Metres per second. */
  wind: f64 = 0;
}

/**
 * The reading of a payload, the JSON object
 * `{"location":"Seattle","date":"2012-01-01","precipitation":0.0,"temp_max":12.8,"temp_min":5.0,"wind":4.7}`; other
 * fields may be there too. Null with a fault that names the first field that is wrong.
 */
export function readReading(payload: Uint8Array): Reading | null {
  const json = Json.read(payload);
  if (json === null || json.kind != JsonKind.Object) {
    const place = json === null ? Json.problemAt() : 0;
    invalid("the payload is not a JSON object: it goes wrong at byte " + place.toString());
    return null;
  }
  const wrong = firstWrong(json);
  if (wrong !== null) {
    invalid(wrong);
    return null;
  }
  const reading = readingOf(json);
  const impossible = problemOf(reading);
  if (impossible === null) return reading;
  invalid(impossible);
  return null;
}

/** What is wrong with the first field that is missing or of another kind than it should be, or null. */
function firstWrong(json: Json): string | null {
  const wrong = wrongKind(json, "location", JsonKind.Text);
  if (wrong !== null) return wrong;
  const wrongDate = wrongKind(json, "date", JsonKind.Text);
  if (wrongDate !== null) return wrongDate;
  for (let index = 0; index < NUMBERS.length; index += 1) {
    const name = NUMBERS[index];
    const wrongNumber = wrongKind(json, name, JsonKind.Number);
    if (wrongNumber !== null) return wrongNumber;
    if (Math.abs(json.getNumber(name)) > NUMBER_MAX) return "the field " + name + " is too large a number";
  }
  return null;
}

function wrongKind(json: Json, name: string, wanted: JsonKind): string | null {
  const field = json.get(name);
  if (field === null) return "the field " + name + " is missing";
  return field.kind == wanted ? null : "the field " + name + " is not a " + (wanted == JsonKind.Text ? "text" : "number");
}

function readingOf(json: Json): Reading {
  const reading = new Reading();
  reading.city = json.getText("location")!;
  reading.date = json.getText("date")!;
  reading.day = dayOf(reading.date);
  reading.precipitation = json.getNumber("precipitation");
  reading.high = json.getNumber("temp_max");
  reading.low = json.getNumber("temp_min");
  reading.wind = json.getNumber("wind");
  return reading;
}

/** What no day's weather can be. */
function problemOf(reading: Reading): string | null {
  if (reading.city.length == 0) return "the field location is empty";
  if (reading.day == NO_DAY) return "the field date is not a date such as 2012-01-31";
  if (reading.precipitation < 0) return "the field precipitation is negative";
  if (reading.high < reading.low) return "the field temp_max is below temp_min";
  if (reading.wind < 0) return "the field wind is negative";
  return null;
}
