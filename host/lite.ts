/**
 * doteros-wasm for small devices and pages that count bytes: linker, loop, and state in memory, with all limits. Without policies,
 * ledgers, signatures, threads, sleep and snapshots; who asks for one is told so.
 *
 * @module
 */
import { DoterosError } from "./contract/error.ts";
import type { Host, NeutralHostOptions } from "./contract/host.ts";
import { ComposedHost, loadParts } from "./host.ts";
import { litePlatform } from "./lite/platform.ts";
import type { Extras } from "./runtime/extras.ts";

export { ComponentError, DoterosError, type ErrorCode, type ErrorDetails } from "./contract/error.ts";
export type {
  Capsule,
  CapsuleCounters,
  CapsuleState,
  Host,
  HostCounters,
  HostOptions,
  LoadOptions,
  NeutralHostOptions,
  PublishOptions,
  SubscribeOptions,
  Subscription,
  SubscriptionCounters,
} from "./contract/host.ts";
export type { LogLine } from "./contract/log.ts";
export type { BreakerRule, CapsuleLimits, Manifest, RateRule, RequestedCapabilities, ResourceLimits, RetryPolicy } from "./contract/manifest.ts";
export type { Fault, Message } from "./contract/message.ts";
export type { ModuleCache } from "./contract/module-cache.ts";
export type { Platform } from "./contract/platform.ts";

/** Refuses what this door is without. */
const without = (what: string, where: string) => async (): Promise<never> => {
  throw new DoterosError("unsupported", `doteros-wasm/lite has no ${what}`, {
    where,
    help: 'make the host with createHost of "doteros-wasm/browser", "doteros-wasm/node" or the door of your runtime',
  });
};

const NO_EXTRAS: Extras = {
  capsules: () => import("./runtime/capsules.ts"),
  enforcement: undefined,
  dormitory: undefined,
  journal: without("stores and ledgers", "store"),
  signer: without("signatures", "signingKey"),
  policy: without("policies", "policy"),
  decisionLog: without("policies", "decisions"),
  rules: without("policies", "capabilities.policy"),
  threads: without("threads", "isolation"),
  copying: without("snapshots", "snapshot"),
  snapshots: without("snapshots", "snapshot"),
};

/**
 * Makes a small host: the same as that of the other doors, as far as it goes.
 *
 * @throws DoterosError `unsupported` for an option that it is without: `store`, `signingKey`, `policy`, `decisions`, `sleep`;
 * RangeError when an option is out of range
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
  if (options.sleep !== undefined) await without("sleep", "sleep")();
  const { platform = litePlatform } = options;
  return new ComposedHost(options, platform, await loadParts(options, platform, NO_EXTRAS));
}
