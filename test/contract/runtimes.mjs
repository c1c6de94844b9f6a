// The runtimes that the suite runs on, each as the script that runs it takes it: where its program is, or why it is not here.
// Those that npm has come from there, in the versions written down here, on first use.
import { spawnSync } from "node:child_process";
import { findBrowser } from "./browser.mjs";
import { findPackaged, PLATFORM } from "./packaged.mjs";

const EXE = process.platform === "win32" ? ".exe" : "";

/** The packages that hold the programs themselves: those named `deno` and `bun` only find them, with scripts that npm does not run. */
const PACKAGES = {
  node20: { [PLATFORM]: [`node-${PLATFORM.replace("win32", "win")}`, "20.20.2", `bin/node${EXE}`] },
  node24: { [PLATFORM]: [`node-${PLATFORM.replace("win32", "win")}`, "24.22.3", `bin/node${EXE}`] },
  deno: {
    "linux-x64": ["@deno/linux-x64-glibc", "2.9.6", "deno"],
    "linux-arm64": ["@deno/linux-arm64-glibc", "2.9.6", "deno"],
    "darwin-x64": ["@deno/darwin-x64", "2.9.6", "deno"],
    "darwin-arm64": ["@deno/darwin-arm64", "2.9.6", "deno"],
    "win32-x64": ["@deno/win32-x64", "2.9.6", "deno.exe"],
  },
  bun: {
    "linux-x64": ["@oven/bun-linux-x64", "1.4.5", "bin/bun"],
    "linux-arm64": ["@oven/bun-linux-aarch64", "1.4.5", "bin/bun"],
    "darwin-x64": ["@oven/bun-darwin-x64", "1.4.5", "bin/bun"],
    "darwin-arm64": ["@oven/bun-darwin-aarch64", "1.4.5", "bin/bun"],
    "win32-x64": ["@oven/bun-windows-x64", "1.4.5", "bin/bun.exe"],
  },
};

/** Every runtime: its name, the door that it has, and what comes before the script; `bare`, before one that is allowed nothing. */
export const RUNTIMES = {
  node20: { name: "Node 20", door: "node", words: [] },
  node24: { name: "Node 24", door: "node", words: [] },
  deno: { name: "Deno", door: "deno", words: ["run", "--allow-all", "--quiet"], bare: ["run", "--quiet", "--no-prompt"] },
  bun: { name: "Bun", door: "bun", words: [] },
  chromium: { name: "Chromium", door: "browser", words: [] },
  firefox: { name: "Firefox", door: "browser", words: [] },
};

/** Finds a runtime, and installs it where that is needed and can be done. @returns `{ program, version }` or `{ missing }` */
export function findRuntime(id) {
  const { program, missing } = RUNTIMES[id].door === "browser" ? findBrowser(id) : findProgram(id);
  if (program === undefined) return { missing };
  const { stdout, status } = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 60_000 });
  const version = status === 0 ? /\d+(?:\.\d+)+\w*/.exec(stdout)?.[0] : undefined;
  return version === undefined ? { missing: `${program} does not start on this machine` } : { program, version };
}

/** This process's own Node is one of them; it is not installed twice. */
function findProgram(id) {
  if (id === `node${process.versions.node.split(".", 1)[0]}`) return { program: process.execPath };
  const [name, version, file] = PACKAGES[id][PLATFORM] ?? [];
  if (name === undefined) return { missing: `npm has no ${RUNTIMES[id].name} for ${PLATFORM}` };
  return findPackaged(id, name, version, file);
}
