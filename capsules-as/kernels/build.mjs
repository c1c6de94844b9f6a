// Makes a TypeScript module of every kernel in this folder: `node capsules-as/kernels/build.mjs [name…]`. A kernel is a
// folder with index.ts; it becomes host/kernel/generated/<name>.ts, which holds the module's bytes as base64, because the
// neutral floors cannot read files. What has not changed since it was built is left alone. Exit code 1 when one does not
// build.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const KERNELS = join(ROOT, "capsules-as", "kernels");
const OUTPUT = join(ROOT, "host", "kernel", "generated");

/** A kernel keeps its memory by hand: no collector, no start-up, and no import that aborts. */
const OPTIONS = "--optimizeLevel 3 --shrinkLevel 0 --noAssert --converge --runtime stub --use abort= --stackSize 0".split(" ");

/** The files under `folder`, in one order on every machine. */
function filesUnder(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** What a built kernel depends on, as one hexadecimal text: its files, this file and the compiler. */
function digestOfInputs(name) {
  const compiler = join(ROOT, "node_modules", "assemblyscript", "package.json");
  const hash = createHash("sha256").update(JSON.parse(readFileSync(compiler, "utf8")).version);
  for (const file of [...filesUnder(join(KERNELS, name)), fileURLToPath(import.meta.url)]) {
    const bytes = readFileSync(file);
    hash.update(`\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

/** Compiles a kernel to a module; throws with the compiler's own report. */
async function compile(name) {
  const { default: asc } = await import("assemblyscript/asc");
  const report = [];
  let wasm;
  const words = [`capsules-as/kernels/${name}/index.ts`, ...OPTIONS, "--baseDir", ROOT, "--outFile", "kernel.wasm"];
  const { error } = await asc.main(words, {
    stdout: { write() {} },
    stderr: { write: (text) => void report.push(text) },
    writeFile: (_file, bytes) => void (wasm = bytes),
  });
  if (wasm !== undefined && error === null) return wasm;
  throw new Error(report.length > 0 ? report.join("") : "asc wrote nothing");
}

/** Writes under another name first, so that nobody reads half a file. */
function writeWhole(file, text) {
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, text);
  renameSync(partial, file);
}

async function build(name) {
  const started = performance.now();
  const file = join(OUTPUT, `${name}.ts`);
  const head = `// Made from capsules-as/kernels/${name} by capsules-as/kernels/build.mjs. Inputs: ${digestOfInputs(name)}\n`;
  if (existsSync(file) && readFileSync(file, "utf8").startsWith(head)) {
    console.log(`${name.padEnd(12)} up to date`);
    return;
  }
  const wasm = await compile(name);
  mkdirSync(OUTPUT, { recursive: true });
  const base64 = Buffer.from(wasm).toString("base64");
  writeWhole(file, `${head}\n/** The kernel's module, in base64. */\nexport const WASM = "${base64}";\n`);
  const size = wasm.length.toLocaleString("en");
  console.log(`${name.padEnd(12)} ${size.padStart(8)} bytes  built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function isKernel(name) {
  return existsSync(join(KERNELS, name, "index.ts"));
}

async function main(names) {
  const unknown = names.filter((name) => !isKernel(name));
  if (unknown.length > 0) {
    console.error(`no such kernel: ${unknown.join(", ")}`);
    console.error("help: a kernel is a folder capsules-as/kernels/<name>/ with index.ts");
    return 2;
  }
  let failures = 0;
  for (const name of names.length > 0 ? names : readdirSync(KERNELS).sort().filter(isKernel)) {
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
