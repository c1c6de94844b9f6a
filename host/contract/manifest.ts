/** What a capsule asks for. What is not named is not asked for. */
export interface RequestedCapabilities {
  /** State of its own that outlives the message: `doteros:capsule/state` and `doteros:capsule/series`. */
  readonly state?: true;
  /** Patterns of the subjects it sends to: `doteros:capsule/messaging`, publish. */
  readonly publish?: readonly string[];
  /** Patterns of the subjects it sends requests to: `doteros:capsule/messaging`, request. */
  readonly request?: readonly string[];
  /** Lines of log: `wasi:logging`. */
  readonly log?: true;
  /** Time, randomness, its identity and its settings: `doteros:capsule/context`. */
  readonly context?: true;
  /** Decisions of the policy that it carries: `doteros:capsule/policy`. Who carries one needs no grant for it. */
  readonly policy?: true;
  /** Interfaces that the host's user provides, without versions: `acme:sensors/reader`. */
  readonly use?: readonly string[];
  /** Folders, by the names that it has for them, and whether it changes anything there: `/data:ro`, `/out:rw`. */
  readonly files?: readonly string[];
  /** Who it connects to: `api.example.com:443`, `*.example.com:*`. */
  readonly net?: readonly string[];
  /** Variables of its environment. */
  readonly env?: readonly string[];
  /** The standard streams of the process. */
  readonly stdio?: true;
  /** Real clocks, and real sleep, instead of the time of its transition. */
  readonly clock?: true;
}

/** What happens with a message that a capsule fails on. */
export interface RetryPolicy {
  /** How often the message is handed to the capsule in all, at least 1, before it is dead-lettered. */
  readonly attempts: number;
  /** How long to wait between two attempts. The capsule's other messages wait too, so that their order stays. */
  readonly backoffMilliseconds?: number;
}

/** How many messages a capsule may send to some subjects: a call that would send more is denied. */
export interface RateRule {
  /** The pattern of the subjects, all of them together. */
  readonly subjects: string;
  /** Messages in one second, in the long run. */
  readonly perSecond: number;
  /** Messages at once, after a while without any. Default: as many as in one second, and at least one. */
  readonly burst?: number;
}

/**
 * When a capsule that keeps failing is left alone. Its breaker is closed at first. It opens when too many messages were given
 * up; then messages wait, for `openMilliseconds`. After that it is half open: one message is tried. When that succeeds the
 * breaker is closed again, else it is open for as long again.
 */
export interface BreakerRule {
  /** How many messages of the last `of` were given up. */
  readonly failures: number;
  /** Default: as many as `failures`, which then are in a row. */
  readonly of?: number;
  readonly openMilliseconds: number;
}

/** What a capsule may use. Each is a whole number; `memoryBytesMax` counts in pages of 65,536 bytes. */
export interface ResourceLimits {
  /**
   * What handling one message may use, in units of fuel: an instruction is one unit, a call of the host a thousand and more.
   * Starting an instance may use as much.
   */
  readonly fuelPerMessage: number;
  /** What it may use in a second, in the long run, in units of fuel. One that used more waits; 0 stands for no such limit. */
  readonly fuelPerSecond: number;
  /** All its memories together, in bytes. */
  readonly memoryBytesMax: number;
  /** Functions inside each other: a frame for each, and one more for each eight values that a function has at a time. */
  readonly stackFramesMax: number;
  /** A message's payload, whether it gets or sends it, and a value in its state, in bytes. */
  readonly payloadBytesMax: number;
  /** Messages that it may send for one that it handles. */
  readonly publishPerMessageMax: number;
  /** All keys and values of its state, in bytes. */
  readonly stateBytesMax: number;
}

/** How a capsule answers requests of HTTP. */
export interface HttpRule {
  /** Whether an instance answers one request after the other, the default, or each request has a new one. */
  readonly instance?: "reused" | "fresh";
}

/** How far a capsule may go: before it is ended, and before it is slowed down. */
export interface CapsuleLimits extends Partial<ResourceLimits> {
  /** A message must be within all of those that are for its subject. */
  readonly rates?: readonly RateRule[];
  readonly breaker?: BreakerRule;
}

/** How a plugin of Extism handles messages: each is one call of one of its functions. */
export interface PluginRule {
  /** The function that is called, with the payload as its input. */
  readonly call: string;
  /** The subject that what it answers is sent to, when the message asks for no answer. Default: that goes nowhere. */
  readonly output?: string;
}

/**
 * What a capsule says about itself and what it asks for: `capsule.yaml` as JSON.
 *
 * @example
 * ```ts
 * const manifest: Manifest = {
 *   name: "weather",
 *   version: "0.1.0",
 *   capabilities: { state: true, publish: ["alerts.>"] },
 *   subscriptions: ["readings.>"],
 * };
 * ```
 */
export interface Manifest {
  /** One token of a subject: letters, digits, `-` and `_`, at most 64 of them. */
  readonly name: string;
  /** Three numbers, as semantic versioning has them, and what may follow. */
  readonly version: string;
  readonly capabilities: RequestedCapabilities;
  /** Patterns of the subjects it wants to handle messages from. */
  readonly subscriptions: readonly string[];
  readonly retry?: RetryPolicy;
  readonly limits?: CapsuleLimits;
  readonly http?: HttpRule;
  /** Settings, as `context.config` gives them; the operator's own settings come first. */
  readonly config?: Readonly<Record<string, string>>;
  /** Anything that tells this capsule from others, for operators and their policies. */
  readonly labels?: Readonly<Record<string, string>>;
  /** For a plugin of Extism, and for nothing else: which of its functions handles messages. */
  readonly plugin?: PluginRule;
}

/** How often a message is tried when the manifest does not say, and it is no request of HTTP: that is tried once. */
export const RETRY_ATTEMPTS_DEFAULT = 3;
