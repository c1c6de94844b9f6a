/**
 * doteros-wasm in Bun: what the door of Node.js has, made for Bun.
 *
 * @module
 */
import type { Host, HostOptions } from "./contract/host.ts";
import { createHost as createNeutralHost, replayLedger as replayNeutrally, type ReplayReport, type ReplaySource } from "./index.ts";
import { bunPlatform } from "./platform/bun/index.ts";

export * from "./index.ts";
export { type DotstoreOptions, moduleCacheIn, openDotstore, signingKeyIn } from "./node.ts";
export { bunPlatform } from "./platform/bun/index.ts";

/** Makes a host in Bun: see `createHost` of the neutral door. */
export async function createHost(options: HostOptions = {}): Promise<Host> {
  return createNeutralHost({ ...options, platform: bunPlatform });
}

/** Does again what a ledger says was done: see `replayLedger` of the neutral door, with the hashes of Bun. */
export function replayLedger(source: ReplaySource, progress?: (entries: number) => void): Promise<ReplayReport> {
  return replayNeutrally(source, progress, bunPlatform);
}
