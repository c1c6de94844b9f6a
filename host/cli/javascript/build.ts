import { createHash } from "node:crypto";
import { relative, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { DoterosError } from "../../contract/error.ts";
import type { Manifest } from "../../contract/manifest.ts";
import { withManifest } from "../build/manifest-section.ts";
import { bundle } from "./bundle.ts";
import { checkTypes } from "./check-types.ts";
import { type EngineSize, makeComponent } from "./engine.ts";
import { bareEntry, capsuleEntry, worldEntry } from "./entry.ts";
import { placesOf } from "./places.ts";
import { type CapsuleWorld, withEngineWorld } from "./world.ts";

/** What is built. */
export interface ScriptProject {
  /** The file that exports what the world does: `handle`, of a capsule. */
  readonly file: string;
  /** The folder of the project, which names in messages are relative to. */
  readonly folder: string;
  /** The folder of WIT. */
  readonly wit: string;
  /** The world; a capsule has one written that imports what it uses. */
  readonly world: string;
  /** The manifest and its text; undefined when there is none. */
  readonly manifest: { readonly text: string; readonly value: Manifest | undefined } | undefined;
  readonly size: EngineSize;
}

/** A built component, and what it took. */
export interface BuiltScript {
  readonly component: Uint8Array;
  /** The SHA-256 of the component, in hexadecimal. Two builds of the same sources differ: see host/decisions. */
  readonly digest: string;
  /** Characters of the one module that all files became. */
  readonly codeLength: number;
  /** Undefined for JavaScript, which has none; false where TypeScript is not installed. */
  readonly typesChecked: boolean | undefined;
  /** How long each step took, in milliseconds. */
  readonly times: { readonly types: number; readonly bundle: number; readonly component: number };
}

/**
 * Builds a component from TypeScript or JavaScript: checks the types, makes one module of all files, sees which interfaces
 * that uses, and makes a component of it for exactly that world.
 *
 * @throws DoterosError for sources that do not compile, each with file, line and column
 */
export async function buildScript({ file, folder, wit, world, manifest, size }: ScriptProject): Promise<BuiltScript> {
  const began = performance.now();
  const path = resolve(file);
  const typesChecked = /\.m?ts$/u.test(path) ? await checkTypes(path, folder) : undefined;
  const checked = performance.now();
  const { code, map, world: wanted } = world === "capsule" ? await bundleCapsule(path, manifest?.value) : { ...(await bundle(path, worldEntry(path))), world };
  const bundled = performance.now();
  const script = { code, places: placesOf(code, map, resolve(folder)) };
  const bare = await withEngineWorld(wit, wanted, (engineWorld) => makeComponent(script, engineWorld, size));
  const component = manifest === undefined ? bare : withManifest(bare, manifest.text);
  return {
    component,
    digest: createHash("sha256").update(component).digest("hex"),
    codeLength: code.length,
    typesChecked,
    times: { types: checked - began, bundle: bundled - checked, component: performance.now() - bundled },
  };
}

/** The module of a capsule, and the world it needs. */
async function bundleCapsule(file: string, manifest: Manifest | undefined): Promise<{ code: string; map: string; world: CapsuleWorld }> {
  const own = await bundle(file, bareEntry(file));
  if (!own.exports.includes("handle")) {
    throw new DoterosError("invalid", "the capsule does not export handle", {
      where: relative("", file),
      help: "export function handle(message: Message): void { … }",
    });
  }
  const { context = false, log = false } = manifest?.capabilities ?? {};
  const whole = await bundle(file, capsuleEntry(file, { imports: own.imports, exports: own.exports, context, log }));
  return { code: whole.code, map: whole.map, world: { imports: whole.imports, starts: own.exports.includes("start") } };
}
