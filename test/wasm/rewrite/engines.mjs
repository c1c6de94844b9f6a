// Whether engines agree on what rewritten modules do: `node test/wasm/rewrite/engines.mjs [--seeds N] ENGINE…`. An engine is the
// path of a node, deno or bun; this process's own node is always among them. Exit code 1 when two differ.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";

const { values, positionals } = parseArgs({ options: { seeds: { type: "string", default: "100" } }, allowPositionals: true });
const folder = mkdtempSync(join(tmpdir(), "doteros-engines-"));
const script = join(folder, "report.mjs");

/** @param {string} engine */
function report(engine) {
  const words = basename(engine).startsWith("deno") ? ["run", script] : [script];
  const { status, stdout, stderr } = spawnSync(engine, [...words, "1", values.seeds], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${engine} ended with ${status}: ${stderr}`);
  return new Map(stdout.trim().split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
}

try {
  const bundle = await rolldown({ input: fileURLToPath(new URL("engine-report.ts", import.meta.url)), platform: "node" });
  await bundle.write({ file: script, format: "esm" });
  const reports = [process.execPath, ...positionals].map((engine) => ({ engine, families: report(engine) }));
  for (const { engine, families } of reports) for (const [family, digest] of families) console.log(`${family.padEnd(12)}${digest.padEnd(34)}${engine}`);
  for (const family of reports[0].families.keys()) {
    const digests = new Set(reports.map(({ families }) => families.get(family)).filter((digest) => digest?.startsWith("not known") !== true));
    if (digests.size > 1) {
      console.log(`${family}: engines differ`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
