/**
 * doteros-wasm in Deno: what the door of Node.js has, made for Deno.
 *
 * @module
 */
import type { Host, HostOptions } from "./contract/host.ts";
import { createHost as createNeutralHost, replayLedger as replayNeutrally, type ReplayReport, type ReplaySource } from "./index.ts";
import { denoPlatform } from "./platform/deno/index.ts";

export * from "./index.ts";
export { type DotstoreOptions, moduleCacheIn, openDotstore, signingKeyIn } from "./node.ts";
export { denoPlatform } from "./platform/deno/index.ts";

/** Makes a host in Deno: see `createHost` of the neutral door. */
export async function createHost(options: HostOptions = {}): Promise<Host> {
  return createNeutralHost({ ...options, platform: denoPlatform });
}

/** Does again what a ledger says was done: see `replayLedger` of the neutral door, with the hashes of Deno. */
export function replayLedger(source: ReplaySource, progress?: (entries: number) => void): Promise<ReplayReport> {
  return replayNeutrally(source, progress, denoPlatform);
}
