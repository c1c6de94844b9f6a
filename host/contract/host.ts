import type { DecisionEvent } from "./decision.ts";
import type { LogLine } from "./log.ts";
import type { Manifest, ResourceLimits } from "./manifest.ts";
import type { Message } from "./message.ts";
import type { ModuleCache } from "./module-cache.ts";
import type { Platform } from "./platform.ts";
import type { PolicySource } from "./policy.ts";
import type { Implementation, ProvideOptions } from "./provide.ts";
import type { Store } from "./store.ts";
import type { HostUsage } from "./usage.ts";

/** What a host is made of. */
export interface HostOptions {
  /**
   * Where capsules keep their state. Default: `"memory"`, which keeps the state and nothing else, and is gone with the host.
   * A store keeps state, old versions of it, the ledger of all that happened and what waits in mailboxes, and the host goes
   * on where the last one ended. A store that is given belongs to whoever gives it: the host does not close it.
   */
  readonly store?: "memory" | Store;
  /**
   * The private key that checkpoints of the ledger are signed with, as text: `PRIVATE+KEY+NAME+ID+BASE64`. The name is the
   * origin of the ledger. With a key there is a checkpoint whenever the host is closed. Default: none, and no checkpoints.
   */
  readonly signingKey?: string;
  /** How many messages may wait for each capsule before those who publish wait too. */
  readonly mailbox?: { readonly messagesMax?: number };
  /**
   * What decides, beside the grants, about all that capsules do: `data.doteros.allow` must be true for it, and
   * `data.doteros.deny`, a set of reasons, be empty. Default: what is granted is allowed.
   */
  readonly policy?: PolicySource;
  /**
   * Gets each decision of the policy when it is made, and the same as one line of JSON, in which no number loses a digit. It is
   * called in the middle of a message: what it throws is thrown by the next `idle` or `close`. Default: nobody does.
   */
  readonly decisions?: (event: DecisionEvent, line: string) => void;
  /**
   * Where core modules are kept that were rewritten to be held to limits, so that a large capsule is there sooner the next time.
   * Default: nowhere.
   */
  readonly modules?: ModuleCache;
  /**
   * When capsules are put to sleep: of one that has done nothing for a while only a small part stays in memory, and its next
   * message wakes it. It cannot tell, and neither can a replay. Those stay awake whose instances cannot be copied (see
   * `Capsule.snapshot`), that run in other threads, or that have rates, a breaker or a budget for each second.
   */
  readonly sleep?: SleepOptions;
  /** Gets the lines that capsules log. Default: nobody does. */
  readonly log?: (line: LogLine) => void;
}

/** When capsules are put to sleep. */
export interface SleepOptions {
  /** After so many milliseconds without a message; `"never"` for no such time. Default: 60,000. */
  readonly afterMilliseconds?: number | "never";
  /** How many may be awake: those that have done nothing for longest make room. Default: 8,192. */
  readonly awakeMax?: number;
}

/** What a host is made of where no door knows the runtime. */
export interface NeutralHostOptions extends HostOptions {
  /** The JavaScript runtime. Default: what all of them have. */
  readonly platform?: Platform;
}

/** How a capsule is loaded. */
export interface LoadOptions {
  /** What it asks for. Default: the manifest that the component carries, or else what it imports and is granted. */
  readonly manifest?: Manifest;
  /** What it is granted: `state`, `publish=alerts.>`, `request=svc.>`, `subscribe=readings.*`, `log`, `context`, `policy`, `use=acme:sensors/reader`, and of what lies
   * outside, where the platform has that, `fs:./data:ro`, `net:api.example.com:443`, `env:HOME`, `stdio`, `clock`. */
  readonly grants?: readonly string[];
  /** Settings; they replace those of the same name in the manifest. */
  readonly config?: Readonly<Record<string, string>>;
  /** Labels; they replace those of the same name in the manifest. What it uses is summed up by the label `tenant`. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Components that have what it imports, by the interfaces: `{ "acme:math/ops": bytes }`. They run as a part of it: with its
   * rights, its fuel and its memory, and what they import may be linked as well. Each call between them costs fuel and is asked of
   * the policy, as `acme:math/ops#add` with the arguments. Default: none.
   */
  readonly link?: Readonly<Record<string, Uint8Array>>;
  /** For a plugin of Extism: which of its functions handles messages. It replaces the one in the manifest. */
  readonly call?: string;
  /**
   * What it is allowed to use. Its manifest may ask for less, and not for more. Default, for each: 50 million units of fuel for a
   * message, without a limit for a second, 64 MiB of memory and as much state, 4,000 frames, payloads of 1 MiB, 1,024 messages
   * for one.
   */
  readonly limits?: Partial<ResourceLimits>;
  /**
   * What it goes on from: a snapshot of a capsule of the same component, taken by any host, in any runtime. The capsule's own
   * state must be empty.
   */
  readonly snapshot?: Uint8Array;
  /** Where it runs. Default: `"none"`, in the thread of the host. */
  readonly isolation?: Isolation;
}

