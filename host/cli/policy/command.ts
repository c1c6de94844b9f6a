import { DoterosError } from "../../contract/error.ts";
import { nearest } from "../../contract/nearest.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import type { Screen } from "../screen.ts";
import { check } from "./check.ts";
import { evaluate } from "./evaluate.ts";
import { explain } from "./explain.ts";
import { runTests } from "./test.ts";

const HELP = `Works on policies in Rego, the language of Open Policy Agent: the same engine that decides what capsules may do.

usage: doteros-wasm policy eval QUERY [--policy FILE.rego]… [--data FILE.json] [--input FILE.json]
       doteros-wasm policy test FILE.rego… [--data FILE.json]
       doteros-wasm policy check FILE.rego…
       doteros-wasm policy explain ID|LINE --decisions LOG --policy FILE.rego… [--data FILE.json]
       doteros-wasm policy explain INDEX --store FOLDER | --file LEDGER --policy FILE.rego… [--data FILE.json]

  eval    the value of a query, such as data.app.allow, as JSON
  test    runs the rules whose names begin with test_: each must be true. Those that begin with todo_test_ are passed over
  check   whether policies parse and compile; names every mistake with its file, line and column
  explain what a policy says now about a decision that was recorded: in a decision log, by its decision_id or its line, or
          in the entry of a ledger that has denials. Shows what each rule answers and what of input and data it read,
          and whether the decision comes out as it was recorded

  --policy FILE.rego  a module; may be repeated. test and check take their files as words as well
  --data FILE.json    what data holds beside the rules
  --input FILE.json   what input is
  --decisions LOG     a decision log, as doteros-wasm run --decisions writes it
  --store FOLDER      the ledger of a store; --file LEDGER one that was exported
  --json              JSON, one object on a line

exit codes: 0 done; 1 the query has no value, a test failed, a decision comes out otherwise, or a policy is wrong; 2 wrong usage

examples
  doteros-wasm policy eval 'data.app.allow' --policy app.rego --data data.json --input input.json
  doteros-wasm policy test app.rego app_test.rego
  doteros-wasm policy check app.rego --json
  doteros-wasm policy explain 17 --decisions decisions.ndjson --policy app.rego --data data.json
  doteros-wasm policy explain 1207 --store data --policy app.rego`;

const VERBS: Readonly<Record<string, (words: readonly string[], given: Arguments, screen: Screen) => Promise<number>>> = {
  eval: evaluate,
  test: runTests,
  check,
  explain,
};

/** `doteros-wasm policy`. */
export const policyCommand: Command = {
  name: "policy",
  summary: "evaluate, test and check policies in Rego, and explain decisions",
  help: HELP,
  options: {
    policy: { type: "string", multiple: true },
    ...Object.fromEntries(["data", "input", "decisions", "store", "file"].map((name) => [name, { type: "string" }])),
  },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [verb = "", ...words] = given.positionals;
  const work = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (work !== undefined) return work(words, given, screen);
  const near = nearest(verb, Object.keys(VERBS));
  throw new DoterosError("usage", verb === "" ? "policy needs to know what to do" : `policy cannot ${JSON.stringify(verb)}`, {
    help: near === undefined ? "it is one of eval, test, check and explain: doteros-wasm policy --help" : `did you mean doteros-wasm policy ${near}?`,
  });
}
