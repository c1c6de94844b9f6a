// Whether hosts in all engines come to the same ledgers, states and fuel: `node test/determinism/engines.mjs [--first N] [--seeds N]
// ENGINE…`. An engine is the path of a node, deno or bun; this process's own node is always among them. Exit code 1 when two differ.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";

const { values, positionals } = parseArgs({ options: { first: { type: "string", default: "1" }, seeds: { type: "string", default: "1000" } }, allowPositionals: true });
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What the bundles leave to be found at run time: tools of the build, and what is only there for components that wait. */
const EXTERNAL = [/^@bytecodealliance\//, /^cbor-extract$/];
const folder = mkdtempSync(join(tmpdir(), "doteros-engines-"));
// Where the tools of the build are found, and as deep in the project as this folder.
mkdirSync(join(ROOT, ".build"), { recursive: true });
const work = mkdtempSync(join(ROOT, ".build", "determinism-"));

/** Bundles a script of this folder. */
async function bundled(name, into) {
  const bundle = await rolldown({ input: join(import.meta.dirname, name), platform: "node", external: EXTERNAL, logLevel: "silent" });
  const { output } = await bundle.write({ dir: into, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" });
  return join(into, output[0].fileName);
}

function run(engine, script, ...words) {
  const before = basename(engine).startsWith("deno") ? ["run", "-A"] : [];
  const { status, stdout, stderr, error } = spawnSync(engine, [...before, script, ...words], { encoding: "utf8", cwd: ROOT });
  if (status !== 0) throw new Error(`${engine} ended with ${status ?? error}: ${stderr}`);
  return stdout.trim();
}

try {
  run(process.execPath, await bundled("participant-files.ts", work), folder);
  const script = await bundled("engine-report.ts", folder);
  const reports = [process.execPath, ...positionals].map((engine) => {
    const began = performance.now();
    const report = run(engine, script, folder, values.first, values.seeds);
    console.log(`${report}  ${engine}  ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return report;
  });
  if (new Set(reports).size > 1) {
    console.log("engines differ");
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
  rmSync(work, { recursive: true });
}
