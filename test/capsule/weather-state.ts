import type { CityState } from "./weather-oracle.ts";

/** Reads a city's 328 bytes as capsules-as/weather/assembly/city.ts documents them. */
export function decodeCity(bytes: Uint8Array): CityState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length !== 328 || view.getUint8(0) !== 1) throw new Error("not a city of version 1");
  const int = (offset: number): number => view.getInt32(offset, true);
  const count = (offset: number): number => view.getUint32(offset, true);
  const float = (offset: number): number => view.getFloat64(offset, true);
  const days = count(4);
  const wettest = float(40);
  return {
    days,
    lastDate: dateOf(int(8)),
    high: { value: float(16), date: dateOf(int(12)) },
    low: { value: float(24), date: dateOf(int(32)) },
    wettest: wettest > 0 ? { value: wettest, date: dateOf(int(36)) } : undefined,
    mean: float(48),
    variance: float(56) / days,
    heatRun: count(64),
    longestHeatRun: count(68),
    frostRun: count(72),
    longestFrostRun: count(76),
    window: lastDays(days).map((day) => float(88 + 8 * (day % 30))),
  };
}

/** The numbers of the last thirty days counted, oldest first. */
function lastDays(days: number): number[] {
  return Array.from({ length: Math.min(days, 30) }, (_, index) => Math.max(days - 30, 0) + index);
}

function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
