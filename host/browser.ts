/**
 * doteros-wasm in browsers.
 *
 * @module
 */
import { serve } from "./browser/serve.ts";
import { WorkerHost, type WorkerHostOptions } from "./browser/worker-host.ts";
import type { Host, HostOptions } from "./contract/host.ts";
import { createHost as createNeutralHost, replayLedger as replayNeutrally, type ReplayReport, type ReplaySource } from "./index.ts";
import { browserPlatform } from "./platform/browser/index.ts";

export type { CapsuleView, ReadEntry, WorkerStore } from "./browser/protocol.ts";
export type { WorkerHost, WorkerHostOptions, WorkerSubscription } from "./browser/worker-host.ts";
export * from "./index.ts";
export type { Entry } from "./ledger/entry.ts";
export type { LedgerFault, LedgerReport } from "./ledger/verify.ts";
export { browserPlatform } from "./platform/browser/index.ts";
export { type BrowserStoreOptions, deleteBrowserStore, openBrowserStore } from "./platform/browser/store/open.ts";

/**
 * Makes a host in a worker, which a page talks to by messages: what capsules do never keeps the page from drawing, and it can
 * have a store. For a site with a policy of content: `script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'` is enough.
 *
 * @throws DoterosError What opening the store throws; `invalid-policy`, `invalid-key`; `internal` when the worker's script cannot
 * be loaded, or the browser has no module workers; `unsupported` when it has no workers at all; RangeError when an option is out of
 * range
 */
export async function createWorkerHost(options: WorkerHostOptions = {}): Promise<WorkerHost> {
  return WorkerHost.start(options);
}

/**
 * Makes the worker that calls it one that `createWorkerHost({ worker })` can use. A script of your own is needed where a
 * bundler does not find that of this package, or to have something else in the same worker.
 */
export function serveHost(): void {
  serve(globalThis);
}

/** Makes a host right here, in a page or in a worker of one: see `createHost` of the neutral door. */
export async function createHost(options: HostOptions = {}): Promise<Host> {
  return createNeutralHost({ ...options, platform: browserPlatform });
}

/** Does again what a ledger says was done: see `replayLedger` of the neutral door. */
export function replayLedger(source: ReplaySource, progress?: (entries: number) => void): Promise<ReplayReport> {
  return replayNeutrally(source, progress, browserPlatform);
}
