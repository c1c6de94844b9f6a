import { dirname, extname, join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import type { Arguments } from "../arguments.ts";
import { fileExists, readBytes } from "../file.ts";

/** The languages that `build` reads. */
export const LANGUAGES = ["assemblyscript", "typescript", "javascript"] as const;

/** A person writes less; what tools write is packed. */
const SOURCE_BYTES_MAX = 16_777_216;
const ENDINGS = [".ts", ".mts", ".js", ".mjs"];

/** Where a script's sources are. */
export interface ScriptSource {
  readonly file: string;
  /** The folder of the project. */
  readonly folder: string;
  /** Whether the folder was named, and not the file. */
  readonly byFolder: boolean;
}

/**
 * The script that is meant: the file named, or `src/index.ts` (`.mts`, `.js`, `.mjs`) of the folder named. Undefined when it
 * is AssemblyScript, whose sources lie in `assembly/`.
 *
 * @throws DoterosError `usage` for a language there is not, `unreadable-input` when there are no such sources
 */
export async function findScript(given: Arguments): Promise<ScriptSource | undefined> {
  const language = given.choice("language", LANGUAGES);
  const [named, ...more] = given.positionals;
  if (named === undefined || more.length > 0 || language === "assemblyscript") return undefined;
  if (ENDINGS.includes(extname(named))) {
    await readBytes(named, "the source", SOURCE_BYTES_MAX);
    return { file: named, folder: dirname(named), byFolder: false };
  }
  if (language === undefined && (await fileExists(join(named, "assembly")))) return undefined;
  for (const ending of ENDINGS) {
    const file = join(named, "src", `index${ending}`);
    if (await fileExists(file)) return { file, folder: named, byFolder: true };
  }
  if (language === undefined) return undefined;
  throw new DoterosError("unreadable-input", "the folder has no sources", {
    where: join(named, "src"),
    help: "the sources of a capsule begin in src/index.ts or src/index.js; or name the file: doteros-wasm build app.ts",
  });
}
