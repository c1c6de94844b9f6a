// Makes a fresh clone ready, and a used one ready again: packages, dist/, capsules. Says what it does, one line each, and
// nothing when there is nothing to do. Needs Node and npm, no package: nothing is installed when it starts.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");

const OLDEST = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  fail(`this is Node ${process.versions.node}, and doteros-wasm needs ${OLDEST.join(".")} or newer`, "install it from nodejs.org");
}

// Not npm ci: it refuses a lock that lacks an optional package of some other platform, which registries may not have.
const INSTALL = "install --no-save --include=dev --prefer-offline --no-audit --no-fund --loglevel=error";
const NO_NETWORK = /ENOTFOUND|ENOTCACHED|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/;

/** Installs what package-lock.json names, unless it is there. Ends the process when it cannot. */
export function install() {
  if (isInstalled()) return;
  process.stderr.write("prepare: installing the packages with npm\n");
  const began = Date.now();
  const { status, error, stdout, stderr } = npm(`${INSTALL} ${isOnline() ? "" : "--offline"}`.trim().split(" "));
  if (error !== undefined) fail(`npm does not start: ${error.message}`, "npm comes with Node; see that it is on the PATH");
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    fail(`npm install ended with exit code ${status}`, helpFor(stderr));
  }
  process.stderr.write(`prepare: installed in ${seconds(began)}\n`);
}

/** One question to the registry; the install would ask hundreds, each with its own patience, before it gave up. */
function isOnline() {
  const { error, stderr } = npm("ping --fetch-retries=1 --fetch-retry-mintimeout=1000".split(" "), 15_000);
  if (error === undefined ? !NO_NETWORK.test(stderr) : error.code === "ENOENT") return true;
  process.stderr.write("prepare: the package registry does not answer; trying with what npm has kept\n");
  return false;
}

/** npm, run in the project's folder with its output kept, for at most `timeout` milliseconds when that is not 0. */
export function npm(words, timeout = 0) {
  const options = { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26, timeout };
  const script = process.env.npm_execpath;
  if (script !== undefined && path.basename(script) === "npm-cli.js") {
    return spawnSync(process.execPath, [script, ...words], options);
  }
  return spawnSync("npm", words, { ...options, shell: process.platform === "win32" });
}

/** npm keeps a list of what it installed, so an install by hand counts as well. */
function isInstalled() {
  const wanted = readJson("package-lock.json");
  const present = readJson("node_modules/.package-lock.json");
  if (wanted === undefined) fail("package-lock.json is missing or damaged", "git checkout package-lock.json");
  for (const list of ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]) {
    if (sorted(readJson("package.json")[list]) !== sorted(wanted.packages[""][list])) {
      fail(`package.json and package-lock.json disagree about ${list}`, "npm install brings them together");
    }
  }
  if (present === undefined) return false;
  return Object.keys(wanted.packages).every((name) => {
    const { version, integrity, optional } = wanted.packages[name];
    const found = present.packages[name];
    if (name === "" || (found === undefined && optional)) return true;
    return found !== undefined && found.version === version && found.integrity === integrity;
  });
}

function sorted(list = {}) {
  return JSON.stringify(list, Object.keys(list).sort((a, b) => (a < b ? -1 : 1)));
}

function helpFor(stderr) {
  if (NO_NETWORK.test(stderr)) {
    return "the package registry did not answer: check the network and any proxy, then run this again";
  }
  if (/EACCES|EPERM|EROFS/.test(stderr)) return "node_modules cannot be written: check who owns it";
  if (/ENOSPC/.test(stderr)) return "the disk is full";
  return "the lines above are npm's own";
}

