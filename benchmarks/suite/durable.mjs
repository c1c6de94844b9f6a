// One message whose transition is kept: in memory with the ledger on, on the disk, and made durable by hand beside it.
import { EXTISM_LMDB, HOST, HOST_DOTSTORE, HOST_LEDGER } from "../contenders.mjs";
import { ratio } from "../measure.mjs";
import { micro, number, spread, times } from "../table.mjs";
import { timeCalls } from "./calls.mjs";

export const name = "durable";
export const title = "One message whose transition is kept (µs)";

const NANOSECONDS_PER_SECOND = 1e9;
/** Turns long enough for many groups of a store's commits, or the wait for the last one would be most of it. */
const TURNS = { milliseconds: 500, rounds: 9 };

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const { rows, samples } = await timeCalls([HOST, HOST_LEDGER, HOST_DOTSTORE, EXTISM_LMDB], progress, TURNS);
  for (const row of rows) {
    if (row.nanoseconds !== undefined) row.messagesPerSecond = NANOSECONDS_PER_SECOND / row.nanoseconds.median;
    row.timesDotstore = ratio(samples.get(row.contender), samples.get(HOST_DOTSTORE.name));
  }
  return rows;
}

export const head = ["", "median", "best", "10% to 90%", "transitions/s", "of ours on disk"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, nanoseconds, messagesPerSecond, timesDotstore }) {
  const { median, best } = nanoseconds;
  return [called, micro(median), micro(best), spread(nanoseconds, micro), number(messagesPerSecond), times(timesDotstore)];
}
