import { DoterosError } from "../../contract/error.ts";
import type { Entry } from "../../ledger/entry.ts";
import { readEntry } from "../../ledger/entry-reader.ts";
import type { Arguments } from "../arguments.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { entryJson, entryText } from "./entry-text.ts";
import { withSource } from "./source.ts";

/** Nanoseconds in a millisecond. */
const NANOSECONDS = 1_000_000n;

/** `ledger show`: the entries, one on a line. */
export async function show(given: Arguments, screen: Screen): Promise<number> {
  const capsule = given.text("capsule");
  const isSince = sinceOf(given.text("since"));
  await withSource(given, async (source) => {
    let begun = false;
    for await (const { index, bytes, leaf } of source.entries()) {
      const entry = readEntry(bytes);
      begun ||= isSince(index, entry);
      if (!begun || (capsule !== undefined && entry.capsule !== capsule)) continue;
      screen.print(given.has("json") ? printable(entryJson(index, entry, leaf)) : entryText(index, entry));
      await screen.ready();
      if (screen.closed) return;
    }
  });
  return 0;
}

/** Whether the entries that are wanted begin with this one. Those that were told no time go by those around them. */
function sinceOf(text: string | undefined): (index: number, entry: Entry) => boolean {
  if (text === undefined) return () => true;
  if (/^[0-9]+$/.test(text)) return (index) => index >= Number(text);
  const milliseconds = /^[0-9]{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw new DoterosError("usage", `--since cannot be ${JSON.stringify(text)}`, { help: "it is the index of an entry, or a time such as 2026-05-01T12:00:00Z" });
  }
  const time = BigInt(milliseconds) * NANOSECONDS;
  return (_, entry) => "time" in entry && entry.time !== undefined && entry.time >= time;
}
