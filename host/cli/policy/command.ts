import { DoterosError } from "../../contract/error.ts";
import { nearest } from "../../contract/nearest.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import type { Screen } from "../screen.ts";
import { check } from "./check.ts";
import { evaluate } from "./evaluate.ts";
import { explain } from "./explain.ts";
import { TEMPLATES, writeTemplate } from "./new.ts";
import { runTests } from "./test.ts";

const HELP = `Works on policies in Rego, the language of Open Policy Agent: the same engine that decides what capsules may do.

usage: doteros-wasm policy eval QUERY [--policy PATH]… [--data FILE.json] [--input FILE.json] [--explain WHAT]
       doteros-wasm policy test PATH… [--data FILE.json] [--run REGEX] [--coverage] [--explain WHAT]
       doteros-wasm policy check PATH…
       doteros-wasm policy new NAME [FOLDER]
       doteros-wasm policy explain ID|LINE --decisions LOG --policy FILE.rego… [--data FILE.json]
       doteros-wasm policy explain INDEX --store FOLDER | --file LEDGER --policy FILE.rego… [--data FILE.json]

  eval    the answers to a query, as JSON: the value of a ref such as data.app.allow, or what the variables are in
          expressions such as 'some x in data.xs; x > 1'
  test    runs the rules whose names begin with test_: each must be true. Those that begin with todo_test_ are passed over.
          Of those that are not true, what print and trace said is shown
  check   whether policies parse and compile; names every mistake with its file, line and column
  explain what a policy says now about a decision that was recorded: in a decision log, by its decision_id or its line, or
          in the entry of a ledger that has denials. Shows what each rule answers and what of input and data it read,
          and whether the decision comes out as it was recorded
  new     writes a policy to start from, with its tests and data:
${Object.entries(TEMPLATES).map(([name, purpose]) => `          ${name.padEnd(15)}  ${purpose}`).join("\n")}

  --policy PATH       a module, or a folder of modules and perhaps a data.json; may be repeated. test and check take paths
                      as words as well
  --data FILE.json    what data holds beside the rules
  --input FILE.json   what input is
  --decisions LOG     a decision log, as doteros-wasm run --decisions writes it
  --store FOLDER      the ledger of a store; --file LEDGER one that was exported
  --json              JSON, one object on a line. That of eval has "result" as opa eval writes it, and no "result" when there
                      is no answer; that of coverage is what opa test writes

eval
  --explain WHAT      how it came to that: fails, the expressions that did not hold; notes, what trace said; full, everything
  --fail              exit code 1 when there is no answer
  --fail-defined      exit code 1 when there is one: for queries such as data.app.deny[_]

test
  --run REGEX         only tests in whose names it is found
  --explain WHAT      of tests that did not pass: fails, notes (the default) or full, as above
  --coverage          which lines the tests reach: heads of rules that had a value, and expressions that were evaluated
  --threshold PERCENT exit code 1 when less of all lines is reached

exit codes: 0 done; 1 a test failed, too little is reached, what --fail says, a decision comes out otherwise, or a policy is wrong; 2 wrong usage

examples
  doteros-wasm policy eval 'data.app.allow' --policy app.rego --data data.json --input input.json --explain fails
  doteros-wasm policy eval 'x := 1; y := x + 1'
  doteros-wasm policy test app.rego app_test.rego --run deny --explain full
  doteros-wasm policy new least-privilege rules
  doteros-wasm policy test rules --coverage --threshold 95
  doteros-wasm policy check app.rego --json
  doteros-wasm policy explain 17 --decisions decisions.ndjson --policy app.rego --data data.json
  doteros-wasm policy explain 1207 --store data --policy app.rego`;

const VERBS: Readonly<Record<string, (words: readonly string[], given: Arguments, screen: Screen) => Promise<number>>> = {
  eval: evaluate,
  test: runTests,
  check,
  explain,
  new: writeTemplate,
};

/** `doteros-wasm policy`. */
export const policyCommand: Command = {
  name: "policy",
  summary: "evaluate, test and check policies in Rego, start one, and explain decisions",
  help: HELP,
  options: {
    policy: { type: "string", multiple: true },
    ...Object.fromEntries(["data", "input", "decisions", "store", "file", "explain", "run", "threshold"].map((name) => [name, { type: "string" }])),
    fail: { type: "boolean" },
    "fail-defined": { type: "boolean" },
    coverage: { type: "boolean" },
  },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [verb = "", ...words] = given.positionals;
  const work = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (work !== undefined) return work(words, given, screen);
  const near = nearest(verb, Object.keys(VERBS));
  throw new DoterosError("usage", verb === "" ? "policy needs to know what to do" : `policy cannot ${JSON.stringify(verb)}`, {
    help: near === undefined ? "it is one of eval, test, check, new and explain: doteros-wasm policy --help" : `did you mean doteros-wasm policy ${near}?`,
  });
}
