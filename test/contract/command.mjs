// What the command line and the package's doors do on a runtime: the same cases for each, run as processes of it.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "../../.ci/prepare.mjs";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const CONSUMER = path.join(ROOT, ".build", "contract", "consumer");
const COMMAND = path.join(ROOT, "dist", "cli", "main.js");
const CAPSULE = ".build/capsules/weather/weather.wasm";
const COPIER = ".build/contract/fixtures/copier.wasm";
const GREETER = path.join(ROOT, ".build", "contract", "fixtures", "greeter.wasm");
const GRANTS = ["state", "publish=alerts.>", "subscribe=readings.>", "log", "context"].flatMap((grant) => ["--grant", grant]);
const WEATHER = ["run", CAPSULE, "--input", "node_modules/vega-datasets/data/weather.csv", "--subject", "readings.{location}", ...GRANTS, "--json"];

/** Imports every door that a runtime has, and says what they are. Imports that are written out need no permission of Deno. */
const doorsText = (name) => `import * as neutral from "doteros-wasm";
import * as component from "doteros-wasm/component";
import * as kernels from "doteros-wasm/kernels";
import * as lite from "doteros-wasm/lite";
import * as rego from "doteros-wasm/rego";
import * as own from "doteros-wasm/${name}";

const classes = new Set([neutral, component, kernels, lite, rego, own].map(({ DoterosError }) => DoterosError));
const host = await own.createHost({ policy: { modules: { "policy.rego": "package doteros\\nallow := true" } } });
const heard = [];
host.subscribe("a.>", ({ subject }) => void heard.push(subject));
await host.publish("a.b", "");
await host.idle();
await host.close();
console.log(JSON.stringify({ classes: classes.size, heard, platform: own.${name}Platform.name.split(" ")[0] }));
`;

/** Serves a component, asks it over HTTP as the runtime does that, and says what it answered. */
const servingText = (name) => `import { readFileSync } from "node:fs";
import { createHost, listenHttp, serveHttp } from "doteros-wasm/${name}";

const host = await createHost();
const capsule = await host.load(readFileSync(process.argv[2]));
const answers = [];
for (const stream of [false, true]) {
  const service = serveHttp(host, capsule);
  const listener = await listenHttp(service, { stream });
  for (const method of ["GET", "POST", "HEAD"]) {
    const response = await fetch(listener.url, { method, ...(method === "POST" ? { body: "x".repeat(100_000) } : {}) });
    answers.push([response.status, await response.text()]);
  }
  await listener.close(1_000);
  service.close();
}
await host.close();
console.log(JSON.stringify({ answers, transitions: capsule.counters.transitions }));
`;

/** A runtime as the cases use it: its program, the words before a script, and its door. */
class Runner {
  constructor({ program, words, bare = words, door }) {
    Object.assign(this, { program, words, bare, door });
  }

  run(script, words, { cwd = ROOT, before = this.words, input = "" } = {}) {
    // What is compared has no colours, whatever the terminal of whoever runs this has.
    const { FORCE_COLOR: _, ...env } = process.env;
    const once = () => spawnSync(this.program, [...before, script, ...words], { env: { ...env, NO_COLOR: "1" }, cwd, input, encoding: "utf8", timeout: 60_000, maxBuffer: 1 << 27 });
    let { status, signal, stdout, stderr, error } = once();
    // A thread of V8 crashed once in some 500 runs of Deno 2.9, which no script may make it do. What crashes again has failed.
    if (signal === "SIGSEGV") {
      process.stderr.write(`${this.program} crashed (SIGSEGV) and is run again\n`);
      ({ status, signal, stdout, stderr, error } = once());
    }
    if (error !== undefined) throw error;
    return { status: status ?? signal, stdout, stderr };
  }

  /** What a command prints as lines of JSON. */
  lines(...words) {
    const { status, stdout, stderr } = this.run(COMMAND, words);
    if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`);
    return stdout.trim().split("\n").map((line) => JSON.parse(line));
  }

  /** Expects a command to fail. */
  fails(status, part, ...words) {
    const found = this.run(COMMAND, words);
    if (found.status !== status || !found.stderr.includes(part)) throw new Error(`it ended with ${found.status}, not ${status}, or does not say "${part}": ${found.stderr}`);
  }
}

function same(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}\n  and got  ${a}`);
}

