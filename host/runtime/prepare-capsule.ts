import { prepare } from "../component/index.ts";
import { DoterosError } from "../contract/error.ts";
import type { Platform } from "../contract/platform.ts";
import { rewrite } from "../wasm/metered-module.ts";
import { isModule } from "../wasm/read-module.ts";
import type { Metering } from "../wasm/rewrite/rewritten-module.ts";
import { blame } from "./capsule-component.ts";
import { hexOf } from "./hex.ts";

/** A core module of a capsule that was rewritten so that limits hold. */
export interface RewrittenPart {
  /** What it is now: to be compiled. */
  readonly bytes: Uint8Array;
  /** The SHA-256 of what it was before, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** What the host is to know of it: plain data. */
  readonly metering: Metering;
}

/** A component in the parts that a runtime needs that compiles nothing while it runs: all of it plain data. */
export interface CapsuleParts {
  /** The SHA-256 of the component, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** How its modules are put together, with its manifest and its policy, if it carries them. */
  readonly plan: Uint8Array;
  readonly modules: readonly RewrittenPart[];
}

/**
 * Takes a component apart at build time.
 *
 * @throws DoterosError what `compileComponent` throws of bytes that are no valid component; `unsupported` for code that cannot be
 * held to limits, and for a core module
 */
export async function prepareCapsule(bytes: Uint8Array, { sha256 }: Pick<Platform, "sha256">): Promise<CapsuleParts> {
  if (isModule(bytes)) throw new DoterosError("unsupported", "this is a core module: a plugin cannot be prepared, only a component can", { help: "run it where WebAssembly may be compiled" });
  const { modules, plan } = prepare(bytes);
  const rewritten = modules.map(async (module, index) => {
    const { bytes: code, metering } = await rewrite(module).catch((error: unknown) => blame(error, index));
    return { bytes: code, digest: hexOf(sha256(module)), metering };
  });
  return { digest: hexOf(sha256(bytes)), plan, modules: await Promise.all(rewritten) };
}
