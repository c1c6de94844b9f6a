import { DoterosError } from "../../contract/error.ts";
import { hexOf } from "../../ledger/key.ts";
import { type LedgerReport, verifyLedger } from "../../ledger/verify.ts";
import type { Arguments } from "../arguments.ts";
import { errorText } from "../error-text.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { hashing, trustedKey, withSource } from "./source.ts";

/** `ledger verify`: the report, and what is wrong when something is. */
export async function verify(given: Arguments, screen: Screen): Promise<number> {
  const trusted = trustedKey(given);
  return withSource(given, async (source, place) => {
    const report = await verifyLedger(source, hashing.sha256, trusted);
    screen.print(given.has("json") ? jsonOf(place, report) : textOf(place, report, trusted !== undefined));
    for (const digest of report.missing) screen.tell(`${screen.paintError("yellow", "note")}: the component ${digest} is not in it; whoever replays it needs that`);
    if (report.fault === undefined) return 0;
    screen.tell(errorText(errorOf(place, report), screen.paintError));
    return 1;
  });
}

function errorOf(place: string, { fault }: LedgerReport): DoterosError {
  return new DoterosError("damaged-ledger", fault?.what ?? "", {
    where: place,
    ...(fault?.offset === undefined ? {} : { offset: fault.offset }),
    help: fault?.index === undefined ? "what is said above holds, and nothing else" : `entries before ${fault.index} hold, as far as they are signed`,
  });
}

function jsonOf(file: string, { start, size, root, key, checkpoints, signed, missing, fault }: LedgerReport): string {
  const signatures = checkpoints.map((checkpoint) => ({ size: checkpoint.size, root: hexOf(checkpoint.root) }));
  const report = { type: "ledger", file, ok: fault === undefined, start, size, root: hexOf(root), key: key?.text, signed, checkpoints: signatures, missing, fault };
  return printable(JSON.stringify(report));
}

function textOf(file: string, { start, size, root, key, checkpoints, signed, fault }: LedgerReport, isTrusted: boolean): string {
  const number = (value: number): string => value.toLocaleString("en");
  const entries = start === 0 ? number(size) : `${number(size - start)}, from ${number(start)} on`;
  const rows = [
    ["file", file],
    ["entries", fault === undefined ? entries : `${entries} until the fault`],
    ["root", hexOf(root)],
    ["signed", checkpoints.length === 0 ? "nothing" : `${number(signed)} entries, by ${number(checkpoints.length)} checkpoint${checkpoints.length === 1 ? "" : "s"}`],
    ...(key === undefined ? [] : [["key", key.text]]),
    ...(key === undefined || isTrusted ? [] : [["", "the ledger's own: compare it, or give the one that you trust with --key"]]),
  ];
  return rows.map(([name = "", value = ""]) => `${name.padEnd(8)} ${printable(value)}`.trimEnd()).join("\n");
}
