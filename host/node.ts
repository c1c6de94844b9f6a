/**
 * doteros-wasm in Node.js.
 *
 * @module
 */
import type { Host, HostOptions } from "./contract/host.ts";
import { createHost as createNeutralHost } from "./index.ts";
import { nodePlatform } from "./platform/node/index.ts";

export { type DotstoreOptions, openDotstore } from "./platform/dotstore/open.ts";
export { nodePlatform } from "./platform/node/index.ts";
export {
  type Batch,
  type Capsule,
  type CapsuleRecord,
  type CapsuleCounters,
  type CapsuleState,
  ComponentError,
  DEAD_LETTER_HEADERS,
  deadLetterSubject,
  DoterosError,
  EMPTY_TIP,
  type ErrorCode,
  type ErrorDetails,
  type Fault,
  type Host,
  type HostCounters,
  type HostOptions,
  type LoadOptions,
  type LogLine,
  type MailboxRow,
  type Manifest,
  MemoryStore,
  type Message,
  parseManifest,
  type PublishOptions,
  type RequestedCapabilities,
  type RetryPolicy,
  type StateView,
  type Store,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionCounters,
  type Tip,
  type Writes,
} from "./index.ts";

/**
 * Makes a host in Node.js.
 *
 * @throws RangeError when an option is out of range
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
 */
export async function createHost(options: HostOptions = {}): Promise<Host> {
  return createNeutralHost({ ...options, platform: nodePlatform });
}