/** Calls `work` with a folder of its own, which is gone afterwards. */
function inFolder(work) {
  const folder = mkdtempSync(path.join(tmpdir(), "doteros-command-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The cases, each a function of a runner. */
const CASES = {
  "runs the weather of ten years"(runner) {
    const lines = runner.lines(...WEATHER);
    const { messages, transitions, published, deadLettered, state } = lines.at(-1);
    same({ messages, transitions, published, deadLettered, version: state.version }, { messages: 2_922, transitions: 2_922, published: 145, deadLettered: 0, version: 2_922 });
    same(lines.filter(({ type }) => type === "message").length, 145);
  },

  "inspects a component"(runner) {
    const [inspection] = runner.lines("inspect", CAPSULE, "--json");
    same(inspection.exports.map(({ name }) => name), ["doteros:capsule/handler@0.1.0"]);
  },

  "says what is wrong, with exit code 1, and how it is used, with exit code 2"(runner) {
    inFolder((folder) => {
      const page = path.join(folder, "page.wasm");
      writeFileSync(page, "<!DOCTYPE html><title>404</title>");
      runner.fails(1, "error[DW0001]", "inspect", page);
      runner.fails(1, "--grant", "run", CAPSULE, "--input", "node_modules/vega-datasets/data/weather.csv");
      runner.fails(2, "error[DW0061]", "frobnicate");
    });
  },

  "runs a command with its streams and the folder that was granted, and with nothing else"(runner) {
    inFolder((folder) => {
      const input = "one line, and ünother\n".repeat(20_000);
      const alone = runner.run(COMMAND, ["run", COPIER], { input });
      same([alone.status, alone.stdout === input, alone.stderr], [0, true, ""]);
      const granted = runner.run(COMMAND, ["run", COPIER, "--grant", `fs:${folder}::/:rw`, "--isolation", "thread"], { input });
      same([granted.status, granted.stdout === input, readFileSync(path.join(folder, "copy"), "utf8") === input], [0, true, true]);
      // It may not write there, and goes on without.
      const reading = runner.run(COMMAND, ["run", COPIER, "--grant", `fs:${folder}::/:ro`], { input });
      same([reading.status, readFileSync(path.join(folder, "copy"), "utf8").length], [0, input.length]);
      const spent = runner.run(COMMAND, ["run", COPIER, "--limit", "fuelPerMessage=3k"]);
      same([spent.status, spent.stderr.includes("error[DW0023]")], [1, true]);
    });
  },

  "leaves a store whose ledger verifies, replays and is exported"(runner) {
    inFolder((folder) => {
      const [store, file] = ["store", "ledger.dwl"].map((name) => path.join(folder, name));
      runner.lines(...WEATHER, "--store", store);
      const [verified] = runner.lines("ledger", "verify", "--store", store, "--json");
      same([runner.run(COMMAND, ["ledger", "replay", "--store", store]).status, runner.run(COMMAND, ["ledger", "export", "--store", store, "--out", file]).status], [0, 0]);
      const [exported] = runner.lines("ledger", "verify", "--file", file, "--json");
      same([exported.size, exported.root, exported.signed], [2_923, verified.root, 2_923]);
    });
  },

  "answers requests of HTTP, whole and as streams"(runner) {
    const { status, stdout, stderr } = runner.run(`${runner.door}-serving.mjs`, [GREETER], { cwd: consumer() });
    if (status !== 0) throw new Error(stderr);
    const greetings = [[200, "hello 1"], [200, "hello 2"], [200, ""], [200, "hello 4"], [200, "hello 5"], [200, ""]];
    same(JSON.parse(stdout), { answers: greetings, transitions: 6 });
  },

  "is there where the package is installed, with all its doors, which need no permission"(runner) {
    const { status, stdout, stderr } = runner.run(`${runner.door}.mjs`, [], { cwd: consumer(), before: runner.bare });
    if (status !== 0) throw new Error(stderr);
    same(JSON.parse(stdout), { classes: 1, heard: ["a.b"], platform: runner.door });
    same(runner.run(path.join("node_modules", "doteros-wasm", "dist", "cli", "main.js"), ["inspect", path.join(ROOT, CAPSULE)], { cwd: consumer() }).status, 0);
  },
};

let made;

/** A project that has installed what would be published. */
function consumer() {
  made ??= makeConsumer();
  return made;
}

function makeConsumer() {
  rmSync(CONSUMER, { recursive: true, force: true });
  const { status, stdout, stderr } = npm(["pack", "--dry-run", "--ignore-scripts", "--json"]);
  if (status !== 0) throw new Error(stderr);
  const [{ files }] = Object.values(JSON.parse(stdout));
  const modules = path.join(CONSUMER, "node_modules");
  for (const { path: name } of files) {
    const file = path.join(modules, "doteros-wasm", name);
    mkdirSync(path.dirname(file), { recursive: true });
    copyFileSync(path.join(ROOT, name), file);
  }
  const { version, dependencies } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name), "junction");
  }
  writeFileSync(path.join(CONSUMER, "package.json"), JSON.stringify({ private: true, type: "module", dependencies: { "doteros-wasm": version } }));
  for (const door of ["node", "deno", "bun"]) {
    writeFileSync(path.join(CONSUMER, `${door}.mjs`), doorsText(door));
    writeFileSync(path.join(CONSUMER, `${door}-serving.mjs`), servingText(door));
  }
  return CONSUMER;
}

/** The names of the cases, in order. */
export const COMMAND_CASES = Object.keys(CASES);

/** Runs one case. A runtime without a program of its own, which browsers are, has no command line. */
export function runCommandCase(name, runtime) {
  const began = Date.now();
  const done = (outcome, reason) => ({ part: "command line", name, outcome, ...(reason === undefined ? {} : { reason }), milliseconds: Date.now() - began });
  if (runtime.door === "browser") return done("skipped", "browsers have no command line");
  if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is not there; npx tsc -b makes it`);
  try {
    CASES[name](new Runner(runtime));
    return done("ok");
  } catch (error) {
    return done("failed", error.message);
  }
}
