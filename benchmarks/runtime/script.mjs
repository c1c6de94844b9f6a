// What runs in runtimes that have scripts: `script.mjs FOLDER` prints what it measured with the folder's capsule.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { measured } from "./measured.mjs";

/** @param {{ createHost: Function, openDotstore: (folder: string) => Promise<object> }} door */
export async function runScript({ createHost, openDotstore }) {
  const folders = [];
  const openStore = () => {
    const folder = mkdtempSync(join(tmpdir(), "doteros-bench-"));
    folders.push(folder);
    return openDotstore(folder);
  };
  try {
    const samples = await measured({ createHost, openStore }, new Uint8Array(readFileSync(join(process.argv[2], "counter.wasm"))));
    process.stdout.write(`${JSON.stringify(samples)}\n`);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}
