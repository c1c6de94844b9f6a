import type { RewrittenModule } from "./rewrite/rewritten-module.ts";

/** What is to be known of a module that is held to limits. */
export type Metering = Omit<RewrittenModule, "bytes">;

/** All that can be: so the same module serves capsules of any limits, which their counters hold. */
const PAGES_MAX = 65_536;
const ELEMENTS_MAX = 2 ** 32 - 1;
const OPTIONS = { fuel: true, stack: true, memoryPagesMax: PAGES_MAX, tableElementsMax: ELEMENTS_MAX, canonicalNaN: true, exportState: true } as const;
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
 * @throws DoterosError as `rewriteModule` does
 */
export async function meteredModule(bytes: Uint8Array, digest: string): Promise<WebAssembly.Module> {
  const known = modules.get(digest)?.deref();
  if (known !== undefined) return known;
  // Loaded with the first capsule: a page that has none yet is there sooner.
  const { rewriteModule } = await import("./rewrite/rewrite-module.ts");
  const { bytes: rewritten, ...metering } = rewriteModule(bytes, OPTIONS);
  const module = rewritten.length <= SMALL_MODULE_BYTES ? new WebAssembly.Module(rewritten) : await WebAssembly.compile(rewritten);
  meterings.set(module, metering);
  modules.set(digest, new WeakRef(module));
  forgotten.register(module, digest);
  return module;
}

/** What is to be known of a module that {@link meteredModule} made. */
export function meteringOf(module: WebAssembly.Module): Metering | undefined {
  return meterings.get(module);
}
