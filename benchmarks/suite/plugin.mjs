// A plug-in for Extism, in the foreground of Extism's own host and as a capsule: there with limits, and each call a transition.
import { EXTISM, EXTISM_WORKER, PLUGIN } from "../contenders.mjs";
import { ratio } from "../measure.mjs";
import { micro, spread, times } from "../table.mjs";
import { timeCalls } from "./calls.mjs";

export const name = "plugin";
export const title = "One call of a plug-in for Extism: get, put, publish (µs)";

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const { rows, samples } = await timeCalls([PLUGIN, EXTISM, EXTISM_WORKER], progress);
  for (const row of rows) row.timesOurs = ratio(samples.get(row.contender), samples.get(PLUGIN.name));
  return rows;
}

export const head = ["", "version", "median", "best", "10% to 90%", "of ours"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, version, nanoseconds, timesOurs }) {
  const { median, best } = nanoseconds;
  return [called, version ?? "", micro(median), micro(best), spread(nanoseconds, micro), times(timesOurs)];
}
