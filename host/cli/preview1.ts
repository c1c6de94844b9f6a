import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isOfPreview1, isProgram } from "../capability/extism/preview1/program.ts";
import { PREVIEW1 } from "../capability/extism/preview1/signatures.ts";
import { DoterosError } from "../contract/error.ts";
import { COMPONENT_BYTES_MAX } from "../contract/limits.ts";
import type { ModuleType } from "../wasm/module-type.ts";
import { isModule, readModuleType } from "../wasm/read-module.ts";
import { ByteReader } from "../wasm/reader.ts";
import { readBytes } from "./file.ts";

const PACKAGE = "@bytecodealliance/jco";

/** What of jco's library makes components of core modules. */
interface Adapting {
  readonly componentNew: (core: Uint8Array, adapters: readonly (readonly [module: string, adapter: Uint8Array])[]) => Promise<Uint8Array>;
}

/** The type of a core module that imports WASI preview 1 and nothing else; undefined of anything else. @throws DoterosError `malformed` */
function typeOf(bytes: Uint8Array): ModuleType | undefined {
  if (!isModule(bytes)) return undefined;
  const type = readModuleType(new ByteReader(bytes), true);
  return isOfPreview1(type) ? type : undefined;
}

/** Whether bytes are a core module that is a program of WASI preview 1. What is malformed is none. */
export function isProgramFile(bytes: Uint8Array): boolean {
  try {
    const type = typeOf(bytes);
    return type !== undefined && isProgram(type);
  } catch {
    return false;
  }
}

/**
 * Makes a component of a core module that imports WASI preview 1 and nothing else, with the official adapter: what comes of it
 * imports WASI 0.2 in the place of preview 1. Other bytes stay as they are, and so does a program without folders, which needs no
 * adapter.
 *
 * @param hasFolders whether it is to have any
 * @throws DoterosError `unsupported` when jco, which has the adapter, is not installed, `invalid` when the module is no program of
 *   preview 1, `malformed`
 */
export async function adaptPreview1(bytes: Uint8Array, hasFolders: boolean): Promise<Uint8Array> {
  const type = typeOf(bytes);
  if (type === undefined || (isProgram(type) && !hasFolders)) return bytes;
  const { jco, folder } = await loadJco();
  // A program begins at _start and ends; what has none is called again and again.
  const adapter = join(folder, `${PREVIEW1}.${isProgram(type) ? "command" : "reactor"}.wasm`);
  try {
    return await jco.componentNew(bytes, [[PREVIEW1, await readBytes(adapter, "the adapter of WASI preview 1", COMPONENT_BYTES_MAX)]]);
  } catch (cause) {
    if (cause instanceof DoterosError) throw cause;
    // The rest is the tool's own stack.
    const [why = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n\n", 1);
    throw new DoterosError("invalid", `the module imports WASI preview 1, and no component can be made of it: ${why}`, { cause });
  }
}

async function loadJco(): Promise<{ jco: Adapting; folder: string }> {
  try {
    const jco = (await import(PACKAGE)) as Adapting;
    const library = createRequire(import.meta.url).resolve(PACKAGE);
    return { jco, folder: join(dirname(library), "..", "lib") };
  } catch (cause) {
    throw new DoterosError("unsupported", `${PACKAGE} is needed to run core modules of WASI preview 1, and does not load`, { help: `npm install ${PACKAGE}`, cause });
  }
}
