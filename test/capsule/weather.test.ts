import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../host/contract/message.ts";
import { openCapsule } from "./desk.ts";
import type { Alert, CityState, Limits, Reading } from "./weather-oracle.ts";
import { alertsFor, DEFAULT_LIMITS, stateAfter } from "./weather-oracle.ts";
import { decodeCity } from "./weather-state.ts";

const CSV = join(import.meta.dirname, "..", "..", "node_modules", "vega-datasets", "data", "weather.csv");
const LIMITS_OF_TEST: Limits = { heatCelsius: 20.5, windLimit: 6 };

function readCsv(): Reading[] {
  const rows: Record<string, string>[] = parse(readFileSync(CSV), { columns: true });
  return rows.map(({ location = "", date = "", precipitation, temp_max, temp_min, wind }) => ({
    location,
    date,
    precipitation: Number(precipitation),
    temp_max: Number(temp_max),
    temp_min: Number(temp_min),
    wind: Number(wind),
  }));
}

/** Each city's readings so far, told apart as they come. */
function histories(readings: readonly Reading[]): Map<string, Reading[]> {
  const cities = new Map<string, Reading[]>();
  for (const reading of readings) cities.set(reading.location, [...(cities.get(reading.location) ?? []), reading]);
  return cities;
}

function expectedAlerts(readings: readonly Reading[], limits: Limits): Alert[] {
  const cities = new Map<string, Reading[]>();
  return readings.flatMap((reading) => {
    const history = cities.get(reading.location) ?? [];
    history.push(reading);
    cities.set(reading.location, history);
    return alertsFor(history, limits);
  });
}

function alertOf({ payload }: Message): Alert {
  return JSON.parse(new TextDecoder().decode(payload)) as Alert;
}

function expectCity(bytes: Uint8Array | undefined, expected: CityState): void {
  if (bytes === undefined) throw new Error("the city has no state");
  const { mean, variance, ...exact } = decodeCity(bytes);
  const { mean: expectedMean, variance: expectedVariance, ...expectedExact } = expected;
  expect(exact).toEqual(expectedExact);
  // The all-time figures are running ones here and computed at once there; they agree but for rounding.
  expect(mean).toBeCloseTo(expectedMean, 9);
  expect(variance).toBeCloseTo(expectedVariance, 6);
}

describe("weather on four years of two cities", async () => {
  const readings = readCsv();
  const capsule = await openCapsule("weather");
  const faults = readings.map((reading) => capsule.send("readings.any", JSON.stringify(reading)));

  it("handles every row", () => {
    expect(readings.length).toBeGreaterThan(2900);
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  it("publishes the alerts that the whole history calls for, in order", () => {
    const expected = expectedAlerts(readings, DEFAULT_LIMITS);
    expect(new Set(expected.map(({ kind }) => kind)).size).toBe(6);
    expect(capsule.sent.map(alertOf)).toEqual(expected);
  });

  it("addresses each alert to its city, as JSON", () => {
    const seen = capsule.sent.map((message) => `${alertOf(message).city} ${message.subject} ${message.contentType}`);
    expect(new Set(seen)).toEqual(
      new Set(["Seattle alerts.seattle application/json", "New York alerts.new-york application/json"]),
    );
  });

  it("remembers each city as its history has it", () => {
    const cities = histories(readings);
    expect([...capsule.state.keys()].sort()).toEqual([...cities.keys()].map((city) => `city/${city}`).sort());
    for (const [city, history] of cities) {
      expectCity(capsule.state.get(`city/${city}`), stateAfter(history, DEFAULT_LIMITS));
    }
  });

  it("logs one line for each record, and nothing else", () => {
    const records = capsule.sent.map(alertOf).filter(({ kind }) => kind.startsWith("record"));
    expect(capsule.lines).toEqual(records.map(({ city, text }) => `info weather ${city}: ${text}`));
  });
});

describe("weather on any history", () => {
  const tenths = (least: number, most: number): fc.Arbitrary<number> =>
    fc.integer({ min: least * 10, max: most * 10 }).map((value) => value / 10);
  const day = fc.record({
    city: fc.constantFrom("Zürich", "Ville-d'Avray", "B\"o\\g\n", "上海 2"),
    gap: fc.constantFrom(1, 1, 1, 1, 1, 1, 2, 400),
    high: tenths(17, 22),
    spread: tenths(0, 25),
    precipitation: tenths(0, 3),
    wind: tenths(0, 7),
    outlier: fc.integer({ min: 0, max: 30 }).map((value) => (value === 0 ? 30 : 0)),
  });

  it("agrees with the oracle, also after gaps and with other limits", async () => {
    const capsule = await openCapsule("weather", {
      config: { "heat-celsius": "20.5", "wind-metres-per-second": "6" },
    });
    fc.assert(
      fc.property(fc.array(day, { minLength: 1, maxLength: 200, size: "max" }), (days) => {
        const readings = asReadings(days);
        capsule.state.clear();
        capsule.sent.length = 0;
        const faults = readings.map((reading) => capsule.send("readings.any", JSON.stringify(reading)));
        expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
        expect(capsule.sent.map(alertOf)).toEqual(expectedAlerts(readings, LIMITS_OF_TEST));
        for (const [city, history] of histories(readings)) {
          expectCity(capsule.state.get(`city/${city}`), stateAfter(history, LIMITS_OF_TEST));
        }
      }),
      { numRuns: 60 },
    );
  });
});

interface Day {
  city: string;
  gap: number;
  high: number;
  spread: number;
  precipitation: number;
  wind: number;
  outlier: number;
}

function asReadings(days: readonly Day[]): Reading[] {
  const clock = new Map<string, number>();
  return days.map(({ city, gap, high, spread, precipitation, wind, outlier }) => {
    const time = (clock.get(city) ?? Date.parse("1999-12-01")) + gap * 86_400_000;
    clock.set(city, time);
    const temp_max = Math.round((high + outlier) * 10) / 10;
    const temp_min = Math.round((temp_max - spread) * 10) / 10;
    return { location: city, date: new Date(time).toISOString().slice(0, 10), precipitation, temp_max, temp_min, wind };
  });
}
