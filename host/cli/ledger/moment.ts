import { DoterosError } from "../../contract/error.ts";
import type { Entry } from "../../ledger/entry.ts";
import type { Arguments } from "../arguments.ts";

/** Nanoseconds in a millisecond. */
const NANOSECONDS = 1_000_000n;

/**
 * What tells whether an entry is at or after the moment that an option names: an index, or a time. Entries that were told no time
 * go by those before them.
 *
 * @throws DoterosError `usage`
 */
export function momentOf(given: Arguments, option: "since" | "until"): ((index: number, entry: Entry) => boolean) | undefined {
  const text = given.text(option);
  if (text === undefined) return undefined;
  if (/^[0-9]+$/.test(text)) return (index) => index >= Number(text);
  const milliseconds = /^[0-9]{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw new DoterosError("usage", `--${option} cannot be ${JSON.stringify(text)}`, { help: "it is the index of an entry, or a time such as 2026-05-01T12:00:00Z" });
  }
  const time = BigInt(milliseconds) * NANOSECONDS;
  return (_, entry) => "time" in entry && entry.time !== undefined && entry.time >= time;
}
