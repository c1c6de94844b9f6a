import { Fault, invalid } from "../../binding/fault";
import { NO_DAY, dayOf } from "./day";
import { FieldKind, JsonFields } from "./json";

const LOCATION = 0;
const DATE = 1;
const PRECIPITATION = 2;
const TEMP_MAX = 3;
const TEMP_MIN = 4;
const WIND = 5;
/** No quantity of weather is larger; and AssemblyScript's `parseFloat` misreads some numbers past 1e38. */
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
 * Fills `reading` from a payload, the JSON object
 * `{"location":"Seattle","date":"2012-01-01","precipitation":0.0,"temp_max":12.8,"temp_min":5.0,"wind":4.7}`; other
 * fields may be there too. A fault names the first field that is wrong.
 */
export function readReading(payload: usize, payloadLength: usize, reading: Reading): Fault | null {
  const names = StaticArray.fromArray(["location", "date", "precipitation", "temp_max", "temp_min", "wind"]);
  const fields = new JsonFields(names);
  if (!fields.read(payload, payloadLength)) {
    return invalid("the payload is not a JSON object: it goes wrong at byte " + fields.malformedAt.toString());
  }
  const wrong = firstWrong(fields, names);
  if (wrong !== null) return invalid(wrong);
  reading.city = fields.textOf(LOCATION);
  reading.date = fields.textOf(DATE);
  reading.day = dayOf(reading.date);
  reading.precipitation = fields.numberOf(PRECIPITATION);
  reading.high = fields.numberOf(TEMP_MAX);
  reading.low = fields.numberOf(TEMP_MIN);
  reading.wind = fields.numberOf(WIND);
  return faultOf(reading);
}

/** What is wrong with the first field that is missing or of another kind than it should be, or null. */
function firstWrong(fields: JsonFields, names: StaticArray<string>): string | null {
  for (let field = 0; field < names.length; field += 1) {
    const wanted = field <= DATE ? FieldKind.Text : FieldKind.Number;
    const kind = fields.kindOf(field);
    if (kind == FieldKind.Missing) return "the field " + names[field] + " is missing";
    if (kind != wanted) return "the field " + names[field] + " is not a " + (field <= DATE ? "text" : "number");
    if (wanted == FieldKind.Number && Math.abs(fields.numberOf(field)) > NUMBER_MAX) {
      return "the field " + names[field] + " is too large a number";
    }
  }
  return null;
}

/** What no day's weather can be. */
function faultOf(reading: Reading): Fault | null {
  if (reading.city.length == 0) return invalid("the field location is empty");
  if (reading.day == NO_DAY) return invalid("the field date is not a date such as 2012-01-31");
  if (reading.precipitation < 0) return invalid("the field precipitation is negative");
  if (reading.high < reading.low) return invalid("the field temp_max is below temp_min");
  if (reading.wind < 0) return invalid("the field wind is negative");
  return null;
}
