import { CACHED_MODULE_BYTES_MIN } from "../contract/limits.ts";
import type { ModuleCache } from "../contract/module-cache.ts";
import { readModuleRecord, writeModuleRecord } from "./module-record.ts";
import type * as RewriteModule from "./rewrite/rewrite-module.ts";
import type { Metering } from "./rewrite/rewritten-module.ts";

/** All that can be: so the same module serves capsules of any limits, which their counters hold. */
const PAGES_MAX = 65_536;
const ELEMENTS_MAX = 2 ** 32 - 1;
const OPTIONS = { fuel: true, stack: true, memoryPagesMax: PAGES_MAX, tableElementsMax: ELEMENTS_MAX, canonicalNaN: true, exportState: true } as const;
/** Names what is in a cache. To be counted up with each change of what the rewriter writes. */
const REWRITER = 1;
/** Modules up to this many bytes are compiled in place: handing them to another thread takes longer, and every engine allows it. */
const SMALL_MODULE_BYTES = 4096;

const meterings = new WeakMap<WebAssembly.Module, Metering>();
/** The modules there are, by the digests of what they were before, as long as someone has them. */
const modules = new Map<string, WeakRef<WebAssembly.Module>>();
const forgotten = new FinalizationRegistry<string>((digest) => {
  if (modules.get(digest)?.deref() === undefined) modules.delete(digest);
});

/**
 * Rewrites a core module so that it can be held to limits, and compiles it. Capsules that have the same module share it.
 *
 * @param digest its SHA-256, in text
 * @param cache where large ones are kept
 * @throws DoterosError as `rewriteModule` does
 */
export async function meteredModule(bytes: Uint8Array, digest: string, cache?: ModuleCache): Promise<WebAssembly.Module> {
  const known = modules.get(digest)?.deref();
  if (known !== undefined) return known;
  const { bytes: rewritten, metering } = cache === undefined || bytes.length < CACHED_MODULE_BYTES_MIN ? await rewrite(bytes) : await rewriteOnce(bytes, digest, cache);
  const module = rewritten.length <= SMALL_MODULE_BYTES ? new WebAssembly.Module(rewritten) : await WebAssembly.compile(rewritten);
  keep(module, metering, digest);
  return module;
}

/** Makes a module that was rewritten and compiled in another thread one of those here. @returns the one to use */
export function adoptModule(module: WebAssembly.Module, metering: Metering, digest: string): WebAssembly.Module {
  const known = modules.get(digest)?.deref();
  if (known !== undefined) return known;
  keep(module, metering, digest);
  return module;
}

function keep(module: WebAssembly.Module, metering: Metering, digest: string): void {
  meterings.set(module, metering);
  modules.set(digest, new WeakRef(module));
  forgotten.register(module, digest);
}

/** Loads what rewrites modules, which the first capsule needs. */
export function loadRewriter(): Promise<typeof RewriteModule> {
  return import("./rewrite/rewrite-module.ts");
}

interface Rewritten {
  readonly bytes: Uint8Array;
  readonly metering: Metering;
}

/** A core module, rewritten so that it can be held to limits, and what is to be known of it. @throws DoterosError as `rewriteModule` does */
export async function rewrite(module: Uint8Array): Promise<Rewritten> {
  const { rewriteModule } = await loadRewriter();
  const { bytes, ...metering } = rewriteModule(module, OPTIONS);
  return { bytes, metering };
}

/** A cache that fails is one that has forgotten: the module is rewritten again. */
async function rewriteOnce(module: Uint8Array, digest: string, cache: ModuleCache): Promise<Rewritten> {
  const name = `${digest}-${REWRITER}`;
  const kept = await cache.get(name).catch(() => undefined);
  const found = kept === undefined ? undefined : readModuleRecord(kept);
  if (found !== undefined) return found;
  const rewritten = await rewrite(module);
  await cache.put(name, writeModuleRecord(rewritten.metering, rewritten.bytes)).catch(() => undefined);
  return rewritten;
}

/** What is to be known of a module that {@link meteredModule} made. */
export function meteringOf(module: WebAssembly.Module): Metering | undefined {
  return meterings.get(module);
}
