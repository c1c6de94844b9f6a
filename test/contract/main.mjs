// Runs the contract suite on the runtimes that are there: `node test/contract/main.mjs [RUNTIME…]`, the names being those of
// runtimes.mjs; without any, on all. A runtime that is not here is left out, with the reason; those that DOTEROS_REQUIRE names,
// with commas between them, must be here.
//   --others   leaves out this process's own Node
//   --matrix   writes what came of it to MATRIX.md
//   --record   writes recorded.json and recorded.dwl anew, from this Node; look at what changes, and why
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { COMMAND_CASES, runCommandCase } from "./command.mjs";
import { matrixText } from "./matrix.mjs";
import { runOn, runScript } from "./run.mjs";
import { findRuntime, RUNTIMES } from "./runtimes.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.join(HERE, "..", "..");
const FILES = path.join(ROOT, ".build", "contract", "fixtures");
/** Of what a case says when it fails, in UTF-16 code units. */
const REASON_LENGTH = 2_000;
const OPTIONS = ["--others", "--matrix", "--record"];

const bundles = new Map();
const bundleOnce = (door) => {
  if (!bundles.has(door)) bundles.set(door, bundle(door));
  return bundles.get(door);
};

async function makeFiles() {
  const { makeFiles: make } = await import(`${pathToFileURL(await bundle("files")).href}?${Date.now()}`);
  await make(ROOT, FILES);
}

async function run(id, program) {
  const { door, words, bare = words } = RUNTIMES[id];
  const { results } = merged(await runOn(id, program, await bundleOnce(door), FILES));
  return { results: [...results, ...COMMAND_CASES.map((name) => runCommandCase(name, { program, words, bare, door }))] };
}

/** In a browser a case holds where it holds in both places, and comes to the same; what a page may not do, where the worker does it. */
function merged([first, worker]) {
  if (worker === undefined) return first;
  const results = worker.results.map((result, at) => {
    const page = first.results[at];
    if (page.outcome === "skipped") return result;
    const [wrong, where] = page.outcome === "ok" ? [result, "the worker"] : [page, "the page"];
    if (wrong.outcome === "failed") return { ...wrong, reason: `in ${where}: ${wrong.reason}` };
    return page.answer === result.answer ? wrong : { ...result, outcome: "failed", reason: "in the page and the worker it comes to something else" };
  });
  return { results };
}

/** What was answered first for each case, and by whom. */
const answers = new Map();

/** A case whose answer is not the one of the runtimes before has failed. */
function compared(runtime, result) {
  const { part, name, answer } = result;
  if (answer === undefined) return result;
  const key = `${part}: ${name}`;
  const before = answers.get(key);
  if (before === undefined) answers.set(key, { runtime, answer });
  return before === undefined || before.answer === answer ? result : { ...result, outcome: "failed", reason: `${before.runtime} and ${runtime} differ\n${before.answer}\n${answer}` };
}

/** Runs the suite on one runtime, says what came of it, and answers it. */
async function tell(id, required) {
  const { name } = RUNTIMES[id];
  const { program, version, missing } = findRuntime(id);
  if (missing !== undefined) {
    console.log(`${name.padEnd(10)} ${required ? "FAILED" : "skipped"}  ${missing}`);
    return { id, missing, ok: !required };
  }
  const began = Date.now();
  const report = await run(id, program).then(({ results }) => ({ results: results.map((result) => compared(name, result)) })).catch((/** @type {unknown} */ error) => ({ results: [], failure: error.message }));
  const count = (outcome) => report.results.filter((result) => result.outcome === outcome).length;
  const ok = report.failure === undefined && count("failed") === 0;
  const counts = `${count("ok")} cases hold${count("failed") > 0 ? `, ${count("failed")} fail` : ""}${count("skipped") > 0 ? `, ${count("skipped")} skipped` : ""}`;
  console.log(`${name.padEnd(10)} ${ok ? "ok" : "FAILED"}  ${version}, ${report.failure ?? counts}, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  for (const result of report.results) if (result.outcome === "failed") console.log(`\n${result.part}: ${result.name}\n  ${result.reason.slice(0, REASON_LENGTH).replaceAll("\n", "\n  ")}\n`);
  return { id, version, results: report.results, ok };
}

const options = process.argv.slice(2).filter((word) => word.startsWith("--"));
const named = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const required = new Set((process.env.DOTEROS_REQUIRE ?? "").split(",").filter((name) => name !== ""));
const unknown = [...named, ...required].filter((name) => !Object.hasOwn(RUNTIMES, name));
if (unknown.length > 0 || options.some((option) => !OPTIONS.includes(option))) {
  console.error(`error: ${[...unknown, ...options].join(" ")} is not known\n  help: the runtimes are ${Object.keys(RUNTIMES).join(", ")}; the options ${OPTIONS.join(", ")}`);
  process.exit(2);
}

await makeFiles();
if (options.includes("--record")) {
  const { recorded, ledger } = await runScript(process.execPath, [await bundleOnce("node"), FILES, "--record"]);
  writeFileSync(path.join(HERE, "recorded.json"), `${JSON.stringify(recorded, undefined, 2)}\n`);
  writeFileSync(path.join(HERE, "recorded.dwl"), Buffer.from(ledger, "base64"));
  await makeFiles();
}
const outcomes = [];
const own = options.includes("--others") ? `node${process.versions.node.split(".", 1)[0]}` : undefined;
const others = Object.keys(RUNTIMES).filter((name) => name !== own);
for (const id of named.length > 0 ? named : others) outcomes.push(await tell(id, required.has(id)));
if (options.includes("--matrix")) writeFileSync(path.join(HERE, "MATRIX.md"), matrixText(outcomes));
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
