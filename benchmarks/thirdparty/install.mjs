// Installs the peers into a folder of their own, the first time they are needed.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
/** What npm writes last. */
const INSTALLED = new URL("node_modules/.package-lock.json", import.meta.url);

/**
 * Installs what package-lock.json says, unless it is there.
 *
 * @param {(line: string) => void} progress
 * @returns {Promise<string | undefined>} why it could not, or nothing
 */
export async function installPeers(progress) {
  if (existsSync(INSTALLED)) return undefined;
  progress("installing what to compare with (npm ci in benchmarks/thirdparty)");
  const { code, words } = await npm(["ci", "--ignore-scripts"]);
  if (code === 0) return undefined;
  const lines = words.split("\n").filter((line) => line.startsWith("npm error"));
  const reason = lines.find((line) => !/^npm error code\b/.test(line)) ?? lines[0] ?? words.trim();
  return `npm ci failed: ${reason.replace(/^npm error /, "")}`;
}

/** @param {string[]} words */
function npm(words) {
  return new Promise((resolve) => {
    const options = { cwd: FOLDER, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" };
    const child = spawn("npm", words, options);
    let said = "";
    const listen = (text) => {
      said += text;
      process.stderr.write(text);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", (error) => resolve({ code: 1, words: error.message }));
    child.on("close", (code) => resolve({ code, words: said }));
  });
}
