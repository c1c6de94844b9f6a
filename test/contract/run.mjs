// Runs a script that reports in JSON on one of the runtimes: as a process, or in a browser.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runInBrowser } from "./browser.mjs";
import { RUNTIMES } from "./runtimes.mjs";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
/** A run takes seconds; busy machines have patience. */
const TIMEOUT = 240_000;

/**
 * Runs a script on the files of a folder.
 *
 * @param places where it runs in a browser: see runInBrowser
 * @returns its reports: one, or those of a browser's page and its worker
 */
export async function runOn(id, program, script, files, places) {
  const { door, words } = RUNTIMES[id];
  return door === "browser" ? runInBrowser(id, program, script, files, TIMEOUT, places) : [await runScript(program, [...words, script, files])];
}

/** Runs a script as a process, and reads what it prints as JSON. */
export function runScript(program, words) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"]) child[stream].setEncoding("utf8").on("data", (text) => (said[stream] += text));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(JSON.parse(said.stdout));
      else reject(new Error(`it ended with ${code ?? signal}\n${said.stderr}`));
    });
  });
}
