import { fromWhole, toWhole } from "../value/number.ts";
import { isArray, isNumber, type Value } from "../value/value.ts";
import { quote } from "../value/text.ts";
import { asInteger, asString, type BuiltinFamily, type Context, Failure, wrongKind } from "./table.ts";
import { DAYS, daysFrom, formatMoment, LAYOUTS, type Moment, parseMoment } from "./time-layout.ts";

/** Times in nanoseconds since 1970. */
export const time: BuiltinFamily = {
  "time.now_ns": [0, (context: Context) => fromWhole(context.now), { readsOutside: true }],
  "time.parse_ns": [2, (layout: Value, text: Value) => checked(parseMoment(layoutOf(asString(layout, 1)), asString(text, 2)))],
  "time.parse_rfc3339_ns": [1, (text: Value) => checked(parseMoment(LAYOUTS["RFC3339"] as string, asString(text, 1)))],
  "time.parse_duration_ns": [1, (text: Value) => fromWhole(parseDuration(asString(text, 1)))],
  "time.format": [1, format],
  "time.date": [1, (value: Value) => listOf(operand(value).moment, "year", "month", "day")],
  "time.clock": [1, (value: Value) => listOf(operand(value).moment, "hour", "minute", "second")],
  "time.weekday": [1, (value: Value) => DAYS[operand(value).moment.weekday]],
  "time.add_date": [4, addDate],
  "time.diff": [2, difference],
};

const SECOND = 1_000_000_000n;
const INT64_MAX = 9_223_372_036_854_775_807n;
const layoutOf = (name: string): string => LAYOUTS[name] ?? name;

function fits(value: bigint): boolean {
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
}

function checked(nanoseconds: bigint): Value {
  if (!fits(nanoseconds)) throw new Failure("time outside of valid range");
  return fromWhole(nanoseconds);
}

function listOf(moment: Moment, ...fields: readonly ("year" | "month" | "day" | "hour" | "minute" | "second")[]): Value {
  return fields.map((field) => moment[field]);
}

interface Operand {
  readonly nanoseconds: bigint;
  readonly zone: string;
  readonly layout: string;
  readonly moment: Moment;
}

function operand(value: Value): Operand {
  const parts = isArray(value) ? value : [value];
  const [number, zone = "UTC", layout = ""] = parts;
  const wanted = "either number (ns) or [number (ns), string (tz)]";
  if (number === undefined || (!isArray(value) && !isNumber(value))) throw wrongKind(1, value, wanted);
  if (!isNumber(number)) throw wrongKind(1, number, "number");
  const nanoseconds = toWhole(number);
  if (nanoseconds === undefined || !fits(nanoseconds)) throw new Failure("timestamp too big");
  const name = asString(zone, 1);
  const zoneName = name === "" ? "UTC" : name;
  return { nanoseconds, zone: zoneName, layout: asString(layout, 1), moment: momentOf(nanoseconds, zoneName) };
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();
/** How many zones are kept ready. */
const FORMATS_MAX = 64;

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(zone);
  if (known !== undefined) return known;
  try {
    const numeric = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
    const zoneOption = zone === "Local" ? {} : { timeZone: zone };
    const made = new Intl.DateTimeFormat("en-US", { ...numeric, ...zoneOption, hourCycle: "h23", era: "short", timeZoneName: "short" });
    if (FORMATS.size >= FORMATS_MAX) FORMATS.clear();
    FORMATS.set(zone, made);
    return made;
  } catch {
    throw new Failure(`unknown time zone ${zone}`);
  }
}

/** A time as a clock in a zone shows it. */
function momentOf(nanoseconds: bigint, zone: string): Moment {
  const nanosecond = Number(((nanoseconds % SECOND) + SECOND) % SECOND);
  const seconds = Number((nanoseconds - BigInt(nanosecond)) / SECOND);
  if (zone === "UTC") return shifted(seconds, nanosecond, 0, "UTC");
  const parts: Record<string, string> = {};
  for (const { type, value } of zoneFormat(zone).formatToParts(new Date(seconds * 1000))) parts[type] = value;
  const field = (name: string): number => Number(parts[name]);
  const year = parts["era"] === "BC" ? 1 - field("year") : field("year");
  const local = daysFrom(year, field("month"), field("day")) * 86_400 + field("hour") * 3600 + field("minute") * 60 + field("second");
  return shifted(seconds, nanosecond, local - seconds, parts["timeZoneName"] ?? zone);
}

