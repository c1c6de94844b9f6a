// `npm run soak`: the tests that chance drives, for longer. What is typed after -- picks some of them.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/**
 * What each runs, and how much of it. Variables that are set already stay as they are. What has pieces runs in as many
 * processes, each with the seeds after those of the one before: an engine that has made thousands of modules gets slower.
 */
const SOAKS = {
  simulation: { folder: "test/simulation", environment: { DOTEROS_SEEDS: "1000" }, pieces: 10 },
  kills: { folder: "test/crash", environment: { DOTEROS_KILLS: "200" } },
  component: { folder: "test/component", environment: { DOTEROS_FUZZ: "1000000" } },
  rewriter: { folder: "test/wasm/rewrite", environment: { DOTEROS_REWRITES: "12000" } },
  snapshots: { folder: "test/wasm/image", environment: { DOTEROS_SNAPSHOTS: "12000", DOTEROS_STATES: "10000" } },
  http: { folder: "test/http", environment: { DOTEROS_REQUESTS: "10000" } },
  kernel: { folder: "test/kernel", environment: { DOTEROS_FUZZ: "1000000" } },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(SOAKS, name));
if (unknown.length > 0) {
  console.error(`error: no such soak: ${unknown.join(", ")}\nhelp: npm run soak -- ${Object.keys(SOAKS).join(" ")}`);
  process.exit(2);
}
for (const [name, { folder, environment, pieces = 1 }] of Object.entries(SOAKS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (let piece = 0; piece < pieces; piece += 1) {
    const seeds = pieces === 1 ? {} : { DOTEROS_SEED: String(1 + piece * Number(environment.DOTEROS_SEEDS)) };
    run(name, folder, { ...environment, ...seeds });
  }
}

function run(name, folder, environment) {
  console.log(`${name}: ${Object.entries(environment).map((pair) => pair.join("=")).join(" ")}`);
  const words = [path.join(ROOT, "node_modules", "vitest", "vitest.mjs"), "run", "--config", "test/vitest.config.ts", "--testTimeout=36000000", folder];
  const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: "inherit", env: { ...environment, ...process.env } });
  if (status !== 0) process.exit(1);
}
