import { writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DoterosError } from "../../contract/error.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { fileExists, readBytes } from "../file.ts";
import { ENGINES, runScript, scriptJson, tellScript } from "../javascript/run.ts";
import { findScript, LANGUAGES, type ScriptSource } from "../javascript/source.ts";
import { readManifestText } from "../manifest-file.ts";
import type { Screen } from "../screen.ts";
import { type Built, buildProject } from "./build.ts";

/** The contracts that this package brings along. */
const OWN_WIT = fileURLToPath(new URL("../../../wit", import.meta.url));

/** A policy is written by people; a file of this many bytes is a mistake. */
const POLICY_BYTES_MAX = 1_048_576;

const HELP = `Builds a component from AssemblyScript, TypeScript or JavaScript, and puts capsule.yaml, if there is one, into the
component, so that it runs without the file beside it; of AssemblyScript policy.rego, too.

usage: doteros-wasm build DIR|FILE [options]

  --wit DIR      the folder of WIT; default: DIR/wit, or else the contracts of this package
  --world NAME   the world; default: the only one of the WIT, or else capsule
  --out FILE     the component; default: DIR/NAME.wasm, by the name of the folder, or FILE.wasm
  --language     ${LANGUAGES.join(", ")}; default: what is there
  --engine       of TypeScript and JavaScript: ${ENGINES.join(" or ")}; default: fast
  --memory call  of AssemblyScript: what is allocated is gone when the host's call has ended; the default, unless the world
                 exports resources
  --memory kept  of AssemblyScript: what is allocated stays as long as something refers to it, for plugins that remember
  --optimize size|speed  of AssemblyScript: have binaryen's wasm-opt go over it, too; it takes the package binaryen
  --json         one JSON object on one line, with "type" built

TypeScript and JavaScript: src/index.ts (or .js) of the folder, or the file named, exports handle(message), and start() if it
wants to be called before its first message; it imports doteros-wasm/sdk. It runs in QuickJS, which becomes part of the
component. The component imports only what the code uses. Of other worlds, the file exports what the world does.
It takes the packages componentize-qjs and rolldown, and typescript to check types.

AssemblyScript: assembly/index.ts exports handle(message: Message): void, and start(): void if it wants to be called before
its first message; it imports doteros-wasm/sdk/assemblyscript. Of other worlds, what an exported interface NAME does is
written in assembly/NAME.ts: see doteros-wasm bindgen --help.
It takes the packages @bytecodealliance/jco and assemblyscript.

exit codes: 0 done, 1 it does not build, 2 wrong usage

examples
  doteros-wasm build greeter && doteros-wasm inspect greeter/greeter.wasm
  doteros-wasm build app.ts`;

/** `doteros-wasm build`. */
export const buildCommand: Command = {
  name: "build",
  summary: "build a component from AssemblyScript, TypeScript or JavaScript",
  help: HELP,
  options: {
    wit: { type: "string" },
    world: { type: "string" },
    out: { type: "string" },
    language: { type: "string" },
    engine: { type: "string" },
    memory: { type: "string" },
    optimize: { type: "string" },
  },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const script = await findScript(given);
  if (script !== undefined) return runOfScript(script, given, screen);
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
  const policy = await readPolicy(join(folder, "policy.rego"));
  const memory = given.choice("memory", ["call", "kept"]);
  const optimize = given.choice("optimize", ["size", "speed"]);
  const built = await buildProject({ folder, wit, world: given.text("world"), manifest, policy, memory, optimize });
  const file = given.text("out") ?? join(folder, `${basename(resolve(folder))}.wasm`);
  await writeComponent(file, built.component);
  for (const warning of built.warnings) screen.tell(`warning: ${warning}`);
  screen.print(given.has("json") ? jsonOf(file, built) : textOf(file, built));
  return 0;
}

async function runOfScript(source: ScriptSource, given: Arguments, screen: Screen): Promise<number> {
  const { file, built } = await runScript(source, given, OWN_WIT);
  await writeComponent(file, built.component);
  if (given.has("json")) screen.print(scriptJson(file, built));
  else tellScript(screen, file, built);
  return 0;
}

/** The policy that travels with a capsule; undefined when there is none. It is looked into when the capsule is loaded. */
async function readPolicy(path: string): Promise<string | undefined> {
  if (!(await fileExists(path))) return undefined;
  return new TextDecoder().decode(await readBytes(path, "the policy", POLICY_BYTES_MAX));
}

function jsonOf(file: string, { component, ...built }: Built): string {
  return JSON.stringify({ type: "built", file, bytes: component.length, ...built });
}

function textOf(file: string, { component, coreBytes, compiledBytes, digest, times }: Built): string {
  const bytes = (count: number): string => `${count.toLocaleString("en")} bytes`;
  const steps = Object.entries(times).filter(([step]) => step !== "optimize" || compiledBytes !== coreBytes).map(([step, time]) => `${step} ${Math.round(time)} ms`);
  const before = compiledBytes === coreBytes ? "" : `, ${bytes(compiledBytes)} before wasm-opt`;
  return [file, `  size     ${bytes(component.length)}, of which core module ${bytes(coreBytes)}${before}`, `  sha-256  ${digest}`, `  time     ${steps.join(", ")}`].join("\n");
}

async function writeComponent(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("unwritable-output", `the component cannot be written: ${reason}`, { where: file, cause });
  }
}
