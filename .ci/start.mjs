// What `npm start` does once everything is installed and built: the weather capsule over ten years of real days.
// Whatever is typed after `npm start --` is handed on.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COMMAND = join(ROOT, "dist", "cli", "main.js");
const WORDS = [
  "run",
  ".build/capsules/weather/weather.wasm",
  "--input",
  "node_modules/vega-datasets/data/weather.csv",
  "--subject",
  "readings.{location}",
  ...["state", "publish=alerts.>", "subscribe=readings.>", "log", "context"].flatMap((grant) => ["--grant", grant]),
  ...process.argv.slice(2),
];

/** A word as a shell takes it. */
function quoted(word) {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

console.error(`$ node ${["dist/cli/main.js", ...WORDS].map(quoted).join(" ")}\n`);
const child = spawn(process.execPath, [COMMAND, ...WORDS], { cwd: ROOT, stdio: "inherit" });
// The terminal sends Ctrl-C to both; the command ends in its own time, and this one after it.
process.on("SIGINT", () => {});
child.on("exit", (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});
