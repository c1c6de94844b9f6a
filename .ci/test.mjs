// Every check the project has, all of them to the end: `npm test`. Words after `npm test --` go to vitest, which then runs
// alone on what was built: `npm test -- test/bus`. The last line counts: each check is one, and so is each test.

import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { bundleCommand, capsulesCommand, compileCommand, install, kernelsCommand, makeExecutable, npm, readJson, ROOT, seconds, sweep } from "./prepare.mjs";

const filter = process.argv.slice(2);
const BUILD = path.join(ROOT, ".build");
const REPORT = ".build/vitest.json";
const count = { passed: 0, failed: 0 };
const failures = [];

/** The program of an installed package. */
function tool(name, program = name) {
  const { bin } = readJson(`node_modules/${name}/package.json`);
  return path.join(ROOT, "node_modules", name, typeof bin === "string" ? bin : bin[program]);
}

/** Runs a program of Node; its output is shown as it comes, or kept when `quiet`. */
function run(words, quiet) {
  return new Promise((resolve) => {
    const color = quiet && process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
    const stdio = quiet ? ["ignore", "pipe", "pipe"] : "inherit";
    const child = spawn(process.execPath, words, { cwd: ROOT, stdio, env: { ...process.env, ...color } });
    let output = "";
    for (const stream of quiet ? [child.stdout, child.stderr] : []) stream.on("data", (text) => (output += text));
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

/** One check: a line when it is well, and its notes; all it has to say when it is not. */
async function check(name, work) {
  const began = Date.now();
  const { ok, output, notes = "" } = await work().catch((error) => ({ ok: false, output: `${error.stack}\n` }));
  console.log(`${name.padEnd(10)} ${ok ? "ok" : "FAILED"}  ${seconds(began)}`);
  if (ok && notes !== "") console.log(notes.trimEnd().replaceAll(/^/gm, "  "));
  if (!ok) console.log(`\n${output.trimEnd()}\n`);
  note(name, ok);
}

function note(name, ok) {
  count[ok ? "passed" : "failed"] += 1;
  if (!ok) failures.push(name);
}

/** The sources and the tests against their types; what compiles is written to dist/. */
async function types() {
  sweep();
  const result = await run(compileCommand(), true);
  makeExecutable();
  return result;
}

/** What would be published: only what belongs there, reachable and typed as package.json says. */
async function published() {
  fs.mkdirSync(BUILD, { recursive: true });
  const { status, stdout, stderr } = npm(["pack", "--ignore-scripts", "--json", "--pack-destination", ".build"]);
  if (status !== 0) return { ok: false, output: stderr };
  // npm 10 and 11 answer with a list, others with an object by name.
  const [{ filename, files }] = Object.values(JSON.parse(stdout));
  const strays = files.map((file) => file.path).filter((name) => !belongs(name));
  const tarball = path.join(BUILD, filename);
  const results = [
    { ok: strays.length === 0, output: strays.map((name) => `${name} does not belong in the package\n`).join("") },
    await run([tool("publint"), "run", "--strict", tarball], true),
    await run([tool("@arethetypeswrong/cli", "attw"), tarball, "--profile", "esm-only"], true),
  ];
  fs.rmSync(tarball);
  return { ok: results.every(({ ok }) => ok), output: results.map(({ ok, output }) => (ok ? "" : output)).join("\n") };
}

function belongs(name) {
  if (name.endsWith(".tsbuildinfo")) return false;
  return /^(?:dist|wit|sdk\/(?:assemblyscript|policy))\//.test(name) || ["package.json", "LICENSE", "README.md", "CHANGELOG.md"].includes(name);
}

/** The contract suite on the other runtimes; this Node runs it among the tests. What is not here is left out, and that is said. */
async function contract() {
  const result = await run([path.join(ROOT, "test", "contract", "main.mjs"), "--others"], true);
  return { ...result, notes: result.output };
}

/** The tests, counted from vitest's own report: a file that does not load counts as one failure, as does a stray error. */
async function tests() {
  fs.rmSync(path.join(ROOT, REPORT), { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  const { ok } = await run([tool("vitest"), "run", "--config", "test/vitest.config.ts", ...reporters, ...filter], false);
  const report = readJson(REPORT) ?? { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  const broken = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  const skipped = filter.length > 0 ? 0 : report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + broken + skipped;
  if (skipped > 0) console.log(`${skipped} tests were left out; here that is a failure\n`);
  count.passed += report.numPassedTests;
  count.failed += failed === 0 && !ok ? 1 : failed;
  if (failed > 0 || !ok) failures.push("tests");
}

install();
await check("kernels", () => run(kernelsCommand(), true));
await check("types", types);
await check("doors", () => run(bundleCommand(), true));
await check("capsules", () => run(capsulesCommand(), true));
await check("demo", () => run([path.join(ROOT, "browser-demo", "build.mjs")], true));
if (filter.length === 0) {
  await check("lint", () => run([tool("oxlint")], true));
  await check("unused", () => run([tool("knip"), "--no-progress"], true));
  await check("package", published);
  await check("runtimes", contract);
}
console.log("tests");
await tests();
if (failures.length > 0) console.log(`failed: ${failures.join(", ")}`);
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
