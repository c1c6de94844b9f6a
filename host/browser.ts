/**
 * doteros-wasm in browsers.
 *
 * @module
 */
import type { Host, HostOptions } from "./contract/host.ts";
import { createHost as createNeutralHost, replayLedger as replayNeutrally, type ReplayReport, type ReplaySource } from "./index.ts";
import { browserPlatform } from "./platform/browser/index.ts";

export * from "./index.ts";
export { browserPlatform } from "./platform/browser/index.ts";
export { type BrowserStoreOptions, deleteBrowserStore, openBrowserStore } from "./platform/browser/store/open.ts";

/** Makes a host in a page, or in a worker of one: see `createHost` of the neutral door. */
export async function createHost(options: HostOptions = {}): Promise<Host> {
  return createNeutralHost({ ...options, platform: browserPlatform });
}

/** Does again what a ledger says was done: see `replayLedger` of the neutral door. */
export function replayLedger(source: ReplaySource, progress?: (entries: number) => void): Promise<ReplayReport> {
  return replayNeutrally(source, progress, browserPlatform);
}
