// One message to a capsule in a thread and what it sends back: in batches, and alone. Beside it the host's own thread, and
// Extism in a worker, which is called from outside and has its three host functions on this side.
import { EXTISM_WORKER, HOST, HOST_IN_TURN, HOST_THREAD, HOST_THREAD_IN_TURN } from "../contenders.mjs";
import { ratio } from "../measure.mjs";
import { micro, number, spread, times } from "../table.mjs";
import { timeCalls } from "./calls.mjs";

export const name = "thread";
export const title = "One message to a capsule in a thread and back (µs)";

const NANOSECONDS_PER_SECOND = 1e9;

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const { rows, samples } = await timeCalls([HOST, HOST_THREAD, HOST_IN_TURN, HOST_THREAD_IN_TURN, EXTISM_WORKER], progress);
  for (const row of rows) {
    if (row.nanoseconds !== undefined) row.messagesPerSecond = NANOSECONDS_PER_SECOND / row.nanoseconds.median;
    row.timesThread = ratio(samples.get(row.contender), samples.get(HOST_THREAD_IN_TURN.name));
  }
  return rows;
}

export const head = ["", "median", "best", "10% to 90%", "messages/s", "of one by one"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, nanoseconds, messagesPerSecond, timesThread }) {
  const { median, best } = nanoseconds;
  return [called, micro(median), micro(best), spread(nanoseconds, micro), number(messagesPerSecond), times(timesThread)];
}
