/**
 * doteros-wasm where the runtime is unknown: a host made of what all JavaScript runtimes share. The doors `./node` and its
 * siblings give the same, made for their runtime.
 *
 * @module
 */
import type { Capsule, Host, NeutralHostOptions } from "./contract/host.ts";
import type { HttpOptions, HttpService } from "./contract/http.ts";
import type { Platform } from "./contract/platform.ts";
import { ComposedHost, loadParts } from "./host.ts";
import { anyPlatform } from "./runtime/any-platform.ts";
import { ALL_EXTRAS } from "./runtime/extras.ts";
import { CapsuleHttpService } from "./runtime/http/service.ts";
import type { ReplayReport, ReplaySource } from "./runtime/replay.ts";

export { parseManifest } from "./capability/manifest.ts";
export { argumentHeaders } from "./contract/command.ts";
export type { DecisionEvent } from "./contract/decision.ts";
export { DEAD_LETTER_HEADERS, deadLetterSubject } from "./contract/dead-letter.ts";
export { ComponentError, DoterosError, type ErrorCode, type ErrorDetails } from "./contract/error.ts";
export type {
  Capsule,
  CapsuleCounters,
  CapsuleState,
  Host,
  HostCounters,
  HostOptions,
  Isolation,
  LoadOptions,
  NeutralHostOptions,
  PublishOptions,
  SubscribeOptions,
  Subscription,
  SubscriptionCounters,
} from "./contract/host.ts";
export type { AnsweredRequest, FetchBody, FetchRequest, HttpAnswer, HttpListener, HttpOptions, HttpRequestBody, HttpService, ListenOptions, TellRequest } from "./contract/http.ts";
export type { HeaderPair, RequestHead } from "./contract/http-message.ts";
export type { LogLine } from "./contract/log.ts";
export type { BreakerRule, CapsuleLimits, HttpRule, Manifest, RateRule, RequestedCapabilities, ResourceLimits, RetryPolicy } from "./contract/manifest.ts";
export type { ModuleCache } from "./contract/module-cache.ts";
export type { Fault, Message } from "./contract/message.ts";
export type { Platform, ThreadEvents, ThreadPort } from "./contract/platform.ts";
export type { PolicySource } from "./contract/policy.ts";
export type { Implementation, ProvideOptions } from "./contract/provide.ts";
export { type Batch, type CapsuleRecord, EMPTY_TIP, type MailboxRow, type StateView, type Store, type Tip, type Writes } from "./contract/store.ts";
export type { Difference } from "./runtime/replay-difference.ts";
export type { ReplayReport, ReplaySource } from "./runtime/replay.ts";
export type { CapsuleUsage, HostUsage, TenantUsage, Usage } from "./contract/usage.ts";
export { MemoryStore } from "./store/memory.ts";

/**
 * Makes a host.
 *
 * @throws RangeError when an option is out of range; DoterosError `invalid-policy` with every mistake in the policy
 * @example
 * ```ts
 * const host = await createHost();
 * const capsule = await host.load(bytes, { grants: ["state", "publish=counted.>", "subscribe=readings.>"] });
 * await host.publish("readings.seattle", "21.5");
 * await host.idle();
 * capsule.counters.transitions; // 1
 * await host.close();
 * ```
 */
export async function createHost(options: NeutralHostOptions = {}): Promise<Host> {
  const { platform = anyPlatform } = options;
  return new ComposedHost(options, platform, await loadParts(options, platform, ALL_EXTRAS));
}

/**
 * Does again what a ledger says was done, with the same components, and compares writes, outputs and hashes entry by entry.
 *
 * @param progress called now and then with how many entries are done
 * @param platform the JavaScript runtime; default: what all of them have
 * @returns how much was compared, and the first difference, if there is one
 * @throws DoterosError `invalid-entry` for bytes that are no entry; `not-kept` when a component is missing
 * @example
 * ```ts
 * const store = new MemoryStore();
 * const host = await createHost({ store });
 * await host.load(bytes, { grants: ["state", "publish=counted.>", "subscribe=readings.>"] });
 * await host.publish("readings.seattle", "21.5");
 * await host.close();
 * const report = await replayLedger({ entries: store.entries(0), component: (digest) => store.component(digest) });
 * report.transitions; // 1
 * report.difference; // undefined
 * ```
 */
export async function replayLedger(source: ReplaySource, progress: (entries: number) => void = () => undefined, platform: Platform = anyPlatform): Promise<ReplayReport> {
  // Few who have a host replay.
  const { Replay } = await import("./runtime/replay.ts");
  return Replay.run(source, platform, progress);
}

/**
 * Has a capsule that exports wasi:http/incoming-handler answer requests: each is a message on `http.<capsule>`, and the response
 * leaves when what the capsule did is committed. Requests of the Fetch standard are what `fetch` takes, so that it fits into any
 * server; the doors of Node, Deno and Bun have `listenHttp`.
 *
 * @param platform the JavaScript runtime; default: what all of them have
 * @throws DoterosError `missing-export` for a capsule that answers no requests; RangeError when an option is out of range
 * @example
 * ```ts
 * const host = await createHost();
 * const capsule = await host.load(bytes, { grants: ["state", "publish=counted.>", "subscribe=readings.>"] });
 * serveHttp(host, capsule); // throws: it handles messages, and answers no requests; docs/serve.md has one that does
 * await host.close();
 * ```
 */
export function serveHttp(host: Host, capsule: Capsule, options: HttpOptions = {}, platform: Platform = anyPlatform): HttpService {
  return new CapsuleHttpService(host, capsule, options, platform);
}
