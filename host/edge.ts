/**
 * doteros-wasm where nothing may be compiled while a program runs: workerd, Cloudflare and their like. What `doteros-wasm prepare`
 * writes stands on this door.
 *
 * @module
 */
import type { Platform } from "./contract/platform.ts";
import { anyPlatform } from "./runtime/any-platform.ts";
import { type CapsuleParts, prepareCapsule as prepareWith } from "./runtime/prepare-capsule.ts";
import { adoptCapsule as adoptWith, type PreparedCapsule } from "./runtime/prepared-capsule.ts";

export type { RequestContext } from "./edge/request.ts";
export { type CapsuleServer, serveCapsule, type ServeOptions } from "./edge/serve.ts";
export * from "./index.ts";
export { type HostModule, hostModules, useHostModules } from "./runtime/host-modules.ts";
export type { CapsuleParts, RewrittenPart } from "./runtime/prepare-capsule.ts";
export type { PreparedCapsule } from "./runtime/prepared-capsule.ts";

/**
 * Takes a component apart at build time: its core modules, rewritten so that limits hold, and everything else as a plan.
 *
 * @throws DoterosError what `compileComponent` throws of bytes that are no valid component; `unsupported` for code that cannot be
 * held to limits
 */
export function prepareCapsule(bytes: Uint8Array, platform: Platform = anyPlatform): Promise<CapsuleParts> {
  return prepareWith(bytes, platform);
}

/**
 * Makes a prepared capsule one that hosts can load, without compiling anything. It keeps the digest of the component that it was.
 * A store keeps no component of it: a replay of its ledger wants the file.
 *
 * @returns what stands for its component wherever the bytes of one are wanted
 * @throws DoterosError `malformed` or `invalid` when the plan is none, `wrong-import` when modules are missing
 * @example
 * ```ts
 * const { digest, plan, modules } = await prepareCapsule(bytes);
 * const compiled = modules.map((part) => ({ ...part, module: new WebAssembly.Module(part.bytes) }));
 * const host = await createHost();
 * const capsule = await host.load(await adoptCapsule({ digest, plan, modules: compiled }), { grants: ["state", "publish=counted.>"] });
 * capsule.digest === digest; // true
 * await host.close();
 * ```
 */
export function adoptCapsule(capsule: PreparedCapsule, platform: Platform = anyPlatform): Promise<Uint8Array> {
  return adoptWith(capsule, platform);
}
