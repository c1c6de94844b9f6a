import { compileComponent } from "../../component/index.ts";
import { DoterosError } from "../../contract/error.ts";
import { COMPONENT_BYTES_MAX } from "../../contract/limits.ts";
import type { Arguments } from "../arguments.ts";
import { readBytes } from "../file.ts";
import { isProgramFile } from "../preview1.ts";
import { componentOf } from "./options.ts";

/** What a file is run as: a capsule that handles an input, or a tool that is run once. */
export type Kind = "capsule" | "tool";

/** What a tool exports, whatever its version. */
const RUN = "wasi:cli/run@";
/** What answers requests exports, and may export the other one beside. */
const INCOMING_HANDLER = "wasi:http/incoming-handler@";
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/**
 * What the file is to be run as. Without an input, a component that exports `wasi:cli/run` is a tool, and so is a program of
 * WASI preview 1. What is wrong with what is in a file is for others to say.
 *
 * @throws DoterosError `usage` when no file is named, or one that answers requests; `unreadable-input`
 */
export async function kindOf(given: Arguments): Promise<Kind> {
  const file = componentOf(given);
  if (given.has("input")) return "capsule";
  const bytes = await readBytes(file, "the component", COMPONENT_BYTES_MAX);
  if (isProgramFile(bytes)) return "tool";
  const names = await exportsOf(bytes);
  if (names.some((name) => name.startsWith(INCOMING_HANDLER))) throw new DoterosError("usage", `${file} answers requests of HTTP, and run sends it none`, { help: `doteros-wasm serve ${file}` });
  return names.some((name) => name.startsWith(RUN)) ? "tool" : "capsule";
}

/** The names of what a component exports; none of what is no component. */
async function exportsOf(bytes: Uint8Array): Promise<string[]> {
  try {
    // Only its exports are looked at.
    const { exports } = await compileComponent(bytes, async () => new WebAssembly.Module(EMPTY_MODULE));
    return exports.map(({ name }) => name);
  } catch {
    return [];
  }
}
