import type { Dialect } from "../capability/dialect/dialect.ts";
import { dialectsOf } from "../capability/dialect/index.ts";
import { type CompileModule, linkComponent, type LinkedComponent } from "../component/linked-component.ts";
import type { PluginComponent } from "../capability/extism/index.ts";
import { DoterosError } from "../contract/error.ts";
import { COMPONENT_BYTES_MAX } from "../contract/limits.ts";
import type { ModuleCache } from "../contract/module-cache.ts";
import type { Platform } from "../contract/platform.ts";
import { adoptModule, meteredModule, meteringOf } from "../wasm/metered-module.ts";
import type { Metering } from "../wasm/rewrite/rewritten-module.ts";
import { isModule } from "../wasm/read-module.ts";
import { hexOf } from "./hex.ts";

/** What makes instances, and says what they need and give. */
export type Linkable = Pick<LinkedComponent, "imports" | "exports" | "instantiate">;

/** A component whose instances can be held to limits, or a plugin. */
export interface CapsuleComponent {
  readonly component: Linkable;
  /** Its bytes, which nobody changes; of one that was prepared, its plan. */
  readonly bytes: Uint8Array;
  /** Whether those are not all of it: then no store can keep it. Default: they are. */
  readonly isPartial?: boolean;
  /** The SHA-256 of all its bytes, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** Its core modules, as they are compiled: see {@link capsuleComponent}. */
  readonly modules: readonly CompiledModule[];
  /** What it may be written in, beside what is this project's own. */
  readonly dialects: readonly Dialect[];
  /** What is to be known of a plugin; undefined for a component. */
  readonly plugin?: PluginComponent;
}

/** A core module that was rewritten and compiled, and what is to be known of it. It may be sent to other threads. */
export interface CompiledModule {
  readonly module: WebAssembly.Module;
  readonly metering: Metering;
}

/** Those that someone has, by their digests: capsules of the same bytes share one. */
const components = new Map<string, WeakRef<CapsuleComponent>>();
const forgotten = new FinalizationRegistry<string>((digest) => {
  if (components.get(digest)?.deref() === undefined) components.delete(digest);
});

/** Where compiled modules may come from. */
interface CompileOptions {
  readonly cache?: ModuleCache | undefined;
  readonly compiled?: readonly CompiledModule[];
}

/**
 * Reads and compiles a component.
 *
 * @param bytes may be changed afterwards
 * @param options where rewritten modules are kept, when they are; its core modules, when another thread has compiled them
 * @throws DoterosError as `compileComponent` does; `unsupported` for code that cannot be held to limits
 */
export async function capsuleComponent(bytes: Uint8Array, { sha256, digest: hash = async (part) => sha256(part) }: Pick<Platform, "sha256" | "digest">, { cache, compiled = [] }: CompileOptions = {}): Promise<CapsuleComponent> {
  // What is too long is refused before it is copied and hashed, which takes seconds where hashes are JavaScript.
  if (bytes.length > COMPONENT_BYTES_MAX) await linkComponent(bytes);
  // A copy, because the caller's bytes may change while they are compiled, and what is kept is what was compiled.
  const own = new Uint8Array(bytes);
  const digest = hexOf(await hash(own));
  const known = components.get(digest)?.deref();
  if (known !== undefined) return known;
  const modules: CompiledModule[] = [];
  const compile = async (part: Uint8Array, index: number): Promise<WebAssembly.Module> => {
    const name = hexOf(await hash(part));
    const given = compiled[index];
    const module = given === undefined ? await meteredModule(part, name, cache).catch((error: unknown) => blame(error, index)) : adoptModule(given.module, given.metering, name);
    modules[index] = { module, metering: meteringOf(module) as Metering };
    return module;
  };
  const made = { bytes: own, digest, modules, ...(await (isModule(own) ? plugin(own, compile) : linked(own, compile))) };
  components.set(digest, new WeakRef(made));
  forgotten.register(made, digest);
  return made;
}

type Made = Pick<CapsuleComponent, "component" | "dialects" | "plugin">;

async function linked(bytes: Uint8Array, compile: CompileModule): Promise<Made> {
  const component = await linkComponent(bytes, compile);
  return { component, dialects: await dialectsOf(component) };
}

async function plugin(bytes: Uint8Array, compile: CompileModule): Promise<Made> {
  // Few pages have plugins.
  const { DIALECT, PluginComponent: Plugin } = await import("../capability/extism/index.ts");
  const component = await Plugin.compile(bytes, compile);
  return { component, dialects: [DIALECT], plugin: component };
}

/** Has a component stand for what `name`, a SHA-256 in text, is the hash of, as long as someone has it. */
export function adoptComponent(name: string, made: CapsuleComponent): void {
  components.set(name, new WeakRef(made));
}

/** Says which module of a component is meant. */
export function blame(error: unknown, index: number): never {
  if (!(error instanceof DoterosError)) throw error;
  throw new DoterosError(error.code, `core module ${index} of the component: ${error.message}`, { cause: error });
}
