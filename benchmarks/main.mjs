// `npm run bench`: measures, and prints a table for each suite or one JSON document. See README.md beside this file.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { readCapsule } from "./capsule.mjs";
import * as cbor from "./suite/cbor.mjs";
import * as durable from "./suite/durable.mjs";
import * as fuel from "./suite/fuel.mjs";
import * as handlerCall from "./suite/handler-call.mjs";
import * as ledger from "./suite/ledger.mjs";
import * as limits from "./suite/limits.mjs";
import * as load from "./suite/load.mjs";
import * as loop from "./suite/loop.mjs";
import * as sdk from "./suite/sdk.mjs";
import * as serve from "./suite/serve.mjs";
import * as signatures from "./suite/signatures.mjs";
import * as many from "./suite/many.mjs";
import * as page from "./suite/page.mjs";
import * as plugin from "./suite/plugin.mjs";
import * as rego from "./suite/rego.mjs";
import * as route from "./suite/route.mjs";
import * as runtimes from "./suite/runtimes.mjs";
import * as size from "./suite/size.mjs";
import * as thread from "./suite/thread.mjs";
import { table } from "./table.mjs";

const SUITES = [handlerCall, sdk, signatures, load, size, page, loop, plugin, thread, serve, durable, ledger, cbor, route, rego, fuel, limits, runtimes, many];
const USAGE = `Usage: npm run bench -- [suite…] [--json] [--write]

Suites (all of them when none is named):
${SUITES.map(({ name, title }) => `  ${name.padEnd(14)}${title}`).join("\n")}

  --json   print one JSON document instead of tables
  --write  write the tables that are kept beside this: RUNTIMES.md, by runtimes
  --help   print this

Exit code 0 when everyone who could be had was measured (a peer that cannot be installed says so in its row), 1 when a
contender failed or did other work than the rest, 2 for a wrong command.`;

/** @param {string[]} words */
async function main(words) {
  const { json, help, write, suites, problem } = readArguments(words);
  if (problem !== undefined) {
    console.error(`error: ${problem}\nhelp: npm run bench -- --help`);
    return 2;
  }
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const machine = describeMachine();
  if (!json) console.log(`Node ${machine.node} on ${machine.cores} x ${machine.cpu}, capsule counter (${machine.capsuleBytes} bytes)\n`);
  const results = [];
  for (const suite of suites) {
    const rows = await suite.run(progressFor(suite));
    if (write && suite.file !== undefined) writeFileSync(suite.file, suite.markdown(rows, machine));
    results.push({ name: suite.name, title: suite.title, rows });
    if (!json) console.log(`${print(suite, rows)}\n`);
  }
  if (json) console.log(JSON.stringify({ version: 1, machine, suites: results }, undefined, 2));
  return results.some(({ rows }) => rows.some(isFailure)) ? 1 : 0;
}

/** @param {string[]} words */
function readArguments(words) {
  try {
    const options = { json: { type: "boolean" }, write: { type: "boolean" }, help: { type: "boolean", short: "h" } };
    const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
    const unknown = positionals.filter((wanted) => !SUITES.some(({ name }) => name === wanted));
    if (unknown.length > 0) return { problem: `no such suite: ${unknown.join(", ")}` };
    const suites = SUITES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    if (values.write && suites.every(({ file }) => file === undefined)) return { problem: "none of these suites keeps its table" };
    return { ...values, suites };
  } catch (error) {
    return { problem: error.message };
  }
}

function describeMachine() {
  const [cpu] = cpus();
  return { node: process.versions.node, cores: cpus().length, cpu: cpu?.model ?? "?", capsuleBytes: readCapsule().length };
}

/** On a terminal one line tells what is going on; elsewhere there is silence. */
function progressFor({ name }) {
  return (line) => {
    if (process.stderr.isTTY) process.stderr.write(`${name}: ${line}\n`);
  };
}

function print(suite, rows) {
  const measured = rows.filter(({ problem }) => problem === undefined).map((row) => suite.cells(row));
  const problems = rows.filter(({ problem }) => problem !== undefined).map(({ title, problem }) => `${title}: ${problem}`);
  return [suite.title, "", table(suite.head, measured, process.stdout.isTTY), ...problems].join("\n");
}

/** A peer that is not to be had is no failure of ours. */
function isFailure({ problem, isMissing }) {
  return problem !== undefined && isMissing !== true;
}

process.exitCode = await main(process.argv.slice(2));
