import { DoterosError } from "../../contract/error.ts";
import { COMPONENT_BYTES_MAX } from "../../contract/limits.ts";
import { hexOf } from "../../ledger/key.ts";
import type { LedgerSource } from "../../ledger/source.ts";
import { type Difference, replayLedger, type ReplayReport } from "../../node.ts";
import type { Arguments } from "../arguments.ts";
import { errorText } from "../error-text.ts";
import { readBytes } from "../file.ts";
import { printable } from "../printable.ts";
import { Progress } from "../progress.ts";
import type { Screen } from "../screen.ts";
import { hashing, wholeNumber, withSource } from "./source.ts";

/** `ledger replay`: does all of it again, and says whether it comes out the same. */
export async function replay(given: Arguments, screen: Screen): Promise<number> {
  return withSource(given, async (source, place) => {
    const since = given.text("since");
    const start = Math.max(source.start, since === undefined ? 0 : wholeNumber("--since", since));
    const components = await componentsOf(source, given);
    const progress = new Progress(screen, !given.has("json"));
    const began = performance.now();
    const report = await replayLedger({ entries: bytesOf(source, start), start, component: (digest) => components.get(digest) }, (entries) => {
      if (progress.isDue()) progress.draw(`${entries.toLocaleString("en")} of ${source.size.toLocaleString("en")} entries`);
    });
    screen.showStatus("");
    screen.print(given.has("json") ? jsonOf(place, report) : textOf(report, (performance.now() - began) / 1_000));
    if (report.difference === undefined) return 0;
    screen.tell(errorText(errorOf(place, report.difference), screen.paintError));
    return 1;
  });
}

/** Those that are in the ledger, and those that were given. */
async function componentsOf(source: LedgerSource, given: Arguments): Promise<Map<string, Uint8Array>> {
  const components = new Map<string, Uint8Array>();
  const add = (bytes: Uint8Array): Map<string, Uint8Array> => components.set(hexOf(hashing.sha256(bytes)), bytes);
  for await (const bytes of source.components()) add(bytes);
  for (const file of given.texts("component")) add(await readBytes(file, "the component", COMPONENT_BYTES_MAX));
  return components;
}

async function* bytesOf(source: LedgerSource, start: number): AsyncGenerator<Uint8Array> {
  for await (const { index, bytes } of source.entries()) if (index >= start) yield bytes;
}

function jsonOf(file: string, { entries, transitions, failures, passed, outside, difference }: ReplayReport): string {
  return printable(JSON.stringify({ type: "replay", file, ok: difference === undefined, entries, transitions, failures, passed, ...(outside.length === 0 ? {} : { outside }), difference }));
}

function textOf({ entries, transitions, failures, passed, outside, difference }: ReplayReport, seconds: number): string {
  const number = (value: number): string => value.toLocaleString("en");
  const rate = seconds > 0 ? `, ${number(Math.round(entries / seconds))} a second` : "";
  const rows = [
    ["entries", `${number(entries)}${difference === undefined ? "" : " until the difference"}  in ${seconds.toFixed(2)} s${rate}`],
    ["transitions", number(transitions)],
    ["failures", number(failures)],
    ...(passed === 0 ? [] : [["passed over", `${number(passed)}  entries ${outside.length === 0 ? BEFORE : `of what used files, streams, variables or clocks, which nobody can have again: ${outside.join(", ")}`}`]]),
    ...(difference === undefined && (entries > 0 || outside.length === 0) ? [["equal", "every write, output and hash"]] : []),
  ];
  return rows.map(([name = "", value = ""]) => `${name.padEnd(12)} ${value}`).join("\n");
}

const BEFORE = "before the first snapshot, or loading, of their capsule";

function errorOf(where: string, { index, capsule, field, key, recorded, replayed }: Difference): DoterosError {
  const what = key === undefined ? field : `${field} ${JSON.stringify(key)}`;
  return new DoterosError("damaged-ledger", `entry ${index}, of ${capsule}, comes out otherwise: ${what} is recorded as ${recorded ?? "nothing"}, and is now ${replayed ?? "nothing"}`, {
    where,
    help: "the entry was changed, or the component is not deterministic; entries before it come out as they are recorded",
  });
}
