/**
 * doteros-wasm in Node.js.
 *
 * @module
 */
import type { Host, HostOptions } from "./contract/host.ts";
import { Replay, type ReplayReport, type ReplaySource } from "./runtime/replay.ts";
import { createHost as createNeutralHost } from "./index.ts";
import { parseSigningKey, signingKey } from "./ledger/key.ts";
import { keyFile } from "./platform/node/key-file.ts";
import { nodePlatform } from "./platform/node/index.ts";

export { type DotstoreOptions, openDotstore } from "./platform/dotstore/open.ts";
export { nodePlatform } from "./platform/node/index.ts";
export {
  type Batch,
  type BreakerRule,
  type Capsule,
  type CapsuleRecord,
  type CapsuleCounters,
  type CapsuleLimits,
  type CapsuleState,
  type CapsuleUsage,
  ComponentError,
  DEAD_LETTER_HEADERS,
  deadLetterSubject,
  type DecisionEvent,
  DoterosError,
  EMPTY_TIP,
  type ErrorCode,
  type ErrorDetails,
  type Fault,
  type Host,
  type HostCounters,
  type HostOptions,
  type HostUsage,
  type LoadOptions,
  type LogLine,
  type MailboxRow,
  type Manifest,
  MemoryStore,
  type Message,
  parseManifest,
  type PolicySource,
  type PublishOptions,
  type RateRule,
  type RequestedCapabilities,
  type RetryPolicy,
  type StateView,
  type Store,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionCounters,
  type TenantUsage,
  type Tip,
  type Usage,
  type Writes,
} from "./index.ts";

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

/**
 * Does again what a ledger says was done, with the same components, and compares writes, outputs and hashes entry by entry.
 *
 * @param progress called now and then with how many entries are done
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
export function replayLedger(source: ReplaySource, progress: (entries: number) => void = () => undefined): Promise<ReplayReport> {
  return Replay.run(source, nodePlatform, progress);
}

export type { ReplayReport, ReplaySource } from "./runtime/replay.ts";
export type { Difference } from "./runtime/replay-difference.ts";

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
