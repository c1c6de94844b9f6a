import type { Platform } from "../contract/platform.ts";
import type { CapsuleRules, Policy, PolicySource } from "../contract/policy.ts";
import type { DecisionLog } from "../policy/decision-log.ts";
import { Enforcement } from "../policy/enforcement.ts";
import type { CapsuleRecorder } from "./capsule-recorder.ts";
import * as Capsules from "./capsules.ts";
import { copying } from "./copying.ts";
import { Dormitory } from "./dormitory.ts";
import type { Journal } from "./journal.ts";
import type { Signer } from "./make-checkpoint.ts";
import type { Surroundings } from "./surroundings.ts";
import type * as ThreadsModule from "./thread/threads.ts";

/**
 * What a host may have beside linker, loop and memory. The door that makes the host says where each comes from: loaded when it is
 * first wanted, so that a page that does without does not load it, or refused with DoterosError `unsupported`.
 */
export interface Extras extends Pick<Surroundings, "copying" | "snapshots"> {
  /** What has capsules. It is no extra: but a door may load it with the host or after it. */
  readonly capsules: () => Promise<typeof Capsules>;
  /** Stands between capsules and the policy; undefined where there is never one. */
  readonly enforcement: typeof Enforcement | undefined;
  /** Puts capsules to sleep; undefined where all stay awake. */
  readonly dormitory: typeof Dormitory | undefined;
  /** What has things kept in a store, and what writes down what becomes of a capsule. */
  readonly journal: () => Promise<{ readonly journal: typeof Journal; readonly recorder: typeof CapsuleRecorder }>;
  /** What signs checkpoints. @throws DoterosError `invalid-key` */
  readonly signer: (signingKey: string) => Promise<Signer>;
  /** A policy, made ready by the engine. @throws DoterosError `invalid-policy` */
  readonly policy: (source: PolicySource, platform: Platform) => Promise<Policy>;
  /** What tells what the policy decides. */
  readonly decisionLog: () => Promise<typeof DecisionLog>;
  /** The rules of a capsule, of the policy that it carries. @throws DoterosError `invalid-policy` */
  readonly rules: (source: string | undefined) => Promise<CapsuleRules>;
  /** What has capsules in other threads. */
  readonly threads: () => Promise<typeof ThreadsModule>;
}

/** All of them. */
export const ALL_EXTRAS: Extras = {
  capsules: async () => Capsules,
  enforcement: Enforcement,
  dormitory: Dormitory,
  async journal() {
    const [{ Journal: journal }, { CapsuleRecorder: recorder }] = await Promise.all([import("./journal.ts"), import("./capsule-recorder.ts")]);
    return { journal, recorder };
  },
  signer: async (signingKey) => (await import("./make-checkpoint.ts")).signerOf(signingKey),
  policy: async (source, platform) => (await import("../policy/rego-policy.ts")).regoPolicy(source, platform),
  decisionLog: async () => (await import("../policy/decision-log.ts")).DecisionLog,
  rules: async (source) => (await import("../policy/embedded-policy.ts")).embeddedPolicy(source),
  threads: () => import("./thread/threads.ts"),
  copying,
  snapshots: () => import("./capsule-snapshot.ts"),
};
