import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { DoterosError } from "../../contract/error.ts";
import { type HostFunctions, hostFunctions } from "./host-functions.ts";
import { scriptPeer } from "./peer.ts";

/** The SDK as it is built. */
const SDK = fileURLToPath(new URL("../../../dist/sdk/", import.meta.url));
const SDK_NAME = "doteros-wasm/sdk";
const ENTRY = "\0capsule";
/** Names of interfaces, which the host answers. */
const INTERFACE = /^[a-z][\w-]*:[\w-]+\/[\w-]+(?:@|$)/u;
/** What rolldown takes for a warning, and what cannot work in a capsule. */
const FATAL_WARNINGS: ReadonlySet<string> = new Set(["UNRESOLVED_IMPORT", "MISSING_EXPORT", "IMPORT_IS_UNDEFINED"]);

/** The part of rolldown that is used here. */
interface Rolldown {
  readonly rolldown: (options: object) => Promise<{
    generate(options: object): Promise<{ readonly output: readonly [Chunk, ...unknown[]] }>;
    close(): Promise<void>;
  }>;
}

interface Chunk {
  readonly code: string;
  readonly map: { toString(): string } | null;
  readonly exports: readonly string[];
}

/** Something rolldown has to say, with its place; columns begin at 0. */
interface Notice {
  readonly code?: string;
  readonly message: string;
  readonly loc?: { readonly file?: string; readonly line: number; readonly column: number };
}

/** A capsule's modules as one. */
export interface Bundle {
  readonly code: string;
  /** Where each part of the code comes from, as JSON of a source map. */
  readonly map: string;
  readonly imports: HostFunctions;
  readonly exports: readonly string[];
}

/**
 * Makes one module of a capsule's: its own file, what that imports, and the SDK as far as it is used.
 *
 * @param file the file it starts with
 * @param entry the text of a module that stands before it and names it
 * @throws DoterosError `invalid` with each place that does not parse or imports what is not there
 */
export async function bundle(file: string, entry: string): Promise<Bundle> {
  const { rolldown } = (await scriptPeer("rolldown")) as Rolldown;
  const notices: Notice[] = [];
  try {
    const build = await rolldown({
      input: ENTRY,
      platform: "neutral",
      external: INTERFACE,
      treeshake: { moduleSideEffects: [{ external: true, sideEffects: false }, { test: /[\\/]sdk[\\/]engine[\\/]/u, sideEffects: true }] },
      plugins: [{ name: "capsule", resolveId: (name: string) => (name === ENTRY ? name : ownFile(name)), load: (name: string) => (name === ENTRY ? entry : null) }],
      onLog: (_level: string, notice: Notice) => void notices.push(notice),
    });
    const { output } = await build.generate({ format: "esm", sourcemap: true, codeSplitting: false });
    await build.close();
    refuse(notices.filter(({ code = "" }) => FATAL_WARNINGS.has(code)), file);
    const [{ code, map, exports }] = output;
    return { code, map: String(map), imports: await hostFunctions(code), exports };
  } catch (error) {
    const { errors } = error as { errors?: readonly Notice[] };
    if (errors !== undefined) refuse(errors, file, error);
    throw error;
  }
}

/** The path of a module of the SDK, which is always this package's own. */
function ownFile(name: string): string | undefined {
  if (name !== SDK_NAME && !name.startsWith(`${SDK_NAME}/`)) return undefined;
  return `${SDK}${name === SDK_NAME ? "index" : name.slice(SDK_NAME.length + 1)}.js`;
}

function refuse(notices: readonly Notice[], file: string, cause?: unknown): void {
  if (notices.length === 0) return;
  const lines = notices.map(({ message, loc }) => `${loc === undefined ? relative("", file) : placeOf(loc, file)}: ${wordsOf(message)}`);
  throw new DoterosError("invalid", `the sources do not compile\n${lines.join("\n")}`, {
    where: relative("", file),
    help: "each line names file, line and column; a capsule has no Node and no browser: only the language, packages and doteros-wasm/sdk",
    ...(cause === undefined ? {} : { cause }),
  });
}

function placeOf({ file, line, column }: NonNullable<Notice["loc"]>, entry: string): string {
  return `${relative("", file ?? entry)}:${line}:${column + 1}`;
}

/** The first line of what rolldown says, without its code. */
function wordsOf(message: string): string {
  return (message.split("\n", 1)[0] ?? "").replace(/^\[[A-Z_]+\] /u, "").replace(/"[^"]*dist[\\/]sdk[\\/]index\.js"/u, JSON.stringify(SDK_NAME));
}
