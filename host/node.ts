/**
 * doteros-wasm in Node.js.
 *
 * @module
 */
import type { Capsule, Host, HostOptions } from "./contract/host.ts";
import type { HttpListener, HttpOptions, HttpService, ListenOptions } from "./contract/http.ts";
import { createHost as createNeutralHost, replayLedger as replayNeutrally, type ReplayReport, type ReplaySource, serveHttp as serveNeutrally } from "./index.ts";
import { parseSigningKey, signingKey } from "./ledger/key.ts";
import { keyFile } from "./platform/node/key-file.ts";
import type { Platform } from "./contract/platform.ts";
import { nodePlatform as withoutThreads } from "./platform/node/index.ts";
import { nodeOutside } from "./platform/node/outside/index.ts";
import { nodeThreads } from "./platform/node/thread.ts";

export * from "./index.ts";
export { type DotstoreOptions, openDotstore } from "./platform/dotstore/open.ts";
export { moduleCacheIn } from "./platform/node/module-cache.ts";

/** Node.js. */
export const nodePlatform: Platform = { ...withoutThreads, thread: nodeThreads(new URL("./node-thread.js", import.meta.url)), outside: nodeOutside(new URL("./node-network.js", import.meta.url)) };

/** A seed of Ed25519. */
const SEED_BYTES = 32;

/**
 * Makes a host in Node.js.
 *
 * @throws RangeError when an option is out of range; DoterosError `invalid-policy` with every mistake in the policy
 * @example
 * ```ts
 * const host = await createHost({ store: "memory" });
 * const capsule = await host.load(bytes, { grants: ["state", "publish=counted.>", "subscribe=readings.>"] });
 * host.subscribe("alerts.>", (message) => console.log(message.subject));
 * await host.publish("readings.seattle", "21.5");
 * await host.idle();
 * capsule.counters.transitions; // 1
 * await host.close();
 * ```
 * @example
 * ```ts
 * const lines: string[] = [];
 * const policy = { modules: { "policy.rego": "package doteros\nallow if input.operation != \"subscribe\"" } };
 * const host = await createHost({ policy, decisions: (event, line) => lines.push(line) });
 * await host.load(bytes, { grants: ["state", "publish=counted.>", "subscribe=readings.>"] }).catch((error) => error.code); // "denied-by-policy"
 * lines.length; // 2
 * lines[1].includes("\"operation\":\"subscribe\""); // true
 * await host.close();
 * ```
 */
export async function createHost(options: HostOptions = {}): Promise<Host> {
  return createNeutralHost({ ...options, platform: nodePlatform });
}

/** Does again what a ledger says was done: see `replayLedger` of the neutral door, with the hashes of Node.js. */
export function replayLedger(source: ReplaySource, progress?: (entries: number) => void): Promise<ReplayReport> {
  return replayNeutrally(source, progress, nodePlatform);
}

/**
 * The private key in a file, to be given to `createHost` as `signingKey`. When there is no file a new key is made, readable
 * by its owner alone.
 *
 * @param name the origin of the ledger, when a key is made: text without spaces and without a plus
 * @throws DoterosError `invalid-key` when others may read the file or it holds no key; `unreadable-input`, `unwritable-output`
 */
export async function signingKeyIn(path: string, name: string): Promise<string> {
  const text = await keyFile(path, () => signingKey(name, nodePlatform.random(SEED_BYTES)).text);
  return parseSigningKey(text).text;
}

/** Has a capsule answer requests: see `serveHttp` of the neutral door. */
export function serveHttp(host: Host, capsule: Capsule, options?: HttpOptions): HttpService {
  return serveNeutrally(host, capsule, options, nodePlatform);
}

/**
 * Has a service answer whoever connects to a port, by Node's own server. Who takes too long for the headers
 * of a request, or lets a body or an answer lie, is cut off.
 *
 * @throws DoterosError `port-unavailable`
 * @example
 * ```ts
 * const host = await createHost();
 * const capsule = await host.load(bytes, { grants: ["state", "publish=counted.>", "subscribe=readings.>"] });
 * serveHttp(host, capsule); // throws: it handles messages, and answers no requests; docs/serve.md has one that does
 * await host.close();
 * ```
 */
export async function listenHttp(service: HttpService, options: ListenOptions = {}): Promise<HttpListener> {
  if (options.stream === true) {
    const { listenStreaming } = await import("./platform/node/http/stream/listen.ts");
    return listenStreaming(service, options, new URL("./node-http.js", import.meta.url));
  }
  const { listen } = await import("./platform/node/http/listen.ts");
  return listen(service, options);
}