/**
 * Where a capsule runs: with the host, in a thread of its own, or in the thread of that name with all others that name it.
 *
 * In a thread it cannot hold up the host: messages and what comes of them cross in batches, and its state lies beside it, too.
 * A thread that ends, or does not answer for `silenceMillisecondsMax` and what its fuel allows, is replaced, and what was not
 * committed is done again. Default of that: 10 seconds.
 */
export type Isolation = "none" | "thread" | { readonly thread: string; readonly silenceMillisecondsMax?: number };

/** What a message has beside its subject and its payload. */
export interface PublishOptions {
  readonly replyTo?: string;
  readonly contentType?: string;
  readonly dataType?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /**
   * Where the message comes from, and which one of there it is, counted from 1. Where a store keeps what happens, a message
   * whose number is not larger than the last one from the same place is one that came before, and does nothing: whoever sends
   * may send again what it does not know to have arrived.
   */
  readonly source?: { readonly name: string; readonly sequence: number };
}

/** How a handler of the host's own gets its messages. */
export interface SubscribeOptions {
  /** Of the subscriptions with the same pattern and the same queue name, one gets each message: they take turns. */
  readonly queue?: string;
  /**
   * What happens when more messages wait than `messagesMax`. `block`, the default: those who publish wait. `drop-oldest`:
   * the oldest one that waits is dropped. `reject`: the new one is not taken, and `publish` says so.
   */
  readonly full?: "block" | "drop-oldest" | "reject";
  /** How many messages may wait. Default: as many as for a capsule. */
  readonly messagesMax?: number;
  /**
   * A name under which the store keeps the messages that the handler has not been called with. The next host that subscribes
   * under that name is given them first, so that each message gets there at least once; its sequence tells a repeated one.
   * Subscribe again before anything is published.
   */
  readonly durable?: string;
}

/** What became of the messages of a subscription. */
export interface SubscriptionCounters {
  /** Messages the handler was called with. */
  readonly delivered: number;
  /** Messages that were taken and never delivered: dropped as the oldest, or still waiting when the subscription ended. */
  readonly dropped: number;
  /** Messages that were not taken, because too many waited. */
  readonly rejected: number;
}

/** A handler of the host's own, as long as it listens. */
export interface Subscription {
  readonly pattern: string;
  readonly counters: SubscriptionCounters;
  /** Ends it at once: the handler is not called again. */
  unsubscribe(): void;
}

/** What became of the messages of a capsule. */
export interface CapsuleCounters {
  /** Messages that were handed to it, each counted once. */
  readonly messages: number;
  /** Messages that it handled and that were committed. */
  readonly transitions: number;
  /** Attempts that it answered with a fault. */
  readonly faults: number;
  /** Attempts that ended in a trap. */
  readonly traps: number;
  /** Attempts that ran out of fuel, stack or memory. */
  readonly exhausted: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Messages that were given up and went to `dlq.<capsule>`. */
  readonly deadLettered: number;
  /** Dead letters of others that it failed on: they do not become dead letters again. Each has a line of log. */
  readonly dropped: number;
  /** Messages it published, those of failed attempts not counted. */
  readonly published: number;
  /** Messages it published that a subscription which rejects when it is full did not take. */
  readonly rejected: number;
  /** Messages it put into full mailboxes without waiting, because waiting would never have ended. */
  readonly overflowed: number;
  /** Messages that waited for it, or that it was busy with, when the host was closed. */
  readonly abandoned: number;
  /** Calls that the policy or a rate denied, those of failed attempts and lines of log included. */
  readonly denied: number;
  /** Those of them that a rate of the manifest denied. There is a line of log whenever one begins to. */
  readonly limited: number;
  /** How often its breaker opened. There is a line of log each time. */
  readonly tripped: number;
  /** What all its attempts took, in units of fuel. */
  readonly fuel: number;
}

