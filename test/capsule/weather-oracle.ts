// What the weather capsule must say and remember, worked out from a city's whole history, without its encoding, its
// window of slots or its running sums.

/** One row of weather.csv, with numbers where they belong. */
export interface Reading {
  readonly location: string;
  readonly date: string;
  readonly precipitation: number;
  readonly temp_max: number;
  readonly temp_min: number;
  readonly wind: number;
}

/** What is published, parsed. */
export interface Alert {
  readonly city: string;
  readonly date: string;
  readonly kind: string;
  readonly value: number;
  readonly text: string;
}

/** What is remembered of a city. */
export interface CityState {
  days: number;
  lastDate: string;
  high: { value: number; date: string };
  low: { value: number; date: string };
  wettest: { value: number; date: string } | undefined;
  mean: number;
  variance: number;
  heatRun: number;
  longestHeatRun: number;
  frostRun: number;
  longestFrostRun: number;
  window: number[];
}

/** The limits that alerts depend on. */
export interface Limits {
  readonly heatCelsius: number;
  readonly windLimit: number;
}

/** What the capsule's manifest sets. */
export const DEFAULT_LIMITS: Limits = { heatCelsius: 30, windLimit: 10 };

const DAY_MILLISECONDS = 86_400_000;

/** The state after all of `history`, which is one city's and in order of dates. */
export function stateAfter(history: readonly Reading[], limits: Limits): CityState {
  const highs = history.map(({ temp_max }) => temp_max);
  const high = firstOf(history, (a, b) => a.temp_max > b.temp_max);
  const low = firstOf(history, (a, b) => a.temp_min < b.temp_min);
  const wettest = firstOf(history, (a, b) => a.precipitation > b.precipitation);
  const heatRuns = runs(history, ({ temp_max }) => temp_max >= limits.heatCelsius);
  const frostRuns = runs(history, ({ temp_min }) => temp_min <= 0);
  return {
    days: history.length,
    lastDate: last(history).date,
    high: { value: high.temp_max, date: high.date },
    low: { value: low.temp_min, date: low.date },
    wettest: wettest.precipitation > 0 ? { value: wettest.precipitation, date: wettest.date } : undefined,
    mean: mean(highs),
    variance: squaresOf(highs) / highs.length,
    heatRun: last(heatRuns),
    longestHeatRun: Math.max(...heatRuns),
    frostRun: last(frostRuns),
    longestFrostRun: Math.max(...frostRuns),
    window: highs.slice(-30),
  };
}

/** The alerts for the last reading of `history`, in the order they are published. */
export function alertsFor(history: readonly Reading[], limits: Limits): Alert[] {
  const reading = last(history);
  const before = history.slice(0, -1);
  const says = (kind: string, value: number, text: string): Alert => ({
    city: reading.location,
    date: reading.date,
    kind,
    value,
    text,
  });
  const alerts: Alert[] = [];
  if (before.length >= 30) {
    const { temp_max: high, date: highDate } = firstOf(before, (a, b) => a.temp_max > b.temp_max);
    const { temp_min: low, date: lowDate } = firstOf(before, (a, b) => a.temp_min < b.temp_min);
    if (reading.temp_max > high) {
      const text = `${reading.temp_max} °C is a new record high, after ${high} °C on ${highDate}`;
      alerts.push(says("record-high", reading.temp_max, text));
    }
    if (reading.temp_min < low) {
      const text = `${reading.temp_min} °C is a new record low, after ${low} °C on ${lowDate}`;
      alerts.push(says("record-low", reading.temp_min, text));
    }
    const text = unusual(reading.temp_max, before.slice(-30).map(({ temp_max }) => temp_max));
    if (text !== undefined) alerts.push(says("unusual", reading.temp_max, text));
  }
  if (reading.wind > limits.windLimit) {
    alerts.push(says("wind", reading.wind, `wind of ${reading.wind} m/s, above ${limits.windLimit} m/s`));
  }
  // A run of that length is seen within one day more.
  const heatRun = last(runs(history.slice(-4), ({ temp_max }) => temp_max >= limits.heatCelsius));
  const frostRun = last(runs(history.slice(-6), ({ temp_min }) => temp_min <= 0));
  if (heatRun === 3) alerts.push(says("heat-run", 3, `3 days in a row with ${limits.heatCelsius} °C or more`));
  if (frostRun === 5) alerts.push(says("frost-run", 5, "5 days in a row with frost"));
  return alerts;
}

function unusual(high: number, window: readonly number[]): string | undefined {
  const average = mean(window);
  const deviation = Math.sqrt(squaresOf(window) / (window.length - 1));
  const distance = Math.abs(high - average);
  if (deviation === 0 || distance <= 3 * deviation) return undefined;
  const side = high > average ? "above" : "below";
  const times = tenths(distance / deviation);
  return `${high} °C is ${times} standard deviations ${side} the last 30 days' mean of ${tenths(average)} °C`;
}

/** For each day, how many days in a row up to it satisfy `belongs`. A missing day ends a run. */
function runs(history: readonly Reading[], belongs: (reading: Reading) => boolean): number[] {
  const lengths: number[] = [];
  for (const [index, reading] of history.entries()) {
    const previous = history[index - 1];
    const follows = previous !== undefined && Date.parse(reading.date) - Date.parse(previous.date) === DAY_MILLISECONDS;
    lengths.push(belongs(reading) ? (follows ? last(lengths) : 0) + 1 : 0);
  }
  return lengths;
}

function firstOf(history: readonly Reading[], beats: (a: Reading, b: Reading) => boolean): Reading {
  return history.reduce((best, reading) => (beats(reading, best) ? reading : best));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squaresOf(values: readonly number[]): number {
  const average = mean(values);
  return values.reduce((sum, value) => sum + (value - average) * (value - average), 0);
}

function tenths(value: number): number {
  return Math.floor(value * 10 + 0.5) / 10;
}

function last<T>(values: readonly T[]): T {
  const value = values.at(-1);
  if (value === undefined) throw new Error("a history has at least one day");
  return value;
}