function shifted(seconds: number, nanosecond: number, offset: number, zone: string): Moment {
  const date = new Date((seconds + offset) * 1000);
  const year = date.getUTCFullYear();
  const days = Math.floor((seconds + offset) / 86_400);
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond,
    weekday: date.getUTCDay(),
    yearDay: days - daysFrom(year, 1, 1) + 1,
    offset,
    zone,
  };
}

function format(value: Value): string {
  const { layout, moment } = operand(value);
  return formatMoment(layout === "" ? (LAYOUTS["RFC3339Nano"] as string) : layoutOf(layout), moment);
}

/** The time that a clock in a zone shows. Of two the first; of none, the one after the gap. */
function fromClock(days: number, moment: Moment, zone: string): bigint {
  const local = days * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second;
  if (Math.abs(local) > 1e11) throw new Failure("time outside of valid range");
  const offsetAt = (seconds: number): number => momentOf(BigInt(seconds) * SECOND, zone).offset;
  let seconds = local - offsetAt(local - moment.offset);
  seconds = local - offsetAt(seconds);
  return BigInt(seconds) * SECOND + BigInt(moment.nanosecond);
}

function addDate(value: Value, years: Value, months: Value, days: Value): Value {
  const { moment, zone } = operand(value);
  const [addedYears, addedMonths, addedDays] = [asInteger(years, 2), asInteger(months, 3), asInteger(days, 4)];
  // A Date reaches 275,760 years; Go's nanoseconds far less.
  if (Math.abs(addedYears) > 1e5 || Math.abs(addedMonths) > 1e6 || Math.abs(addedDays) > 1e8) throw new Failure("time outside of valid range");
  const date = daysFrom(moment.year + addedYears, moment.month + addedMonths, 1) + moment.day - 1 + addedDays;
  return checked(fromClock(date, moment, zone));
}

function difference(first: Value, second: Value): Value {
  const a = operand(first);
  const b = operand(second);
  const [early, late] = a.nanoseconds > b.nanoseconds ? [b.nanoseconds, a.nanoseconds] : [a.nanoseconds, b.nanoseconds];
  const from = momentOf(early, a.zone);
  const to = momentOf(late, a.zone);
  const parts = [to.year - from.year, to.month - from.month, to.day - from.day, to.hour - from.hour, to.minute - from.minute, to.second - from.second];
  const bases = [0, 12, daysFrom(from.year, from.month + 1, 1) - daysFrom(from.year, from.month, 1), 24, 60, 60];
  for (let at = parts.length - 1; at > 0; at -= 1) {
    if ((parts[at] as number) >= 0) continue;
    parts[at] = (parts[at] as number) + (bases[at] as number);
    parts[at - 1] = (parts[at - 1] as number) - 1;
  }
  return parts;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
  d: 24n * 3600n * SECOND,
  w: 7n * 24n * 3600n * SECOND,
  y: 365n * 24n * 3600n * SECOND,
};

function parseDuration(text: string): bigint {
  const fail = (): Failure => new Failure(`time: invalid duration ${quote(text)}`);
  const [, sign = "", body = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === "0") return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|[smhdwy]))+$/.test(body)) throw fail();
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of body.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|[smhdwy])/g)) {
    const size = UNITS[unit] as bigint;
    total += BigInt(whole === "" ? "0" : whole) * size + (BigInt(fraction === "" ? "0" : fraction) * size) / 10n ** BigInt(fraction.length);
  }
  if (!fits(sign === "-" ? -total : total)) throw fail();
  return sign === "-" ? -total : total;
}
