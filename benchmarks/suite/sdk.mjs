// What the SDK costs a capsule: the same work on it, and by hand on nothing but the canonical ABI.
import { BY_HAND, DOTEROS } from "../contenders.mjs";
import { ratio } from "../measure.mjs";
import { micro, spread, times } from "../table.mjs";
import { timeCalls } from "./calls.mjs";

export const name = "sdk";
export const title = "One handler call of the capsule counter, by what it is written on (µs)";

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const { rows, samples } = await timeCalls([BY_HAND, { ...DOTEROS, title: "on the SDK" }], progress);
  for (const row of rows) row.timesByHand = ratio(samples.get(row.contender), samples.get(BY_HAND.name));
  return rows;
}

export const head = ["", "median", "best", "10% to 90%", "of by hand"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, nanoseconds, timesByHand }) {
  const { median, best } = nanoseconds;
  return [called, micro(median), micro(best), spread(nanoseconds, micro), times(timesByHand)];
}
