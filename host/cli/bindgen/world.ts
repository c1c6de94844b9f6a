import { compileComponent } from "../../component/index.ts";
import type { Extern } from "../../component/type.ts";
import { DoterosError } from "../../contract/error.ts";
import { nearest } from "../../contract/nearest.ts";
import { componentTool } from "./tool.ts";
import { faultPlace } from "./wit-place.ts";
import type { WitText } from "./wit-text.ts";
import { witTokens } from "./wit-token.ts";

/** What a world imports and exports. */
export interface World {
  readonly imports: readonly Extern[];
  readonly exports: readonly Extern[];
}

/**
 * Reads a world of a WIT text: a module that does nothing is wrapped for it, and the linker reads what came out. So what is
 * generated is what the host will see.
 *
 * @throws DoterosError `invalid`, with the file, line and column, when the text does not parse or has no such world
 */
export async function readWorld(source: WitText, world: string): Promise<World> {
  const { componentEmbed, componentNew } = await componentTool();
  let bytes: Uint8Array;
  try {
    bytes = await componentNew(await componentEmbed({ dummy: true, witSource: source.text, world }));
  } catch (cause) {
    throw await unreadableWorld(source, world, cause);
  }
  return compileComponent(bytes);
}

async function unreadableWorld(source: WitText, world: string, cause: unknown): Promise<DoterosError> {
  const { componentEmbed } = await componentTool();
  const complaint = reasonOf(cause);
  const worlds = worldsOf(source);
  if (!worlds.includes(world) && complaint.includes("not found")) {
    const near = nearest(world, worlds);
    const help = near === undefined ? `its worlds are: ${worlds.join(", ")}` : `did you mean ${near}?`;
    const where = source.parts[0]?.path;
    return new DoterosError("invalid", `the WIT has no world ${world}`, { cause, ...(where === undefined ? {} : { where }), ...(worlds.length === 0 ? {} : { help }) });
  }
  const where = await faultPlace(source, complaint, async (text) =>
    componentEmbed({ dummy: true, witSource: text, world }).then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    ),
  );
  return new DoterosError("invalid", `the WIT does not parse: ${complaint}`, { cause, ...(where === undefined ? {} : { where }) });
}

/** The worlds that a WIT text declares, in order. */
export function worldsOf({ text }: WitText): string[] {
  const tokens = witTokens(text).filter(({ docs }) => docs === undefined);
  return tokens.flatMap((token, at) => (token.text === "world" && tokens[at + 2]?.text === "{" ? [tokens[at + 1]?.text ?? ""] : []));
}

/** What jco says, without the stack that it adds. */
function reasonOf(error: unknown): string {
  const payload = typeof error === "object" && error !== null && "payload" in error ? error.payload : error;
  const text = payload instanceof Error ? payload.message : String(payload);
  return text.split(/\n\s*(?:Stack backtrace|stack backtrace)/u, 1)[0]?.trim() ?? text;
}
