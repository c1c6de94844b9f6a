// Makes a component of every capsule in this folder: `node capsules-as/build.mjs [name…]`. A capsule is a folder with
// assembly/ and capsule.yaml, or with a wit/ of its own instead; what is made of it ends up in .build/capsules/<name>/, with
// the manifest beside it. What has not changed since it was built is left alone. Exit code 1 when one does not build.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProject } from "../dist/cli/build/build.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const CAPSULES = join(ROOT, "capsules-as");
const BINDINGS = "bindings";
const MANIFEST = "capsule.yaml";
const OUTPUT = join(ROOT, ".build", "capsules");
/** What makes components, and what they stand on. */
const TOOLS = ["dist/cli/build", "dist/cli/bindgen", "sdk/assemblyscript", "wit"].map((name) => join(ROOT, name));

/** The files under `folder`, but for those that are written there, in one order on every machine. */
function filesUnder(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.filter((file) => !file.includes(`${sep}${BINDINGS}${sep}`)).sort();
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
  const source = join(CAPSULES, name);
  const folder = join(OUTPUT, name);
  const files = {
    wasm: join(folder, `${name}.wasm`),
    ...(existsSync(join(source, MANIFEST)) ? { manifest: join(folder, MANIFEST) } : {}),
    digest: join(folder, "inputs.sha256"),
  };
  const digest = digestOfInputs(name);
  const isWhole = Object.values(files).every((file) => existsSync(file));
  const isCurrent = isWhole && readFileSync(files.digest, "utf8") === digest;
  if (!isCurrent) {
    const own = join(source, "wit");
    const { component } = await buildProject({ folder: source, wit: existsSync(own) ? own : join(ROOT, "wit") });
    mkdirSync(folder, { recursive: true });
    writeWhole(files.wasm, component);
    if (files.manifest !== undefined) writeWhole(files.manifest, readFileSync(join(source, MANIFEST), "utf8"));
    writeWhole(files.digest, digest);
  }
  const size = readFileSync(files.wasm).length.toLocaleString("en");
  const time = isCurrent ? "up to date" : `built in ${((performance.now() - started) / 1000).toFixed(1)} s`;
  console.log(`${name.padEnd(12)} ${size.padStart(8)} bytes  ${time}`);
}

/** A capsule has a manifest, and a plug-in for others a world of its own. */
function isCapsule(name) {
  return existsSync(join(CAPSULES, name, "assembly")) && [MANIFEST, "wit"].some((file) => existsSync(join(CAPSULES, name, file)));
}

async function main(names) {
  const unknown = names.filter((name) => !isCapsule(name));
  if (unknown.length > 0) {
    console.error(`no such capsule: ${unknown.join(", ")}`);
    console.error("help: a capsule is a folder capsules-as/<name>/ with assembly/ and capsule.yaml");
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