/** How to compile: every project that `projects` names, and those they stand on; the whole tree when it names none. */
export function compileCommand(...projects) {
  return [path.join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-b", ...projects];
}

/** How to put what is behind the doors into few files. */
export function bundleCommand() {
  return [path.join(ROOT, ".ci", "bundle.mjs")];
}

/** How to build the kernels, whose bytes host/ is compiled with. */
export function kernelsCommand() {
  return [path.join(ROOT, "capsules-as", "kernels", "build.mjs")];
}

/** How to build the capsules. */
export function capsulesCommand() {
  return [path.join(ROOT, "capsules-as", "build.mjs")];
}

/** Takes from dist/ what no source stands behind, and has all of it written again when a part is missing. */
export function sweep() {
  const dist = path.join(ROOT, "dist");
  for (const file of filesUnder(dist).filter((name) => !/^(?:door|web)\//.test(name))) {
    const source = /^(.*)\.(?:js|d\.ts)(?:\.map)?$/.exec(file);
    if (source !== null && !fs.existsSync(sourceOf(source[1]))) fs.rmSync(path.join(dist, file));
  }
  for (const file of filesUnder(dist).filter((name) => name.endsWith(".tsbuildinfo"))) {
    if (!isComplete(file)) fs.rmSync(path.join(dist, file));
  }
}

/** The source of a file in dist/, whose name is given without its ending. */
function sourceOf(name) {
  return name.startsWith("sdk/") ? path.join(ROOT, "sdk", "typescript", `${name.slice("sdk/".length)}.ts`) : path.join(ROOT, "host", `${name}.ts`);
}

/** Whether everything that a build wrote down as compiled is in dist/. */
function isComplete(buildInfo) {
  const { fileNames = ["../host/?.ts"] } = readJson(`dist/${buildInfo}`) ?? {};
  return fileNames
    .filter((name) => /^\.\.\/(?:host|sdk)\//.test(name) && !name.endsWith(".d.ts"))
    .map((name) => name.replace(/^\.\.\/(?:host\/)?/, "").replace(/^sdk\/typescript\//, "sdk/").replace(/\.ts$/, ".js"))
    .every((name) => fs.existsSync(path.join(ROOT, "dist", name)));
}

/** The command's file can be run by its name, as npm makes it where the package is installed. */
export function makeExecutable() {
  const command = path.join(ROOT, "dist", "cli", "main.js");
  if (fs.existsSync(command)) fs.chmodSync(command, 0o755);
}

function filesUnder(folder, below = "") {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = `${below}${entry.name}`;
    return entry.isDirectory() ? filesUnder(path.join(folder, entry.name), `${name}/`) : [name];
  });
}

/** A file of the project as JSON; undefined when it is missing or half-written. */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(ROOT, file), "utf8"));
  } catch {
    return undefined;
  }
}

/** The time since `began`, for people. */
export function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}

function fail(what, help) {
  process.stderr.write(`error: ${what}\n  help: ${help}\n`);
  process.exit(1);
}

/** When a build last wrote something, in milliseconds; tsc touches nothing when all is up to date. */
function lastBuild() {
  const infos = filesUnder(path.join(ROOT, "dist")).filter((name) => name.endsWith(".tsbuildinfo"));
  return Math.max(0, ...infos.map((name) => fs.statSync(path.join(ROOT, "dist", name)).mtimeMs));
}

/** Whether the doors were put together after the last build. */
function isBundled() {
  const doors = Object.values(readJson("package.json").exports).flatMap(({ node, default: web }) => [node, web]);
  return doors.filter((file) => /^\.\/dist\/(?:door|web)\//.test(file)).every((file) => {
    const found = fs.statSync(path.join(ROOT, file), { throwIfNoEntry: false });
    return found !== undefined && found.mtimeMs >= lastBuild();
  });
}

function compile() {
  sweep();
  const before = lastBuild();
  const began = Date.now();
  const { status, output } = runQuietly(compileCommand("host/tsconfig.node.json", "sdk/typescript"));
  if (status !== 0) {
    process.stderr.write(`${output.trimEnd()}\n`);
    fail("host/ and sdk/typescript/ do not compile", "the lines above are the compiler's");
  }
  makeExecutable();
  if (!isBundled()) build("doors", bundleCommand());
  if (lastBuild() !== before) process.stderr.write(`prepare: compiled to dist/ in ${seconds(began)}\n`);
}

function build(what, command) {
  const { status, output } = runQuietly(command);
  for (const line of output.split("\n")) if (!/^$|up to date$/.test(line)) process.stderr.write(`prepare: ${line}\n`);
  if (status !== 0) fail(`the ${what} do not build`, "the lines above say where");
}

function runQuietly(words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

if (process.argv[1] !== undefined && fs.realpathSync(process.argv[1]) === fs.realpathSync(fileURLToPath(import.meta.url))) {
  install();
  build("kernels", kernelsCommand());
  compile();
  build("capsules", capsulesCommand());
}
