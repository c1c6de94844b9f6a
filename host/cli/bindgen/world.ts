import { compileComponent } from "../../component/index.ts";
import type { Extern } from "../../component/type.ts";
import { DoterosError } from "../../contract/error.ts";
import { componentTool } from "./tool.ts";

/** What a world imports and exports. */
export interface World {
  readonly imports: readonly Extern[];
  readonly exports: readonly Extern[];
}

/**
 * Reads a world of a WIT text: a module that does nothing is wrapped for it, and the linker reads what came out. So what is
 * generated is what the host will see.
 *
 * @throws DoterosError `invalid` when the text does not parse or has no such world
 */
export async function readWorld(text: string, world: string): Promise<World> {
  const { componentEmbed, componentNew } = await componentTool();
  let bytes: Uint8Array;
  try {
    bytes = await componentNew(await componentEmbed({ dummy: true, witSource: text, world }));
  } catch (cause) {
    throw new DoterosError("invalid", `the WIT has no world ${world} that can be read: ${reasonOf(cause)}`, { cause });
  }
  return compileComponent(bytes);
}

/** What jco says, without the stack that it adds. */
function reasonOf(error: unknown): string {
  const payload = typeof error === "object" && error !== null && "payload" in error ? error.payload : error;
  const text = payload instanceof Error ? payload.message : String(payload);
  return text.split(/\n\s*(?:Stack backtrace|stack backtrace)/u, 1)[0]?.trim() ?? text;
}
