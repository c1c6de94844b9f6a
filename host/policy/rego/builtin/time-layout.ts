// Go's time layouts: a layout is the moment "Mon Jan 2 15:04:05 2006 MST" written as the time is to be written.

import { quote } from "../value/text.ts";
import { Failure } from "./table.ts";

/** A moment in a zone: its parts, and how the zone differs from UTC. */
export interface Moment {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly yearDay: number;
  /** Seconds east of UTC. */
  readonly offset: number;
  /** The zone's short name. */
  readonly zone: string;
}

const MONTHS = "January February March April May June July August September October November December".split(" ");
export const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** The layouts that have a name. */
export const LAYOUTS: Readonly<Record<string, string>> = {
  ANSIC: "Mon Jan _2 15:04:05 2006",
  UnixDate: "Mon Jan _2 15:04:05 MST 2006",
  RubyDate: "Mon Jan 02 15:04:05 -0700 2006",
  RFC822: "02 Jan 06 15:04 MST",
  RFC822Z: "02 Jan 06 15:04 -0700",
  RFC850: "Monday, 02-Jan-06 15:04:05 MST",
  RFC1123: "Mon, 02 Jan 2006 15:04:05 MST",
  RFC1123Z: "Mon, 02 Jan 2006 15:04:05 -0700",
  RFC3339: "2006-01-02T15:04:05Z07:00",
  RFC3339Nano: "2006-01-02T15:04:05.999999999Z07:00",
};

/** The parts of a layout, the longest first where one begins like another. */
const PART =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|01|02|03|04|05|06|002|__2|_2006|_2|2006|2|15|1|3|4|5|PM|pm|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|[.,](?:0+|9+)(?!\d)/g;

const two = (value: number): string => String(value).padStart(2, "0");

/** A moment written as a layout says. */
export function formatMoment(layout: string, moment: Moment): string {
  return layout.replaceAll(PART, (part) => (part === "_2006" ? `_${formatPart("2006", moment)}` : formatPart(part, moment)));
}

function formatPart(part: string, moment: Moment): string {
  const { year, month, day, hour, minute, second, nanosecond, weekday, yearDay, zone } = moment;
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  switch (part) {
    case "January":
      return MONTHS[month - 1] as string;
    case "Jan":
      return (MONTHS[month - 1] as string).slice(0, 3);
    case "1":
      return String(month);
    case "01":
      return two(month);
    case "Monday":
      return DAYS[weekday] as string;
    case "Mon":
      return (DAYS[weekday] as string).slice(0, 3);
    case "2":
      return String(day);
    case "_2":
      return String(day).padStart(2);
    case "02":
      return two(day);
    case "__2":
      return String(yearDay).padStart(3);
    case "002":
      return String(yearDay).padStart(3, "0");
    case "15":
      return two(hour);
    case "3":
      return String(twelve);
    case "03":
      return two(twelve);
    case "4":
      return String(minute);
    case "04":
      return two(minute);
    case "5":
      return String(second);
    case "05":
      return two(second);
    case "2006":
      return year < 0 ? `-${String(-year).padStart(4, "0")}` : String(year).padStart(4, "0");
    case "06":
      return two(((year % 100) + 100) % 100);
    case "PM":
      return hour >= 12 ? "PM" : "AM";
    case "pm":
      return hour >= 12 ? "pm" : "am";
    case "MST":
      return zone;
    default:
      return /^[.,]/.test(part) ? formatFraction(part, nanosecond) : formatOffset(part, moment.offset);
  }
}

function formatFraction(part: string, nanosecond: number): string {
  const digits = String(nanosecond).padStart(9, "0").slice(0, part.length - 1);
  if (part[1] === "0") return `${part[0]}${digits.padEnd(part.length - 1, "0")}`;
  const short = digits.replace(/0+$/, "");
  return short === "" ? "" : `${part[0]}${short}`;
}

function formatOffset(part: string, offset: number): string {
  if (part.startsWith("Z") && offset === 0) return "Z";
  const size = Math.abs(offset);
  const colon = part.includes(":") ? ":" : "";
  const digits = part.replaceAll(/\D/g, "").length;
  const pieces = [two(Math.floor(size / 3600)), two(Math.floor(size / 60) % 60), two(size % 60)].slice(0, digits / 2);
  return `${offset < 0 ? "-" : "+"}${pieces.join(colon)}`;
}

/** What was read of a time so far. */
interface Reading {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: string;
  afternoon: boolean | undefined;
  yearDay: number | undefined;
  offset: number | undefined;
}

/** The time that a text says, in nanoseconds since 1970. @throws Failure when it is not written as the layout says */
export function parseMoment(layout: string, text: string): bigint {
  const fail = (why = ""): Failure => new Failure(`parsing time ${quote(text)} as ${quote(layout)}: cannot parse ${quote(text)}${why}`);
  const reading: Reading = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, fraction: "", afternoon: undefined, yearDay: undefined, offset: undefined };
  let rest = text;
  let from = 0;
  const literal = (part: string): void => {
    if (!rest.startsWith(part)) throw fail(` as ${quote(part)}`);
    rest = rest.slice(part.length);
  };
  for (const match of layout.matchAll(PART)) {
    literal(layout.slice(from, match.index));
    from = match.index + match[0].length;
    const taken = readPart(match[0], rest, reading, layout.slice(from));
    if (taken === undefined) throw fail(` as ${quote(match[0])}`);
    rest = rest.slice(taken);
  }
  literal(layout.slice(from));
  if (rest !== "") throw new Failure(`parsing time ${quote(text)}: extra text: ${quote(rest)}`);
  return assemble(reading, text);
}

