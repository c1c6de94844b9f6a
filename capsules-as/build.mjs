// Makes a component of every capsule in this folder: `node capsules-as/build.mjs [name…]`. A capsule is a folder with
// assembly/index.ts and capsule.yaml; both end up in .build/capsules/<name>/, the first as <name>.wasm. What has not
// changed since it was built is left alone. Exit code 1 when one does not build.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProject } from "../dist/cli/build/build.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const CAPSULES = join(ROOT, "capsules-as");
const OUTPUT = join(ROOT, ".build", "capsules");
/** What makes components, and what they stand on. */
const TOOLS = ["dist/cli/build", "dist/cli/bindgen", "sdk/assemblyscript", "wit"].map((name) => join(ROOT, name));

/** The files under `folder`, in one order on every machine. */
function filesUnder(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** What a built capsule depends on, as one hexadecimal text: its files, what it shares, the contracts and the tools. */
function digestOfInputs(name) {
  const hash = createHash("sha256");
  for (const file of [...[join(CAPSULES, name), ...TOOLS].flatMap(filesUnder), fileURLToPath(import.meta.url)]) {
    const bytes = readFileSync(file);
    hash.update(`${relative(ROOT, file).split(sep).join("/")} ${bytes.length}\n`).update(bytes);
  }
  const require = createRequire(import.meta.url);
  for (const tool of ["assemblyscript", "@bytecodealliance/jco"]) hash.update(`${tool} ${versionOf(require, tool)}\n`);
  return hash.digest("hex");
}

function versionOf(require, tool) {
  for (const folder of require.resolve.paths(tool)) {
    const file = join(folder, tool, "package.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).version;
  }
  throw new Error(`${tool} is not installed; run npm install`);
}

/** Writes under another name first, so that nobody reads half a file. */
function writeWhole(file, bytes) {
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, bytes);
  renameSync(partial, file);
}

async function build(name) {
  const started = performance.now();
  const folder = join(OUTPUT, name);
  const files = {
    wasm: join(folder, `${name}.wasm`),
    manifest: join(folder, "capsule.yaml"),
    digest: join(folder, "inputs.sha256"),
  };
  const digest = digestOfInputs(name);
  const isWhole = Object.values(files).every((file) => existsSync(file));
  const isCurrent = isWhole && readFileSync(files.digest, "utf8") === digest;
  if (!isCurrent) {
    const manifest = readFileSync(join(CAPSULES, name, "capsule.yaml"), "utf8");
    const { component } = await buildProject({ folder: join(CAPSULES, name), wit: join(ROOT, "wit"), world: "capsule" });
    mkdirSync(folder, { recursive: true });
    writeWhole(files.wasm, component);
    writeWhole(files.manifest, manifest);
    writeWhole(files.digest, digest);
  }
  const size = readFileSync(files.wasm).length.toLocaleString("en");
  const time = isCurrent ? "up to date" : `built in ${((performance.now() - started) / 1000).toFixed(1)} s`;
  console.log(`${name.padEnd(12)} ${size.padStart(8)} bytes  ${time}`);
}

function isCapsule(name) {
  return ["assembly/index.ts", "capsule.yaml"].every((file) => existsSync(join(CAPSULES, name, file)));
}

async function main(names) {
  const unknown = names.filter((name) => !isCapsule(name));
  if (unknown.length > 0) {
    console.error(`no such capsule: ${unknown.join(", ")}`);
    console.error("help: a capsule is a folder capsules-as/<name>/ with assembly/index.ts and capsule.yaml");
    return 2;
  }
  let failures = 0;
  for (const name of names.length > 0 ? names : readdirSync(CAPSULES).sort().filter(isCapsule)) {
    try {
      await build(name);
    } catch (error) {
      failures += 1;
      console.error(`${name} does not build:\n${error.message}`);
    }
  }
  return failures > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
