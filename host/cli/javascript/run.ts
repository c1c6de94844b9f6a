import { basename, dirname, extname, join, resolve } from "node:path";
import type { Arguments } from "../arguments.ts";
import { fileExists } from "../file.ts";
import { readManifest, readManifestText } from "../manifest-file.ts";
import type { Screen } from "../screen.ts";
import { type BuiltScript, buildScript } from "./build.ts";
import type { ScriptSource } from "./source.ts";

const CAPSULE = "capsule";
/** How the engine is compiled, by the values of --engine. */
export const ENGINES = ["fast", "small"] as const;

/**
 * Builds a script for the command `build`.
 *
 * @param ownWit the folder of the contracts that this package brings along
 * @returns the component, and the file it belongs into
 */
export async function runScript(source: ScriptSource, given: Arguments, ownWit: string): Promise<{ file: string; built: BuiltScript }> {
  const { file, folder, byFolder } = source;
  const world = given.text("world") ?? CAPSULE;
  const own = join(folder, "wit");
  const wit = given.text("wit") ?? (world !== CAPSULE && (await fileExists(own)) ? own : ownWit);
  const path = join(folder, "capsule.yaml");
  const text = await readManifestText(path);
  const manifest = text === undefined ? undefined : { text, value: await readManifest(path, path) };
  const built = await buildScript({ file, folder, wit, world, manifest, size: given.choice("engine", ENGINES) ?? "fast" });
  const name = byFolder ? basename(resolve(folder)) : basename(file, extname(file));
  return { file: given.text("out") ?? join(byFolder ? folder : dirname(file), `${name}.wasm`), built };
}

/** What was built, for programs. */
export function scriptJson(file: string, { component, ...built }: BuiltScript): string {
  return JSON.stringify({ type: "built", file, bytes: component.length, ...built });
}

/** What was built, for people. */
export function tellScript(screen: Screen, file: string, { component, digest, codeLength, typesChecked, times }: BuiltScript): void {
  const steps = Object.entries(times).map(([step, time]) => `${step} ${Math.round(time)} ms`);
  screen.print(
    [
      file,
      `  size     ${component.length.toLocaleString("en")} bytes, an engine and ${codeLength.toLocaleString("en")} characters of code`,
      `  sha-256  ${digest}`,
      `  time     ${steps.join(", ")}`,
    ].join("\n"),
  );
  if (typesChecked === false) screen.tell("the types were not checked; for that: npm install --save-dev typescript");
}
