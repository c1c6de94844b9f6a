// Installs the peers into a folder of their own, the first time they are needed.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
/** What npm writes last. */
const INSTALLED = new URL("node_modules/.package-lock.json", import.meta.url);

/**
 * Installs what package-lock.json says, unless it is there. `npm ci` would refuse a lock file that was written where
 * some optional packages of other machines could not be had; `npm install --no-save` takes it as it is.
 *
 * @param {(line: string) => void} progress
 * @returns {Promise<string | undefined>} why it could not, or nothing
 */
export async function installPeers(progress) {
  if (existsSync(INSTALLED)) return undefined;
  progress("installing what to compare with (npm install in benchmarks/thirdparty)");
  const { code, words } = await npm(["install", "--no-save", "--ignore-scripts"]);
  if (code === 0) return undefined;
  const reason = words.split("\n").find((line) => /^npm error (?!code|errno|syscall|address|port)\S/.test(line)) ?? words.trim();
  return `npm install failed: ${reason.replace(/^npm error /, "")}`;
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
