import { DoterosError } from "../../contract/error.ts";
import { nearest } from "../../contract/nearest.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import type { Screen } from "../screen.ts";
import { exportLedger } from "./export.ts";
import { importLedger } from "./import.ts";
import { check, prove } from "./proofs.ts";
import { replay } from "./replay.ts";
import { show } from "./show.ts";
import { verify } from "./verify.ts";

const HELP = `Looks into a ledger: what capsules were loaded, what messages they handled and what came of each, in a chain that
shows every change made afterwards.

usage: doteros-wasm ledger verify --store FOLDER [--key KEY]
       doteros-wasm ledger show --store FOLDER [--capsule NAME] [--since INDEX|TIME]
       doteros-wasm ledger prove INDEX --store FOLDER [--out FILE]
       doteros-wasm ledger prove --from SIZE --store FOLDER [--out FILE]
       doteros-wasm ledger check PROOF [--key KEY]
       doteros-wasm ledger replay --store FOLDER [--since INDEX] [--component FILE]…
       doteros-wasm ledger export --store FOLDER --out LEDGER [--since INDEX]
       doteros-wasm ledger import --file LEDGER --store FOLDER

  verify   whether all of it is as it was written and signed; names the first entry that is not
  show     the entries, one on a line
  prove    proves that an entry is in the ledger, or that the ledger still begins as it did when it had SIZE entries
  check    whether a proof holds; it takes nothing but the proof
  replay   does all of it again, with the same components, and compares writes, outputs and hashes; names the first entry
           that comes out otherwise. With --since, or of a ledger whose beginning is not there, each capsule is done again from
           where a snapshot of it was taken
  export   the ledger in one file, with its components, or its end from an entry on
  import   makes a store of a ledger that was exported: state, versions and all, for capsules to go on with

  --store FOLDER    the ledger of a store
  --file LEDGER     a ledger that was exported, in place of --store
  --key KEY         the key that it must be signed with: NAME+ID+BASE64. Without it the key that is in there is taken,
                    and whoever could change the rest could change that
  --capsule NAME    only the entries of this capsule
  --since INDEX     from this entry on; show takes a time as well, such as 2026-05-01T12:00:00Z
  --from SIZE       how many entries the ledger had
  --component FILE  a component that is not in the ledger; may be repeated
  --out FILE        what to write
  --json            JSON, one object on a line

exit codes: 0 done, and it holds; 1 it does not hold, or cannot be read; 2 wrong usage

examples
  doteros-wasm ledger verify --store data
  doteros-wasm ledger replay --store data
  doteros-wasm ledger verify --file plant.dwl --key "$(cat plant.pub)"
  doteros-wasm ledger show --file plant.dwl --capsule weather --since 2026-05-01 --json | jq .message.subject
  doteros-wasm ledger prove 1234 --file plant.dwl --out proof.json && doteros-wasm ledger check proof.json`;

const ACTIONS: Readonly<Record<string, { run(given: Arguments, screen: Screen): Promise<number>; readonly options: readonly string[] }>> = {
  verify: { run: verify, options: ["file", "store", "key"] },
  show: { run: show, options: ["file", "store", "capsule", "since"] },
  prove: { run: prove, options: ["file", "store", "from", "out"] },
  replay: { run: replay, options: ["file", "store", "since", "component"] },
  check: { run: check, options: ["key"] },
  export: { run: exportLedger, options: ["file", "store", "out", "since"] },
  import: { run: importLedger, options: ["file", "store"] },
};

const OPTIONS = ["file", "store", "key", "capsule", "since", "from", "component", "out"];
/** Those that take what to work on beside their options. */
const TAKES_MORE = new Set(["prove", "check"]);

/** `doteros-wasm ledger`. */
export const ledgerCommand: Command = {
  name: "ledger",
  summary: "verify, show and prove what capsules did",
  help: HELP,
  options: Object.fromEntries(OPTIONS.map((name) => [name, { type: "string", multiple: name === "component" }])),
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [name, more] = given.positionals;
  const action = name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (name === undefined || action === undefined) throw unknownAction(name);
  const foreign = OPTIONS.find((option) => given.has(option) && !action.options.includes(option));
  if (foreign !== undefined) throw new DoterosError("usage", `ledger ${name} has no option --${foreign}`, { help: "see them all: doteros-wasm ledger --help" });
  if (more !== undefined && !TAKES_MORE.has(name)) {
    throw new DoterosError("usage", `ledger ${name} does not take ${JSON.stringify(more)}`, { help: `doteros-wasm ledger ${name} ${more.endsWith(".dwl") ? "--file" : "--store"} ${more}` });
  }
  return action.run(given, screen);
}

function unknownAction(name: string | undefined): DoterosError {
  const near = name === undefined ? undefined : nearest(name, Object.keys(ACTIONS));
  return new DoterosError("usage", name === undefined ? "ledger needs to be told what to do" : `ledger has no ${JSON.stringify(name)}`, {
    help: near === undefined ? `it is one of: ${Object.keys(ACTIONS).join(", ")}` : `did you mean doteros-wasm ledger ${near}?`,
  });
}
