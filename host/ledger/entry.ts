import type { Message } from "../contract/message.ts";
import type { Denial } from "../contract/policy.ts";

// The entries of a ledger. Each is one CBOR array (RFC 8949) in the deterministic encoding, its first element the kind's
// number. The other elements are the fields
// below, from top to bottom, what is undefined written as null; what may be left out is not there when it is empty.

/** The numbers of the kinds, as they are written. */
export const ENTRY_KIND = { load: 0, transition: 1, failure: 2, unload: 3, policy: 4, snapshot: 5 } as const;

/** A hash, in bytes: SHA-256. */
export const HASH_BYTES = 32;

/** What the first entry of a ledger has for the hash of the one before it. */
export const NO_ENTRY_HASH: Uint8Array = new Uint8Array(HASH_BYTES);

/** What every entry has. */
interface Chained {
  /** The leaf hash of the entry before, 32 bytes; {@link NO_ENTRY_HASH} in the first. */
  readonly previous: Uint8Array;
  /** The name of the capsule. */
  readonly capsule: string;
}

/** A capsule was loaded: from here on its transitions are made by this component. */
export interface LoadEntry extends Chained {
  readonly kind: "load";
  /** The SHA-256 of the component, 32 bytes. */
  readonly digest: Uint8Array;
  /** The version that its manifest says. */
  readonly version: string;
  /** The manifest, which holds what was granted, as JSON text. */
  readonly manifest: string;
  /** The configuration it was given, in order. */
  readonly config: readonly (readonly [name: string, value: string])[];
  /** The number of its first instance. */
  readonly instance: number;
  /** What it uses that is not this project's own. Left out when there is nothing. */
  readonly uses?: readonly Use[];
}

/** An interface that a capsule imports and the host's user gives it: functions of theirs, or of another component. */
export interface Use {
  /** The interface, as it is imported where a component has it, and without a version where the host's user does. */
  readonly name: string;
  /** The SHA-256 of the component that has it, 32 bytes; undefined for functions of the host's user. */
  readonly digest: Uint8Array | undefined;
  /** What policies are asked about for a function, where that is not interface and function. */
  readonly operations: readonly (readonly [name: string, operation: string])[];
}

/** What a message that was tried has, whatever came of it. */
interface Attempted extends Chained {
  /** The SHA-256 of the component, 32 bytes. */
  readonly digest: Uint8Array;
  /** Which transition of the capsule it is, or would have been; the first is 1. */
  readonly index: number;
  /** Which attempt at it; the first is 1. */
  readonly attempt: number;
  /** Which instance of the component handled it. A higher number than before: a new one was made first. */
  readonly instance: number;
  /** The message. */
  readonly message: Message;
  /** The time it was told, in nanoseconds since 1970; undefined when it never asked. */
  readonly time: bigint | undefined;
  /** What its random bytes come from, 32 bytes; undefined when it asked for none. */
  readonly seed: Uint8Array | undefined;
  /** What functions of the host's user answered, in order, as CBOR. The last element, left out when there is nothing. */
  readonly answers?: readonly Uint8Array[] | undefined;
}

/** A message was handled: what was written and sent took effect. */
export interface TransitionEntry extends Attempted {
  readonly kind: "transition";
  /** How many transitions have changed the state, this one included. */
  readonly version: number;
  /** The new value of each key that was written, in order; undefined for one that was deleted. */
  readonly writes: ReadonlyMap<string, Uint8Array | undefined>;
  /** What was sent, in order. */
  readonly outputs: readonly Message[];
  /** What the policy refused, in order, each once. */
  readonly decisions: readonly Denial[];
  /** What it took, in units of fuel: instructions, and calls of the host. */
  readonly fuel: number;
}

/** An attempt failed: nothing was written. */
export interface FailureEntry extends Attempted {
  readonly kind: "failure";
  /** Why: the name of an error. */
  readonly code: string;
  /** Why, in words. */
  readonly reason: string;
  /** Whether it was the last attempt: the message was given up. */
  readonly final: boolean;
  /** What it took, in units of fuel: all that it might take when it trapped, nothing when it was not called. */
  readonly fuel: number;
  /** What was sent because of it: the dead letter, when there is one. */
  readonly outputs: readonly Message[];
  /** What the policy refused, in order, each once. They are left out of the bytes when there are neither these nor answers. */
  readonly decisions: readonly Denial[];
}

/** A capsule was taken out. */
export interface UnloadEntry extends Chained {
  readonly kind: "unload";
  /** The index of its last transition, 0 when it made none. */
  readonly index: number;
}

/** From here on a policy decides what a capsule may do, in the place of the one before. None does from when it is loaded on. */
export interface PolicyEntry extends Chained {
  readonly kind: "policy";
  /** The SHA-256 of the policy's modules and data, 32 bytes. */
  readonly policy: Uint8Array;
}

/**
 * A capsule was at rest, and all that it was is in a snapshot: a replay may begin here. Or it was made to be what a snapshot
 * says, which was taken elsewhere.
 */
export interface SnapshotEntry extends Chained {
  readonly kind: "snapshot";
  /** The SHA-256 of the snapshot, 32 bytes. */
  readonly snapshot: Uint8Array;
  /** Whether the capsule became what the snapshot says; otherwise it was that. */
  readonly restored: boolean;
}

/** One entry of a ledger. */
export type Entry = LoadEntry | TransitionEntry | FailureEntry | UnloadEntry | PolicyEntry | SnapshotEntry;

/** An entry without what the place in the ledger decides. */
export type Unchained<T extends Entry> = Omit<T, "kind" | "previous">;
