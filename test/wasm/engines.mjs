// Whether engines agree on what rewritten modules do and on snapshots of their instances: `node test/wasm/engines.mjs [--seeds N]
// ENGINE…`. An engine is the path of a node, deno or bun; this process's own node is always among them. Exit code 1 when two differ.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";

const { values, positionals } = parseArgs({ options: { seeds: { type: "string", default: "100" } }, allowPositionals: true });
const folder = mkdtempSync(join(tmpdir(), "doteros-engines-"));

/**
 * @param {string} engine
 * @param {string} script
 */
function report(engine, script) {
  const words = basename(engine).startsWith("deno") ? ["run", script] : [script];
  const { status, stdout, stderr } = spawnSync(engine, [...words, "1", values.seeds], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${engine} ended with ${status}: ${stderr}`);
  return new Map(stdout.trim().split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
}

/** @param {"rewrite" | "image"} of */
async function compare(of) {
  const script = join(folder, `${of}.mjs`);
  const bundle = await rolldown({ input: fileURLToPath(new URL(`${of}/engine-report.ts`, import.meta.url)), platform: "node" });
  await bundle.write({ file: script, format: "esm" });
  const reports = [process.execPath, ...positionals].map((engine) => ({ engine, families: report(engine, script) }));
  for (const { engine, families } of reports) for (const [family, digest] of families) console.log(`${of.padEnd(9)}${family.padEnd(12)}${digest.padEnd(34)}${engine}`);
  for (const family of reports[0].families.keys()) {
    const digests = new Set(reports.map(({ families }) => families.get(family)).filter((digest) => digest?.startsWith("not known") !== true));
    if (digests.size > 1) {
      console.log(`${of} ${family}: engines differ`);
      process.exitCode = 1;
    }
  }
}

try {
  await compare("rewrite");
  await compare("image");
} finally {
  rmSync(folder, { recursive: true });
}
