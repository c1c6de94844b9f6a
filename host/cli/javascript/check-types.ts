import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { DoterosError } from "../../contract/error.ts";
import { fileExists, readBytes } from "../file.ts";

const SDK_TYPES = fileURLToPath(new URL("../../../dist/sdk/index.d.ts", import.meta.url));
/** Strict, and nothing there but the language. */
const OPTIONS = {
  strict: true,
  skipLibCheck: true,
  allowJs: true,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  target: "es2023",
  lib: ["es2023"],
  module: "esnext",
  moduleResolution: "bundler",
  types: [],
};
const PACKAGE_BYTES_MAX = 1_048_576;
/** tsc says `src/index.ts(3,7): error TS2322: …`; lines that go on are indented. */
const DIAGNOSTIC = /^(?<file>[^\s(].*)\((?<line>\d+),(?<column>\d+)\): error (?<words>.*)$/u;

/**
 * Has the types of a file and what it imports checked, with the tsconfig.json of the folder if there is one.
 *
 * @returns false when TypeScript is not installed, so that nothing was checked
 * @throws DoterosError `invalid` with every error as file:line:column
 */
export async function checkTypes(file: string, folder: string): Promise<boolean> {
  const compiler = await compilerFor(file);
  if (compiler === undefined) return false;
  const own = join(folder, "tsconfig.json");
  const report = (await fileExists(own)) ? await run(compiler, own) : await withConfig(file, (config) => run(compiler, config));
  if (report === undefined) return true;
  throw new DoterosError("invalid", `the types do not fit\n${report}`, {
    where: relative("", file),
    help: "the lines above are the compiler's, with file, line and column",
  });
}

/** The program of the TypeScript that the file's project has, or else of the one that this package finds. */
async function compilerFor(file: string): Promise<string | undefined> {
  for (const from of [resolve(file), fileURLToPath(import.meta.url)]) {
    for (const folder of createRequire(from).resolve.paths("typescript") ?? []) {
      const path = join(folder, "typescript", "package.json");
      if (!(await fileExists(path))) continue;
      const { bin } = JSON.parse(Buffer.from(await readBytes(path, "the package", PACKAGE_BYTES_MAX)).toString()) as { bin: { tsc: string } };
      return join(dirname(path), bin.tsc);
    }
  }
  return undefined;
}

/** Does `work` with a tsconfig.json for one file. */
async function withConfig<T>(file: string, work: (config: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "doteros-wasm-types-"));
  try {
    const config = join(folder, "tsconfig.json");
    const compilerOptions = { ...OPTIONS, paths: { "doteros-wasm/sdk": [SDK_TYPES] } };
    await writeFile(config, JSON.stringify({ compilerOptions, files: [resolve(file)] }));
    return await work(config);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the compiler has against a project; undefined when it has nothing. */
async function run(compiler: string, config: string): Promise<string | undefined> {
  const child = spawn(process.execPath, [compiler, "--noEmit", "--pretty", "false", "--project", config], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((done) => {
    child.once("close", done);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return code === 0 ? undefined : `${out}${err}`.trim().split("\n").map(placed).join("\n");
}

/** A line of the compiler's with its place as file:line:column. */
function placed(line: string): string {
  const { file, line: row, column, words } = DIAGNOSTIC.exec(line)?.groups ?? {};
  return file === undefined ? line : `${file}:${row ?? ""}:${column ?? ""}: ${words ?? ""}`;
}
