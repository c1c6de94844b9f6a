import type { Identity, Level } from "../contract/capsule-world.ts";
import { DoterosError } from "../contract/error.ts";
import { POLICY_DENIALS_PER_MESSAGE_MAX, TRANSITION_BYTES_MAX } from "../contract/limits.ts";
import type { ResourceLimits } from "../contract/manifest.ts";
import type { Message } from "../contract/message.ts";
import type { Outside } from "../contract/outside.ts";
import type { Platform } from "../contract/platform.ts";
import type { Denial, Guard, Operation } from "../contract/policy.ts";
import type { CapsuleRecord, StateView } from "../contract/store.ts";
import { recordedResource } from "../policy/resource.ts";
import { fault } from "./fault.ts";
import { SEED_BYTES, SeededRandom } from "./random.ts";

/** What a capsule logged, before it is known what becomes of the transition. */
export interface PendingLine {
  readonly level: Level;
  readonly context: string;
  readonly message: string;
}

/**
 * What a call of the host costs, in units of fuel, which are about as many nanoseconds: to cross over, to look up, to make an
 * error of a refusal.
 */
export const CALL_FUEL = 1_000;
/** What a value or a message costs that is kept or sent, and each byte of it: it is hashed, and goes into the ledger, the state and to the disk. */
const KEPT_FUEL = 2_000;
const KEPT_BYTE_FUEL = 4;
/** What a random byte costs. */
const RANDOM_FUEL = 8;

/**
 * The transition a capsule is in: what the host fixed for it, and what it wrote and sent so far. Each capsule has one such
 * object, used again for each message, and its capabilities are functions over it.
 *
 * Time and seed are fixed when they are first asked for, which a capsule cannot tell from earlier and which most messages
 * never need. Whoever records a transition finds them here.
 */
export class Transition {
  readonly identity: Identity;
  readonly config: ReadonlyMap<string, string>;
  readonly limits: ResourceLimits;
  readonly view: StateView;
  /** What the capsule was granted of what lies outside the host; undefined for nothing. */
  outside: Outside | undefined;
  /** What comes in, or goes out, while a message is handled; undefined for nothing. */
  awaited: Pick<Outside, "pause"> | undefined;
  readonly #platform: Platform;
  readonly #guard: Guard | undefined;
  /** The new values of keys, undefined for those that are deleted. */
  writes = new Map<string, Uint8Array | undefined>();
  /** By how many bytes the writes make the state larger. */
  growth = 0;
  /** What was written and sent, in bytes, a value once for each time it was written. */
  bytes = 0;
  /** What leaves when the transition is committed, in order. */
  readonly outputs: Message[] = [];
  /** How many requests are among the outputs. */
  requests = 0;
  /** The lines that were logged. */
  readonly lines: PendingLine[] = [];
  /** Lines that were too many to keep. */
  linesLeftOut = 0;
  /** What the policy refused in this attempt, in order, each once. */
  readonly denials: Denial[] = [];
  /** How often it refused something, in all attempts. */
  denied = 0;
  /** Which transition of the capsule it is; 0 before the first. */
  index: number;
  /** Which attempt at it; the first is 1. */
  attempt = 0;
  /** What its random bytes come from; undefined when it has asked for none. */
  seed: Uint8Array | undefined;
  /** Its time; undefined when the capsule has not asked for it. */
  recordedTime: bigint | undefined;
  /** What functions of the host's user answered in this attempt, in order, as CBOR; undefined before there is one. */
  answers: Uint8Array[] | undefined;
  /** What its calls of the host have cost in this attempt, in units of fuel. */
  charged = 0;
  /** What the attempt took, in units of fuel: its instructions, and its calls of the host. */
  fuel = 0;
  /** The latest time a transition of the capsule had: none has an earlier one after it. */
  latest: bigint;
  #random: SeededRandom | undefined;
  #open = false;

  /**
   * @param guard stands before what the capsule does; undefined where everything is allowed
   * @param before the capsule's last transition, when there was one
   */
  constructor(
    identity: Identity,
    config: ReadonlyMap<string, string>,
    limits: ResourceLimits,
    view: StateView,
    platform: Platform,
    guard: Guard | undefined,
    before?: Pick<CapsuleRecord, "index" | "time">,
  ) {
    this.identity = identity;
    this.index = before?.index ?? 0;
    this.latest = before?.time ?? 0n;
    this.config = config;
    this.limits = limits;
    this.view = view;
    this.#platform = platform;
    this.#guard = guard;
  }

