import { readEntry } from "../../ledger/entry-reader.ts";
import type { Arguments } from "../arguments.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { entryJson, entryText } from "./entry-text.ts";
import { momentOf } from "./moment.ts";
import { withSource } from "./source.ts";

/** `ledger show`: the entries, one on a line. */
export async function show(given: Arguments, screen: Screen): Promise<number> {
  const capsule = given.text("capsule");
  const isSince = momentOf(given, "since") ?? (() => true);
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