function assemble(reading: Reading, text: string): bigint {
  const { year, month, day, minute, second } = reading;
  const out = (what: string): Failure => new Failure(`parsing time ${quote(text)}: ${what} out of range`);
  let { hour } = reading;
  if (reading.afternoon !== undefined) hour = reading.afternoon ? (hour < 12 ? hour + 12 : hour) : hour === 12 ? 0 : hour;
  if (month < 1 || month > 12) throw out("month");
  if (hour > 23) throw out("hour");
  if (minute > 59) throw out("minute");
  if (second > 59) throw out("second");
  if (day < 1 || day > daysIn(year, month)) throw out("day");
  const date = reading.yearDay === undefined ? daysFrom(year, month, day) : daysFrom(year, 1, reading.yearDay);
  const seconds = date * 86_400 + hour * 3600 + minute * 60 + second - (reading.offset ?? 0);
  return BigInt(seconds) * 1_000_000_000n + BigInt(reading.fraction.padEnd(9, "0").slice(0, 9));
}

/** Days since 1970; months and days may be out of their range. */
export function daysFrom(year: number, month: number, day: number): number {
  const months = year * 12 + month - 1;
  const at = new Date(0);
  at.setUTCFullYear(Math.floor(months / 12), ((months % 12) + 12) % 12, 1);
  return at.getTime() / 86_400_000 + day - 1;
}

/** How many days a month has. */
function daysIn(year: number, month: number): number {
  return daysFrom(year, month + 1, 1) - daysFrom(year, month, 1);
}

function readNumber(text: string, pattern: RegExp): readonly [number, number] | undefined {
  const [digits] = pattern.exec(text) ?? [];
  return digits === undefined ? undefined : [Number(digits), digits.length];
}

type Field = "year" | "month" | "day" | "hour" | "minute" | "second" | "yearDay";

const NUMBERS: Readonly<Record<string, readonly [Field, RegExp]>> = {
  "2006": ["year", /^\d{4}/],
  _2006: ["year", /^_\d{4}/],
  "1": ["month", /^\d{1,2}/],
  "01": ["month", /^\d{2}/],
  "2": ["day", /^ ?\d{1,2}/],
  _2: ["day", /^ ?\d{1,2}/],
  "02": ["day", /^\d{2}/],
  __2: ["yearDay", /^ {0,2}\d{1,3}/],
  "002": ["yearDay", /^\d{3}/],
  "15": ["hour", /^\d{1,2}/],
  "3": ["hour", /^\d{1,2}/],
  "03": ["hour", /^\d{2}/],
  "4": ["minute", /^\d{1,2}/],
  "04": ["minute", /^\d{2}/],
  "5": ["second", /^\d{1,2}/],
  "05": ["second", /^\d{2}/],
};

/** Reads one part, and answers how long its text was; undefined when it is not there. */
function readPart(part: string, text: string, reading: Reading, layoutRest: string): number | undefined {
  const number = NUMBERS[part];
  if (number !== undefined) {
    const found = readNumber(text, number[1]);
    if (found === undefined) return undefined;
    reading[number[0]] = found[0];
    // Go takes a fraction behind the seconds, also where the layout has none.
    const fraction = number[0] === "second" && !/^[.,][09]/.test(layoutRest) ? /^[.,]\d+/.exec(text.slice(found[1]))?.[0] : undefined;
    if (fraction !== undefined) reading.fraction = fraction.slice(1);
    return found[1] + (fraction?.length ?? 0);
  }
  if (part === "06") {
    const found = readNumber(text, /^\d{2}/);
    if (found === undefined) return undefined;
    reading.year = found[0] >= 69 ? 1900 + found[0] : 2000 + found[0];
    return 2;
  }
  if (part === "January" || part === "Jan") return readName(MONTHS, part === "Jan", text, (at) => (reading.month = at + 1));
  if (part === "Monday" || part === "Mon") return readName(DAYS, part === "Mon", text, () => 0);
  if (part === "PM" || part === "pm") {
    const word = text.slice(0, 2);
    if (!(part === "PM" ? ["AM", "PM"] : ["am", "pm"]).includes(word)) return undefined;
    reading.afternoon = word.toLowerCase() === "pm";
    return 2;
  }
  if (part === "MST") return /^(?:UTC|GMT(?:[+-]\d{1,2})?|[A-Z]{3,5}|[+-]\d{2,4})/.exec(text)?.[0].length;
  if (/^[.,]/.test(part)) {
    const pattern = part[1] === "0" ? new RegExp(`^[.,]\\d{${part.length - 1}}(?!\\d)`) : /^[.,]\d+/;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) reading.fraction = found.slice(1);
    return found?.length ?? (part[1] === "9" ? 0 : undefined);
  }
  return readOffset(part, text, reading);
}

function readName(names: readonly string[], short: boolean, text: string, found: (at: number) => unknown): number | undefined {
  const lower = text.toLowerCase();
  const at = names.findIndex((name) => lower.startsWith((short ? name.slice(0, 3) : name).toLowerCase()));
  if (at < 0) return undefined;
  found(at);
  return short ? 3 : (names[at] as string).length;
}

function readOffset(part: string, text: string, reading: Reading): number | undefined {
  if (part.startsWith("Z") && text.startsWith("Z")) {
    reading.offset = 0;
    return 1;
  }
  const colon = part.includes(":") ? ":" : "";
  const pieces = part.replaceAll(/\D/g, "").length / 2;
  const match = new RegExp(`^([+-])(\\d\\d)${`${colon}(\\d\\d)`.repeat(pieces - 1)}`).exec(text);
  if (match === null) return undefined;
  const [whole, sign, hours = "0", minutes = "0", seconds = "0"] = match;
  reading.offset = (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return whole.length;
}
