// One handler call: what it costs to carry a message into a capsule, three calls out of it, and its answer back.
import { DOTEROS, EXTISM, EXTISM_WORKER, GLUE, JCO } from "../contenders.mjs";
import { ratio } from "../measure.mjs";
import { micro, spread, times } from "../table.mjs";
import { timeCalls } from "./calls.mjs";

export const name = "handler-call";
export const title = "One handler call: state get, state put, publish (µs)";

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const { rows, samples } = await timeCalls([GLUE, DOTEROS, JCO, EXTISM, EXTISM_WORKER], progress);
  for (const row of rows) {
    row.timesGlue = ratio(samples.get(row.contender), samples.get(GLUE.name));
    row.timesDoteros = ratio(samples.get(row.contender), samples.get(DOTEROS.name));
  }
  return rows;
}

export const head = ["", "version", "median", "best", "10% to 90%", "of glue", "of ours"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, version, nanoseconds, timesGlue, timesDoteros }) {
  const { median, best } = nanoseconds;
  return [called, version ?? "", micro(median), micro(best), spread(nanoseconds, micro), times(timesGlue), times(timesDoteros)];
}