  /** Starts an attempt with nothing written and nothing sent. */
  begin(index: number, attempt: number): void {
    this.index = index;
    this.attempt = attempt;
    this.charged = 0;
    this.fuel = 0;
    this.seed = undefined;
    this.recordedTime = undefined;
    this.#random = undefined;
    this.answers = undefined;
    if (this.denials.length > 0) this.denials.length = 0;
    this.#guard?.begin();
    this.#open = true;
  }

  /** Ends the attempt: nothing can be written or sent any more, and all that was is still there to commit. */
  end(): void {
    this.#open = false;
  }

  /** Forgets what was written and sent. The writes may have been given to someone, who keeps them. */
  clear(): void {
    if (this.writes.size > 0) this.writes = new Map();
    if (this.outputs.length > 0) this.outputs.length = 0;
    this.growth = 0;
    this.bytes = 0;
    this.requests = 0;
  }

  /** Whether a message is being handled. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Begins a call of the host. Answers with a fault when no message is being handled: while a component is instantiated. */
  mustBeOpen(): void {
    if (!this.#open) fault("failed", "no message is being handled");
    this.charge(CALL_FUEL);
  }

  /**
   * Counts what a call of the host costs beside the capsule's own instructions, in units of fuel: whoever asks for work is
   * held to a limit, whoever does it.
   *
   * @throws DoterosError `fuel-exhausted`
   */
  charge(units: number): void {
    this.charged += units;
    if (this.charged > this.limits.fuelPerMessage) throw new DoterosError("fuel-exhausted", "its calls of the host used up the fuel for one message");
  }

  /** Asks the policy. Answers with the fault `denied` and the policy's reason when it refuses. */
  mustBeAllowed(operation: Operation, resource: string): void {
    const reason = this.#guard?.refusal(operation, resource);
    if (reason !== undefined) this.#deny(operation, resource, reason);
  }

  /** Asks the policy where a refusal has no way to the capsule. Answers whether it is allowed. */
  isAllowed(operation: Operation, resource: string): boolean {
    const reason = this.#guard?.refusal(operation, resource);
    if (reason === undefined) return true;
    this.#record(operation, resource, reason);
    return false;
  }

  /** Counts what is about to be written or sent. Answers with a fault when it is too much for one transition. */
  grow(bytes: number): void {
    if (this.bytes + bytes > TRANSITION_BYTES_MAX) fault("limit", `the transition would write and send more than ${TRANSITION_BYTES_MAX} bytes`);
    this.bytes += bytes;
    this.charge(KEPT_FUEL + bytes * KEPT_BYTE_FUEL);
  }

  /**
   * Begins a call of a function without a fault in its type, which has only a trap to refuse with. A new instance is told nothing:
   * so all new ones of a component are the same.
   */
  mustTell(what: string): void {
    if (!this.#open) throw new DoterosError("trap", `${what} was called while no message is being handled`);
    this.charge(CALL_FUEL);
  }

  /** The value of `key` as the capsule sees it: what it wrote itself, or else what is committed. */
  valueOf(key: string): Uint8Array | undefined {
    if (this.writes.size > 0) {
      const written = this.writes.get(key);
      if (written !== undefined || this.writes.has(key)) return written;
    }
    return this.view.get(key);
  }

  /** Keeps what a function of the host's user answered. Answers with a fault when it is too much for one transition. */
  keep(answer: Uint8Array): void {
    (this.answers ??= []).push(answer);
    this.grow(answer.length);
  }

  /** Nanoseconds since 1970, the same during the attempt and never less than before. */
  time(): bigint {
    this.mustTell("context.time");
    if (this.recordedTime === undefined) {
      const now = this.#platform.now();
      if (now > this.latest) this.latest = now;
      this.recordedTime = this.latest;
    }
    return this.recordedTime;
  }

  /** The next random bytes of the attempt. */
  random(length: number): Uint8Array {
    this.mustTell("context.random");
    this.charge(length * RANDOM_FUEL);
    if (this.#random === undefined) {
      this.seed = this.#platform.random(SEED_BYTES);
      this.#random = new SeededRandom(this.seed);
    }
    return this.#random.bytes(length);
  }

  #deny(operation: Operation, resource: string, reason: string): never {
    this.#record(operation, resource, reason);
    // What a replay is to know has a bound, which is the end of the attempt: the last denial before it is recorded, too.
    if (this.denials.length >= POLICY_DENIALS_PER_MESSAGE_MAX) {
      throw new DoterosError("trap", `the policy denied ${POLICY_DENIALS_PER_MESSAGE_MAX} calls of one message`);
    }
    fault("denied", reason);
  }

  #record(operation: Operation, whole: string, reason: string): void {
    this.denied += 1;
    const resource = recordedResource(whole);
    if (!this.denials.some((one) => one.resource === resource && one.operation === operation)) this.denials.push({ operation, resource, reason });
  }
}
