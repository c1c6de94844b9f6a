import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import type { Screen } from "../screen.ts";
import { generateBindings } from "./generate.ts";
import { witDocs } from "./wit-docs.ts";
import { witText } from "./wit-text.ts";
import { readWorld } from "./world.ts";

const HELP = `Writes the AssemblyScript bindings of a WIT world: one file for each interface, with its types, what it imports as
functions and classes, and the adapters of what it exports.

usage: doteros-wasm bindgen --wit DIR --world NAME --out DIR [--json]

  --wit DIR     the folder with the .wit files of one package; others it needs under deps/
  --world NAME  the world
  --out DIR     where the files go; what has their names is overwritten

An exported interface NAME is yours to write: the file NAME.ts beside the folder exports its functions, and a class for
each of its resources. What the world exports outside of interfaces belongs into world.ts. entry.ts is what asc compiles,
as doteros-wasm build does; exports.json says which name each of its exports needs in the core module.
It takes the packages @bytecodealliance/jco and assemblyscript, which are installed with npm.

exit codes: 0 done, 1 the world cannot be read or expressed, 2 wrong usage

examples
  doteros-wasm bindgen --wit wit --world capsule --out assembly/bindings`;

/** `doteros-wasm bindgen`. */
export const bindgenCommand: Command = {
  name: "bindgen",
  summary: "write the AssemblyScript bindings of a WIT world",
  help: HELP,
  options: { wit: { type: "string" }, world: { type: "string" }, out: { type: "string" } },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [wit, world, out] = ["wit", "world", "out"].map((name) => required(given, name));
  if (wit === undefined || world === undefined || out === undefined) return 2;
  const source = await witText(wit);
  const { files, exports } = generateBindings(await readWorld(source, world), world, { docs: witDocs(source) });
  const written = new Map([...files, ["exports.json", `${JSON.stringify(exports, undefined, 2)}\n`]]);
  try {
    await mkdir(out, { recursive: true });
    for (const [name, text] of written) await writeFile(join(out, name), text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("unwritable-output", `the bindings cannot be written: ${reason}`, { where: out, cause });
  }
  const paths = [...written.keys()].map((name) => join(out, name));
  screen.print(given.has("json") ? JSON.stringify({ type: "bindings", world, files: paths }) : paths.join("\n"));
  return 0;
}

function required(given: Arguments, name: string): string {
  const text = given.text(name);
  if (text !== undefined && given.positionals.length === 0) return text;
  const [stray] = given.positionals;
  throw new DoterosError("usage", stray === undefined ? `bindgen needs --${name}` : `bindgen does not take ${JSON.stringify(stray)}`, {
    help: "doteros-wasm bindgen --wit wit --world capsule --out assembly/bindings",
  });
}
