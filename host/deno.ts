/**
 * doteros-wasm in Deno: what the door of Node.js has, made for Deno.
 *
 * @module
 */
import type { Capsule, Host, HostOptions } from "./contract/host.ts";
import type { HttpOptions, HttpService } from "./contract/http.ts";
import { createHost as createNeutralHost, replayLedger as replayNeutrally, type ReplayReport, type ReplaySource, serveHttp as serveNeutrally } from "./index.ts";
import type { Platform } from "./contract/platform.ts";
import { denoPlatform as withoutThreads } from "./platform/deno/index.ts";
import { nodeOutside } from "./platform/node/outside/index.ts";
import { nodeThreads } from "./platform/node/thread.ts";

export * from "./index.ts";
export { type DotstoreOptions, listenHttp, moduleCacheIn, openDotstore, signingKeyIn } from "./node.ts";

/** Deno. */
export const denoPlatform: Platform = { ...withoutThreads, thread: nodeThreads(new URL("./node-thread.js", import.meta.url)), outside: nodeOutside(new URL("./node-network.js", import.meta.url)) };

/** Makes a host in Deno: see `createHost` of the neutral door. */
export async function createHost(options: HostOptions = {}): Promise<Host> {
  return createNeutralHost({ ...options, platform: denoPlatform });
}

/** Does again what a ledger says was done: see `replayLedger` of the neutral door, with the hashes of Deno. */
export function replayLedger(source: ReplaySource, progress?: (entries: number) => void): Promise<ReplayReport> {
  return replayNeutrally(source, progress, denoPlatform);
}

/** Has a capsule answer requests: see `serveHttp` of the neutral door. */
export function serveHttp(host: Host, capsule: Capsule, options?: HttpOptions): HttpService {
  return serveNeutrally(host, capsule, options, denoPlatform);
}
