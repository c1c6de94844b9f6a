import type { Capsule } from "../../contract/host.ts";
import type { Feed } from "./feed.ts";
import type { Ending, EntrySize, Summary } from "./summary.ts";

/** How many state entries a summary lists. */
const LISTED_ENTRIES_MAX = 1_000;

/** What {@link summarize} sums up. */
export interface Outcome {
  readonly capsule: Capsule;
  readonly feed: Feed;
  /** What the input is called. */
  readonly input: string;
  readonly seconds: number;
  readonly loadMilliseconds: number;
  readonly ended: Ending;
  readonly ledger: Summary["ledger"];
}

/** Sums up a run that is over. */
export function summarize({ capsule, feed, input, seconds, loadMilliseconds, ended, ledger }: Outcome): Summary {
  const { name, version, digest, counters, handlerNanoseconds } = capsule;
  const { messages, transitions, published, faults, traps, exhausted, retries, dropped, abandoned, denied, limited, tripped, fuel } = counters;
  const deadLettered = counters.deadLettered + feed.deadLettered;
  return {
    capsule: { name, version, digest },
    input: { name: input, rows: feed.rows, unreadable: feed.unreadable, skipped: feed.skipped },
    messages,
    transitions,
    published,
    faults,
    traps,
    exhausted,
    retries,
    deadLettered,
    dropped,
    denied,
    limited,
    tripped,
    abandoned,
    fuel,
    state: stateOf(capsule),
    loadMilliseconds: thousandths(loadMilliseconds),
    seconds: thousandths(seconds),
    microsecondsPerTransition: thousandths(handlerNanoseconds / 1_000 / Math.max(1, transitions + faults + traps + exhausted)),
    ...(ledger === undefined ? {} : { ledger }),
    ended,
    exitCode: exitCodeOf(ended, deadLettered + dropped > 0),
  };
}

function thousandths(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

function exitCodeOf(ended: Ending, failed: boolean): number {
  if (ended === "interrupt") return 130;
  return ended === "input-end" && !failed ? 0 : 1;
}

function stateOf({ state }: Capsule): Summary["state"] {
  const keys: EntrySize[] = [];
  let bytes = 0;
  for (const [key, value] of state.entries()) {
    bytes += Buffer.byteLength(key) + value.length;
    if (keys.length < LISTED_ENTRIES_MAX) keys.push({ key, bytes: value.length });
  }
  return { entries: state.size, bytes, version: Number(state.version), keys };
}
