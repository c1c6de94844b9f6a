import type { FileFacts, FileTimes } from "../../../contract/folder.ts";
import { clockOf } from "../../clock.ts";
import type { Transition } from "../../transition.ts";
import { type Datetime, DATETIME, datetimeOf, nanosecondsOf } from "../clocks.ts";

/** What something is. */
export const KIND = "enum { unknown, block-device, character-device, directory, fifo, symbolic-link, regular-file, socket }";
/** What is to be known of it. */
export const STAT =
  `record { type: ${KIND}, link-count: u64, size: u64, data-access-timestamp: option<${DATETIME}>, ` +
  `data-modification-timestamp: option<${DATETIME}>, status-change-timestamp: option<${DATETIME}> }`;
/** What tells it from everything else. */
export const HASH = "record { lower: u64, upper: u64 }";
/** A time to be set. */
export const NEW_TIMESTAMP = `variant { no-change, now, timestamp(${DATETIME}) }`;

/** What is to be known of something, as WASI has it. Times before 1970 are none. */
export function statOf({ kind, links, size, accessed, modified, changed }: FileFacts): object {
  const time = (nanoseconds: bigint): Datetime | undefined => (nanoseconds < 0n ? undefined : datetimeOf(nanoseconds));
  return {
    type: kind,
    linkCount: links,
    size,
    dataAccessTimestamp: time(accessed),
    dataModificationTimestamp: time(modified),
    statusChangeTimestamp: time(changed),
  };
}

/** What tells something from everything else. */
export function hashOf({ device, number }: FileFacts): object {
  return { lower: BigInt.asUintN(64, number), upper: BigInt.asUintN(64, device) };
}

/** A time to be set, as WASI has it. */
export type NewTimestamp = { readonly tag: "no-change" | "now" } | { readonly tag: "timestamp"; readonly val: Datetime };

/** The times to be set. */
export function timesOf(transition: Transition, accessed: NewTimestamp, modified: NewTimestamp): FileTimes {
  const time = (given: NewTimestamp): bigint | undefined => {
    if (given.tag === "timestamp") return nanosecondsOf(given.val);
    return given.tag === "now" ? clockOf(transition).wall() : undefined;
  };
  return { accessed: time(accessed), modified: time(modified) };
}
