import { DoterosError } from "../../contract/error.ts";
import { COMPONENT_BYTES_MAX } from "../../contract/limits.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { errorAt } from "../error-text.ts";
import { readBytes } from "../file.ts";
import { readManifest } from "../manifest-file.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { inspectComponent, type Inspection } from "./inspection.ts";
import { explanationText } from "./explanation-text.ts";
import { inspectionText } from "./inspection-text.ts";

const HELP = `Shows what a component is without running it: what its manifest says, what it asks for, with the flags that
would grant it, what it imports and exports, its WIT, its sizes and its digest.

usage: doteros-wasm inspect COMPONENT.wasm [options]

  --explain        for each import which way its calls go and why: from memory, from the transition, by what lies
                   outside with which grant, or refused at load; and what waits for what
  --manifest FILE  the capsule's manifest; default: capsule.yaml beside the component, if there is one
  --json           one JSON object on one line, with "type" component

A component that this host could not run as a capsule is shown all the same, with the reasons.

exit codes: 0 done, 1 the file is no component, 2 wrong usage

examples
  doteros-wasm inspect weather.wasm
  doteros-wasm inspect weather.wasm --json | jq -r '.requests[].flag'`;

/** `doteros-wasm inspect`. */
export const inspectCommand: Command = {
  name: "inspect",
  summary: "show what a component is, and what it asks for",
  help: HELP,
  options: { manifest: { type: "string" }, explain: { type: "boolean" } },
  run,
};

async function run(given: Arguments, screen: Screen): Promise<number> {
  const [file, ...more] = given.positionals;
  if (file === undefined || more.length > 0) {
    throw new DoterosError("usage", file === undefined ? "inspect needs the file of a component" : "inspect takes one component", {
      help: "doteros-wasm inspect capsule.wasm",
    });
  }
  const bytes = await readBytes(file, "the component", COMPONENT_BYTES_MAX);
  const inspection = await inspect(file, bytes, given.text("manifest"));
  const { explanations, ...facts } = inspection;
  const isExplained = given.has("explain");
  const json = (): string => printable(JSON.stringify({ type: "component", file, ...facts, ...(isExplained ? { explanations } : {}) }));
  const text = (): string => (isExplained ? explanationText(inspection, screen.paint) : inspectionText(file, inspection, screen.paint));
  screen.print(given.has("json") ? json() : text());
  return 0;
}

async function inspect(file: string, bytes: Uint8Array, manifest: string | undefined): Promise<Inspection> {
  try {
    return await inspectComponent(bytes, await readManifest(file, manifest));
  } catch (error) {
    throw error instanceof DoterosError && error.where === undefined ? errorAt(error, file) : error;
  }
}