/** The committed state of a capsule, to look at. The bytes are copies. */
export interface CapsuleState {
  /** How many transitions have changed it. */
  readonly version: bigint;
  /** How many keys it has. */
  readonly size: number;
  get(key: string): Uint8Array | undefined;
  /** All entries, ordered by the UTF-8 bytes of their keys, as they are when it is called. */
  entries(): Iterable<[key: string, value: Uint8Array]>;
}

/** A component that was granted what it asks for, and handles messages. */
export interface Capsule {
  readonly name: string;
  readonly version: string;
  /** The SHA-256 of the component, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** The interface that it handles messages with, with the version that it was built for: `wasi:http/incoming-handler@0.2.0`. */
  readonly handler: string;
  readonly manifest: Manifest;
  readonly counters: CapsuleCounters;
  readonly state: CapsuleState;
  /** Whether its next message wakes it. */
  readonly isAsleep: boolean;
  /** How long its handler ran, all calls added up. */
  readonly handlerNanoseconds: number;
  /**
   * Copies all that it is between two messages: its state, its settings, and the memory of its instance. The ledger says so, and
   * a replay may begin there; another host, in whatever runtime, goes on from it when it is given to `load`. Equal capsules have
   * equal snapshots.
   *
   * @throws DoterosError `unsupported` when its instance keeps more than memories and numbers, or it is linked or uses what
   * `provide` gave it; `store-failed`, `closed`
   * @example
   * ```ts
   * const options = { grants: ["state", "publish=counted.>", "subscribe=readings.>"] };
   * const host = await createHost();
   * const capsule = await host.load(bytes, options);
   * await host.publish("readings.seattle", "21.5");
   * await host.idle();
   * const snapshot = await capsule.snapshot();
   * const other = await createHost();
   * const moved = await other.load(bytes, { ...options, snapshot });
   * moved.state.version; // 1n
   * await host.close();
   * await other.close();
   * ```
   */
  snapshot(): Promise<Uint8Array>;
  /** Ends it: it gets no new messages, and is gone when those that wait for it are handled. Its state stays. */
  unload(): Promise<void>;
}

/** What became of the messages of everyone. */
export interface HostCounters {
  /** Messages that were sent: through `publish`, by capsules and as dead letters. */
  readonly published: number;
  /** Those of them that nobody had subscribed to. */
  readonly unheard: number;
  /** Messages that were not sent, because their sources had sent them before. */
  readonly repeated: number;
}

/** Runs capsules: each message they get is one transition, all or nothing. */
export interface Host extends AsyncDisposable {
  /** The capsules that are loaded, by name. */
  readonly capsules: ReadonlyMap<string, Capsule>;
  readonly counters: HostCounters;

  /**
   * Loads a component, checks what it asks for against what is granted and subscribes it.
   *
   * @throws DoterosError What is wrong with the bytes; `missing-export`, `missing-import`, `wrong-import`,
   * `invalid-manifest`, `invalid-grant` or `not-granted`, each naming everything at once; `capsule-loaded` when one of that
   * name is loaded; `circular-link` when components that are linked need each other; `denied-by-policy` with the reasons;
   * `unsupported` for what cannot be where it is to be; `thread-lost` or `thread-silent` when its thread does not start;
   * `trap`, `fuel-exhausted`, `stack-exhausted` or `limit-exceeded` when it cannot be started; `memory-exhausted` when there is no
   * room for it; `usage` when a limit is wrong;
   * `closed`
   */
  load(bytes: Uint8Array, options?: LoadOptions): Promise<Capsule>;

