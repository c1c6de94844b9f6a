import { type Component, compileComponent } from "../component/index.ts";
import { DoterosError } from "../contract/error.ts";
import { COMPONENT_BYTES_MAX } from "../contract/limits.ts";
import type { Platform } from "../contract/platform.ts";
import { meteredModule } from "../wasm/metered-module.ts";
import { hexOf } from "./hex.ts";

/** A component whose instances can be held to limits. */
export interface CapsuleComponent {
  readonly component: Component;
  /** Its bytes, which nobody changes. */
  readonly bytes: Uint8Array;
  /** The SHA-256 of them, 64 lower-case hexadecimal digits. */
  readonly digest: string;
}

/** Those that someone has, by their digests: capsules of the same bytes share one. */
const components = new Map<string, WeakRef<CapsuleComponent>>();
const forgotten = new FinalizationRegistry<string>((digest) => {
  if (components.get(digest)?.deref() === undefined) components.delete(digest);
});

/**
 * Reads and compiles a component.
 *
 * @param bytes may be changed afterwards
 * @throws DoterosError as `compileComponent` does; `unsupported` for code that cannot be held to limits
 */
export async function capsuleComponent(bytes: Uint8Array, { sha256 }: Pick<Platform, "sha256">): Promise<CapsuleComponent> {
  // What is too long is refused before it is copied and hashed, which takes seconds where hashes are JavaScript.
  if (bytes.length > COMPONENT_BYTES_MAX) await compileComponent(bytes);
  // A copy, because the caller's bytes may change while they are compiled, and what is kept is what was compiled.
  const own = new Uint8Array(bytes);
  const digest = hexOf(sha256(own));
  const known = components.get(digest)?.deref();
  if (known !== undefined) return known;
  const component = await compileComponent(own, (module, index) => meteredModule(module, hexOf(sha256(module))).catch((error: unknown) => blame(error, index)));
  const made = { component, bytes: own, digest };
  components.set(digest, new WeakRef(made));
  forgotten.register(made, digest);
  return made;
}

/** Says which module of a component is meant. */
function blame(error: unknown, index: number): never {
  if (!(error instanceof DoterosError)) throw error;
  throw new DoterosError(error.code, `core module ${index} of the component: ${error.message}`, { cause: error });
}
