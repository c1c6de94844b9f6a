import { DoterosError } from "../../contract/error.ts";
import { loadPeer } from "../bindgen/tool.ts";

/** The part of binaryen's view of a module that renames exports. */
interface CompiledModule {
  getNumExports(): number;
  getExportByIndex(index: number): unknown;
  removeExport(name: string): void;
  getStart(): number;
  addFunctionExport(internal: string, name: string): void;
}

interface Binaryen {
  readonly ExternalFunction: number;
  getExportInfo(one: unknown): { readonly name: string; readonly value: string; readonly kind: number };
}

/** The part of AssemblyScript's compiler that is used here. */
interface Compiler {
  readonly default: {
    main(
      words: readonly string[],
      options: {
        readonly stdout: { write(text: string): void };
        readonly stderr: { write(text: string): void };
        readonly writeFile: (name: string, bytes: Uint8Array) => void;
        readonly transforms: readonly unknown[];
      },
    ): Promise<{ readonly error: Error | null }>;
  };
}

/** What is compiled, and how. */
export interface Compilation {
  /** The folder that paths in messages are relative to. */
  readonly folder: string;
  /** The file that exports everything, relative to the folder. */
  readonly entry: string;
  /** The core exports by the names that AssemblyScript can write; what else the sources export stays inside. */
  readonly exports: Readonly<Record<string, string>>;
  /** More words for asc, such as the runtime. */
  readonly flags: readonly string[];
  /** Whether the module may have a start function, which makes globals that are no constants; default true. */
  readonly start?: boolean;
}

/**
 * Compiles AssemblyScript to a core module whose exports have the names of the canonical ABI.
 *
 * @throws DoterosError `invalid` with the compiler's own report, which names files and lines
 */
export async function compileCore({ folder, entry, exports, flags, start = true }: Compilation): Promise<Uint8Array> {
  const { default: asc } = (await loadPeer("assemblyscript/asc")) as Compiler;
  const report: string[] = [];
  let core: Uint8Array | undefined;
  const { error } = await asc.main([entry, ...flags, "--baseDir", folder, "--outFile", "core.wasm"], {
    stdout: { write() {} },
    stderr: { write: (text) => void report.push(text) },
    writeFile: (_name, bytes) => void (core = bytes),
    transforms: [renaming(exports, start)],
  });
  if (core !== undefined && error === null) return core;
  const reason = report.join("").trim();
  throw new DoterosError("invalid", `the sources do not compile\n${reason === "" ? String(error?.message) : reason}`, {
    where: folder,
    help: "the lines above are the compiler's, with file, line and column",
  });
}

/** A transform of asc, which wants a class: it sets `binaryen` on the instance. */
function renaming(wanted: Readonly<Record<string, string>>, mayStart: boolean): unknown {
  return class {
    declare binaryen: Binaryen;

    afterCompile(module: CompiledModule): void {
      const { binaryen } = this;
      const found = Array.from({ length: module.getNumExports() }, (_, at) => binaryen.getExportInfo(module.getExportByIndex(at)));
      for (const { name, value, kind } of found) {
        const next = Object.hasOwn(wanted, name) ? wanted[name] : undefined;
        if (next === name) continue;
        module.removeExport(name);
        if (next !== undefined && kind === binaryen.ExternalFunction) module.addFunctionExport(value, next);
      }
      const missing = Object.keys(wanted).filter((name) => !found.some((one) => one.name === name));
      if (missing.length > 0) throw refusal(`the sources do not export ${missing.join(", ")}`);
      if (!mayStart && module.getStart() !== 0) throw refusal("a global is not a constant; what must last belongs into the state");
    }
  };
}

/** An error that asc prints without the stack that led to it. */
function refusal(message: string): Error {
  return Object.assign(new Error(message), { stack: message });
}