  /**
   * Gives the capsules that are loaded from here on an interface more: functions in TypeScript. A capsule that imports it needs the
   * grant `use=` with its name, each call costs fuel and is asked of the policy, and what the functions answer is kept with the
   * message, so that a replay has the same answers without calling anyone. They answer at once: none can be a promise. What one
   * throws that is no ComponentError ends the message as a trap does.
   *
   * @param name the interface, `acme:sensors/reader@1.0.0`; it stands for all versions that are compatible with it
   * @throws DoterosError `usage` when there can be no such interface, or there is one already; `closed`
   * @example
   * ```ts
   * const host = await createHost();
   * const degrees = new Map([["kitchen", 21.5]]);
   * host.provide("acme:sensors/reader@1.0.0", {
   *   read: (sensor: string) => degrees.get(sensor) ?? 0,
   * }, { operations: { read: "sensors.read" } });
   * // await host.load(bytes, { grants: ["use=acme:sensors/reader"] });
   * await host.close();
   * ```
   */
  provide(name: string, implementation: Implementation, options?: ProvideOptions): void;

  /**
   * Sends a message. Resolves when every mailbox concerned took it and has room again: wait for it before the next one, so
   * that they never hold more than they should. Where a store keeps what happens, it resolves when the message is kept:
   * then many at a time are quicker than one after the other.
   *
   * @throws DoterosError `invalid-subject`, `invalid-message`, `mailbox-full` when a subscription that rejects when it is
   * full did, `store-failed`, `closed`
   */
  publish(subject: string, payload: Uint8Array | string, options?: PublishOptions): Promise<void>;

  /**
   * Calls `handler` with each message on a subject that matches `pattern`: soon, not within `publish`. When it answers with a
   * promise, the message is delivered when that resolves, which the next one does not wait for. The payload is a
   * copy of the handler's own; `sequence` orders the messages of a store, and is 0 where there is none. What it throws is
   * thrown by the next `idle` or `close`.
   *
   * @throws DoterosError `invalid-subject`, `wrong-value` when it cannot be durable, `closed`
   */
  subscribe(pattern: string, handler: (message: Message, sequence: number) => unknown, options?: SubscribeOptions): Subscription;

  /**
   * Puts a policy in the place of the one before, all of it or nothing: the transition in hand ends under the old one, and
   * the next one begins under the new one. Capsules that are loaded stay, and so do their subscriptions. Where a store keeps
   * what happens, its ledger says from where on the new one decides.
   *
   * @throws DoterosError `invalid-policy` with every mistake, and the one before stays; `closed`
   * @example
   * ```ts
   * const host = await createHost({ policy: { modules: { "policy.rego": "package doteros\nallow := true" } } });
   * await host.setPolicy({ modules: { "policy.rego": "package doteros\nallow if input.operation != \"publish\"" } });
   * await host.close();
   * ```
   */
  setPolicy(source: PolicySource): Promise<void>;

  /**
   * Resolves when every message was handled and committed or given up, and everything that came of it was delivered.
   *
   * @throws What a handler given to `subscribe`, or `log`, threw since it was last asked; DoterosError `internal` when the
   * host itself failed, `closed`
   */
  idle(): Promise<void>;

  /**
   * What capsules used since the host was made, one by one and summed up by their label `tenant`. What they use is what they
   * are billed for where that is done, so the ledger has it, too: `doteros-wasm usage` sums that up.
   *
   * @example
   * ```ts
   * const host = await createHost();
   * await host.load(bytes, { grants: ["state", "publish=counted.>", "subscribe=readings.>"], labels: { tenant: "acme" } });
   * await host.publish("readings.seattle", "21.5");
   * await host.idle();
   * host.usage().tenants[0]?.tenant; // "acme"
   * await host.close();
   * ```
   */
  usage(): HostUsage;

  /**
   * Signs what the ledger is by now: whoever has the checkpoint can tell later whether anything before it was changed.
   *
   * @returns the checkpoint, a C2SP signed note
   * @throws DoterosError `usage` without a store or a `signingKey`; `store-failed`, `closed`
   */
  checkpoint(): Promise<string>;

  /**
   * Ends the host after the transition in hand. Messages that still wait are counted as abandoned; call `idle` first to
   * have them handled.
   *
   * @throws As `idle` does, when nobody was told yet.
   */
  close(): Promise<void>;
}
