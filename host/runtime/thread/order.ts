import type { DecisionEvent } from "../../contract/decision.ts";
import type { ErrorCode } from "../../contract/error.ts";
import type { Manifest, ResourceLimits } from "../../contract/manifest.ts";
import type { OutsideRights } from "../../contract/outside.ts";
import type { PendingLine } from "../../capability/transition.ts";
import type { CompiledModule } from "../capsule-component.ts";

// What a host and its threads say to each other. Everything is answered in the order in which it was said, but for what has
// no answer. Batches of messages and of what came of them are bytes alone: see batch.ts and outcome.ts.

/** What a thread does with policies. No answer. */
export interface PolicyOrder {
  readonly kind: "policy";
  /** The text of the policy in force from now on; undefined when everything is allowed. */
  readonly source: string | undefined;
  /** The UUID that decisions are told with; undefined when nobody wants to know them. */
  readonly decisions: string | undefined;
}

/** A capsule comes to live in the thread. Answered with {@link Arrival}. */
export interface LoadOrder {
  readonly kind: "load";
  /** Which one it is, for the two sides. */
  readonly key: number;
  readonly component: Uint8Array;
  /** Its core modules: they are compiled once for all threads. */
  readonly modules: readonly CompiledModule[];
  readonly digest: string;
  readonly manifest: Manifest;
  readonly limits: ResourceLimits;
  readonly config: readonly (readonly [name: string, value: string])[];
  /** What it may use of what lies outside; undefined for nothing. */
  readonly outside: OutsideRights | undefined;
  /** Where it was before: see CapsuleRecord. */
  readonly index: number;
  readonly time: bigint;
  readonly instance: number;
  /** What it may still send by each rate of its manifest. */
  readonly levels: readonly number[] | undefined;
  /** The version of its state, and the state in packs: see `packState`. */
  readonly version: number;
  readonly state: readonly Uint8Array<ArrayBuffer>[];
}

/** A capsule is gone. No answer. */
export interface UnloadOrder {
  readonly kind: "unload";
  readonly key: number;
}

/** What a thread is told: bytes are a batch, which is answered with {@link Return}. */
export type Order = PolicyOrder | LoadOrder | UnloadOrder | Uint8Array;

/** What became of a load. */
export interface Arrival {
  readonly instance: number;
  /** What it logged while it was started. */
  readonly lines: readonly PendingLine[];
  /** Why it could not be started. */
  readonly failure: { readonly code: ErrorCode; readonly message: string; readonly help: string | undefined } | undefined;
}

/** What became of a batch: the outcomes, and with them what a policy decided, when someone wants to know. */
export type Return = Uint8Array | { readonly outcomes: Uint8Array; readonly decisions: readonly (readonly [event: DecisionEvent, text: string])[] };
