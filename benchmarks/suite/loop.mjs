// One message through the whole host: mailbox, handler, commit to a store in memory, and a subscriber for what it sent.
import { DOTEROS, HOST, HOST_IN_TURN, HOST_POLICY } from "../contenders.mjs";
import { ratio } from "../measure.mjs";
import { micro, number, spread, times } from "../table.mjs";
import { timeCalls } from "./calls.mjs";

export const name = "loop";
export const title = "One message through the whole host (µs)";

const NANOSECONDS_PER_SECOND = 1e9;

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const { rows, samples } = await timeCalls([{ ...DOTEROS, title: "linker alone" }, HOST, HOST_POLICY, HOST_IN_TURN], progress);
  for (const row of rows) {
    if (row.nanoseconds !== undefined) row.messagesPerSecond = NANOSECONDS_PER_SECOND / row.nanoseconds.median;
    row.timesLinker = ratio(samples.get(row.contender), samples.get(DOTEROS.name));
  }
  return rows;
}

export const head = ["", "median", "best", "10% to 90%", "messages/s", "of the linker"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, nanoseconds, messagesPerSecond, timesLinker }) {
  const { median, best } = nanoseconds;
  return [called, micro(median), micro(best), spread(nanoseconds, micro), number(messagesPerSecond), times(timesLinker)];
}
