import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import { loadPeer } from "../bindgen/tool.ts";
import { type Diagnostic, diagnosticText } from "./diagnostic.ts";
import type { Goal } from "./optimize.ts";
import { sdkFile } from "./sdk.ts";
import { type Memory, moduleTransform } from "./transform.ts";

/** The part of AssemblyScript's compiler that is used here. */
interface Compiler {
  /** The sources of AssemblyScript's own library, by path without ending. */
  readonly libraryFiles: Readonly<Record<string, string>>;
  main(
    words: readonly string[],
    options: {
      readonly stdout: { write(text: string): void };
      readonly stderr: { write(text: string): void };
      readonly readFile: (name: string, folder: string) => Promise<string | null>;
      readonly writeFile: (name: string, bytes: Uint8Array) => void;
      readonly reportDiagnostic: (diagnostic: Diagnostic) => void;
      readonly transforms: readonly unknown[];
    },
  ): Promise<{ readonly error: Error | null }>;
}

/** What is compiled, and how. */
export interface Compilation {
  /** The folder that paths in messages are relative to. */
  readonly folder: string;
  /** The file that exports everything, relative to the folder. */
  readonly entry: string;
  /** More files to compile whole, used or not. */
  readonly others?: readonly string[];
  /** Files that are nowhere on disk, by their names relative to the folder. */
  readonly files?: ReadonlyMap<string, string>;
  /** The core exports by the names that AssemblyScript can write; what else the sources export stays inside. */
  readonly exports: Readonly<Record<string, string>>;
  readonly memory: Memory;
  /** What the compiler optimizes for; default: speed. */
  readonly goal?: Goal;
}

/** A core module, and what the compiler had to say about its sources. */
export interface Compiled {
  readonly core: Uint8Array;
  /** Each with file, line and column. */
  readonly warnings: readonly string[];
}

const SDK = "~lib/doteros-wasm/sdk/assemblyscript";
const LIBRARY = "~lib/";
/** `DiagnosticCategory` of AssemblyScript. */
const WARNING = 2;
const ERROR = 3;

/**
 * Compiles AssemblyScript to a core module whose exports have the names of the canonical ABI. The SDK is this package's own,
 * wherever the sources lie.
 *
 * @throws DoterosError `invalid` with what the compiler found, each by file, line and column
 */
export async function compileCore({ folder, entry, others = [], files = new Map(), exports, memory, goal = "speed" }: Compilation): Promise<Compiled> {
  const asc = (await loadPeer("assemblyscript/asc")) as Compiler;
  const texts = new Map<string, string>();
  const found: Diagnostic[] = [];
  const report: string[] = [];
  let core: Uint8Array | undefined;
  const { error } = await asc.main([entry, ...others, ...flagsOf(memory, goal), "--baseDir", folder, "--outFile", "core.wasm"], {
    stdout: { write() {} },
    stderr: { write: (text) => void report.push(text) },
    readFile: async (name, base) => {
      const text = files.get(name) ?? (await sdkFile(name)) ?? (await readFile(join(base, name), "utf8").catch(() => null));
      if (text !== null) texts.set(name, text);
      return text;
    },
    writeFile: (_name, bytes) => void (core = bytes),
    reportDiagnostic: (diagnostic) => void found.push(diagnostic),
    transforms: [moduleTransform(exports, memory)],
  });
  const textOf = async (path: string): Promise<string | undefined> =>
    texts.get(path) ?? (await sdkFile(path)) ?? (path.startsWith(LIBRARY) ? asc.libraryFiles[path.slice(LIBRARY.length).replace(/\.ts$/u, "")] : undefined);
  const said = async (category: number): Promise<string[]> =>
    Promise.all(found.filter((one) => one.category === category).map((one) => diagnosticText(one, textOf)));
  if (core !== undefined && error === null) return { core, warnings: await said(WARNING) };
  const errors = await said(ERROR);
  const reason = errors.length > 0 ? errors.join("\n") : report.join("").trim() || String(error?.message);
  throw new DoterosError("invalid", `the sources do not compile\n${reason}`, { where: folder, help: "the lines above are the compiler's" });
}

function flagsOf(memory: Memory, goal: Goal): string[] {
  const runtime = memory === "call" ? `${SDK}/arena` : "minimal";
  return ["--runtime", runtime, "--use", `abort=${SDK}/panic/abort`, "--optimizeLevel", "3", "--shrinkLevel", goal === "size" ? "2" : "0"];
}
