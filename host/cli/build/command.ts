import { readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DoterosError } from "../../contract/error.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { fileExists } from "../file.ts";
import { readManifestText } from "../manifest-file.ts";
import type { Screen } from "../screen.ts";
import { type Built, buildProject } from "./build.ts";
import type { Memory } from "./transform.ts";

/** The contracts that this package brings along. */
const OWN_WIT = fileURLToPath(new URL("../../../wit", import.meta.url));

const HELP = `Builds a component from AssemblyScript: writes the bindings of its world, if it needs any, compiles, and puts
capsule.yaml, if there is one, into the component, so that it runs without the file beside it.

usage: doteros-wasm build DIR [options]

  --wit DIR      the folder of WIT; default: DIR/wit, or else the contracts of this package
  --world NAME   the world; default: capsule
  --out FILE     the component; default: DIR/NAME.wasm, by the name of the folder
  --memory call  what is allocated is gone when the host's call has ended; the default, unless the world exports resources
  --memory kept  what is allocated stays as long as something refers to it: for plugins that remember
  --json         one JSON object on one line, with "type" built

A capsule has assembly/index.ts, which exports handle(message: Message): void, and start(): void if it wants to be called
before its first message; it imports doteros-wasm/sdk/assemblyscript. Of other worlds, what an exported interface NAME does
is written in assembly/NAME.ts: see doteros-wasm bindgen --help.
It takes the packages @bytecodealliance/jco and assemblyscript, which are installed with npm.

exit codes: 0 done, 1 it does not build, 2 wrong usage

examples
  doteros-wasm build greeter && doteros-wasm inspect greeter/greeter.wasm`;

/** `doteros-wasm build`. */
export const buildCommand: Command = {
  name: "build",
  summary: "build a component from AssemblyScript",
  help: HELP,
  options: { wit: { type: "string" }, world: { type: "string" }, out: { type: "string" }, memory: { type: "string" } },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [folder, ...more] = given.positionals;
  if (folder === undefined || more.length > 0) {
    throw new DoterosError("usage", folder === undefined ? "build needs the folder of a capsule" : "build takes one folder", {
      help: "doteros-wasm build my-capsule",
    });
  }
  if (!(await fileExists(join(folder, "assembly")))) {
    throw new DoterosError("unreadable-input", "the folder has no sources", { where: join(folder, "assembly"), help: "the sources of a capsule lie in assembly/" });
  }
  const own = join(folder, "wit");
  const wit = given.text("wit") ?? ((await fileExists(own)) ? own : OWN_WIT);
  const manifest = await readManifestText(join(folder, "capsule.yaml"));
  const world = given.text("world") ?? (await defaultWorld(folder));
  const built = await buildProject({ folder, wit, world, manifest, memory: memoryOf(given) });
  const file = given.text("out") ?? join(folder, `${basename(resolve(folder))}.wasm`);
  await writeComponent(file, built.component);
  screen.print(given.has("json") ? jsonOf(file, built) : textOf(file, built));
  return 0;
}

/** A capsule that exports `start` is called when it starts. */
async function defaultWorld(folder: string): Promise<string> {
  const text = await readFile(join(folder, "assembly", "index.ts"), "utf8").catch(() => "");
  return /^export function start\(/mu.test(text) ? "starting-capsule" : "capsule";
}

function memoryOf(given: Arguments): Memory | undefined {
  const text = given.text("memory");
  if (text === undefined || text === "call" || text === "kept") return text;
  throw new DoterosError("usage", `--memory is call or kept, not ${JSON.stringify(text)}`, { help: "doteros-wasm build my-plugin --memory kept" });
}

function jsonOf(file: string, { component, ...built }: Built): string {
  return JSON.stringify({ type: "built", file, bytes: component.length, ...built });
}

function textOf(file: string, { component, coreBytes, digest, times }: Built): string {
  const bytes = (count: number): string => `${count.toLocaleString("en")} bytes`;
  const steps = Object.entries(times).map(([step, time]) => `${step} ${Math.round(time)} ms`);
  return [file, `  size     ${bytes(component.length)}, of which core module ${bytes(coreBytes)}`, `  sha-256  ${digest}`, `  time     ${steps.join(", ")}`].join("\n");
}

async function writeComponent(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("unwritable-output", `the component cannot be written: ${reason}`, { where: file, cause });
  }
}
