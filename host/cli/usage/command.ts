import { DoterosError } from "../../contract/error.ts";
import { readEntry } from "../../ledger/entry-reader.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { momentOf } from "../ledger/moment.ts";
import { withSource } from "../ledger/source.ts";
import type { Screen } from "../screen.ts";
import { LedgerUsages } from "./ledger-usage.ts";
import { usageCsv, usageJson, usageTable } from "./usage-text.ts";

const HELP = `Sums up what capsules used, as their ledger has it: for each capsule, and for each tenant.

usage: doteros-wasm usage --store FOLDER [--since INDEX|TIME] [--until INDEX|TIME] [--csv]
       doteros-wasm usage --file LEDGER …

  --store FOLDER    the ledger of a store
  --file LEDGER     a ledger that was exported, in place of --store
  --since INDEX     only what is in this entry and after it; or a time, such as 2026-05-01T12:00:00Z
  --until INDEX     only what is before this entry; or a time
  --csv             a row for each capsule, with a row of names before them
  --json            one JSON object on each line, with "type" capsule or tenant

The tenant is the capsule's label of that name: doteros-wasm run --label tenant=NAME. It takes the place of one that the
capsule's own manifest has. Columns are messages, those that were handled, attempts that failed, units of fuel, bytes that
came in, messages that went out and their bytes. A ledger shows every change that was made to it afterwards, and a
replay comes to the same fuel: what is billed by it can be checked by who pays.

exit codes: 0 done, 1 the ledger cannot be read, 2 wrong usage

examples
  doteros-wasm usage --store data
  doteros-wasm usage --store data --since 2026-05-01 --until 2026-06-01 --csv > may.csv
  doteros-wasm usage --file plant.dwl --json | jq 'select(.type == "tenant") | {tenant, fuel}'`;

/** `doteros-wasm usage`. */
export const usageCommand: Command = {
  name: "usage",
  summary: "sum up what capsules and tenants used",
  help: HELP,
  options: { store: { type: "string" }, file: { type: "string" }, since: { type: "string" }, until: { type: "string" }, csv: { type: "boolean" } },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [word] = given.positionals;
  if (word !== undefined) throw new DoterosError("usage", `usage does not take ${JSON.stringify(word)}`, { help: `doteros-wasm usage ${word.endsWith(".dwl") ? "--file" : "--store"} ${word}` });
  if (given.has("csv") && given.has("json")) throw new DoterosError("usage", "it is either --csv or --json", { help: "leave one of them out" });
  const usages = await usagesIn(given);
  if (given.has("json")) for (const line of usageJson(usages.all)) screen.print(line);
  else screen.print(given.has("csv") ? usageCsv(usages.all) : usageTable(usages.all));
  return 0;
}

/** Sums up the entries that are asked for. Those before them are read, too: they tell whose capsules they are. */
async function usagesIn(given: Arguments): Promise<LedgerUsages> {
  const usages = new LedgerUsages();
  const isSince = momentOf(given, "since");
  const isUntil = momentOf(given, "until");
  await withSource(given, async (source) => {
    let begun = isSince === undefined;
    for await (const { index, bytes } of source.entries()) {
      const entry = readEntry(bytes);
      if (isUntil?.(index, entry) === true) return;
      begun ||= isSince?.(index, entry) === true;
      usages.learn(entry);
      if (begun) usages.add(entry);
    }
  });
  return usages;
}
