import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { DoterosError } from "../../contract/error.ts";
import { generateBindings } from "../bindgen/generate.ts";
import { componentTool, STRINGS } from "../bindgen/tool.ts";
import { witDocs } from "../bindgen/wit-docs.ts";
import { type WitText, witText } from "../bindgen/wit-text.ts";
import { readWorld, worldsOf } from "../bindgen/world.ts";
import { compileCore } from "./compile.ts";
import { withManifest, withPolicy } from "./manifest-section.ts";
import { type Goal, optimizeCore } from "./optimize.ts";
import type { Memory } from "./transform.ts";

/** Where generated files go. One that stands alone, because the SDK serves all of the world, is not written. */
const BINDINGS = "assembly/bindings";
const ENTRY = "entry.ts";
const CAPSULE = "capsule";
/** A capsule that exports `start` is called when it starts. */
const STARTING_CAPSULE = "starting-capsule";

/** What is built. */
export interface Project {
  /** The folder whose assembly/ has the sources. */
  readonly folder: string;
  /** The folder of WIT. */
  readonly wit: string;
  /** The world; undefined: the only one of the WIT, and of the contracts of this package the one that the sources fit. */
  readonly world?: string | undefined;
  /** The text of the manifest; undefined when there is none. */
  readonly manifest: string | undefined;
  /** The text of the policy that travels with it; undefined when there is none. */
  readonly policy?: string | undefined;
  /** What it is optimized for with binaryen; undefined: for speed, by the compiler alone. */
  readonly optimize?: Goal | undefined;
  /** How long what the guest allocates lasts; undefined: as the world needs it. */
  readonly memory?: Memory | undefined;
}

/** A built component, and what it took. */
export interface Built {
  readonly component: Uint8Array;
  /** The SHA-256 of the component, in hexadecimal. */
  readonly digest: string;
  /** Bytes of the core module, and of the one that the compiler made before binaryen had it. */
  readonly coreBytes: number;
  readonly compiledBytes: number;
  /** What the compiler had to say about sources that it compiled. */
  readonly warnings: readonly string[];
  /** How long each step took, in milliseconds. */
  readonly times: { readonly bindings: number; readonly compile: number; readonly optimize: number; readonly component: number };
}

/**
 * Builds a component from AssemblyScript: writes the bindings of its world, compiles, wraps. The same
 * sources give the same bytes.
 *
 * @throws DoterosError for WIT that cannot be read, a world that cannot be expressed, or sources that do not compile
 */
export async function buildProject({ folder, wit, world: named, manifest, policy, optimize, memory: wanted }: Project): Promise<Built> {
  const began = performance.now();
  const source = await witText(wit);
  const world = named ?? (await worldFor(source, folder));
  const { files, exports, memory } = generateBindings(await readWorld(source, world), world, { memory: wanted, docs: witDocs(source) });
  if (files.size > 1) await writeBindings(join(folder, BINDINGS), files);
  const generated = performance.now();
  const entry = `${BINDINGS}/${ENTRY}`;
  const virtual = new Map([[entry, files.get(ENTRY) ?? ""]]);
  const { core: first, warnings } = await compileCore({ folder, entry, files: virtual, exports, memory, goal: optimize ?? "speed" });
  const compiled = performance.now();
  const core = optimize === undefined ? first : await optimizeCore(first, optimize);
  const optimized = performance.now();
  const { componentEmbed, componentNew } = await componentTool();
  const bare = await componentNew(await componentEmbed({ binary: core, witSource: source.text, world, stringEncoding: STRINGS }));
  const described = manifest === undefined ? bare : withManifest(bare, manifest);
  const component = policy === undefined ? described : withPolicy(described, policy);
  return {
    component,
    digest: createHash("sha256").update(component).digest("hex"),
    coreBytes: core.length,
    compiledBytes: first.length,
    warnings,
    times: { bindings: generated - began, compile: compiled - generated, optimize: optimized - compiled, component: performance.now() - optimized },
  };
}

/** The world that is meant when none is named. */
async function worldFor(source: WitText, folder: string): Promise<string> {
  const worlds = worldsOf(source);
  const [only = CAPSULE] = worlds;
  if (worlds.length === 1 || !worlds.includes(CAPSULE)) return only;
  const text = await readFile(join(folder, "assembly", "index.ts"), "utf8").catch(() => "");
  return /^export function start\(/mu.test(text) ? STARTING_CAPSULE : CAPSULE;
}

async function writeBindings(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of files) await writeFile(join(folder, name), text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("unwritable-output", `the bindings cannot be written: ${reason}`, { where: folder, cause });
  }
}
