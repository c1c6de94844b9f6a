import { InProcessBus } from "./bus/in-process.ts";
import { checkPattern } from "./bus/subject.ts";
import { addProvided, type Provided } from "./capability/edge/provided.ts";
import { DoterosError } from "./contract/error.ts";
import type {
  Capsule,
  Host,
  HostCounters,
  HostOptions,
  Isolation,
  LoadOptions,
  PublishOptions,
  SubscribeOptions,
  Subscription,
} from "./contract/host.ts";
import { COMPONENT_BYTES_MAX, MAILBOX_MESSAGES_MAX } from "./contract/limits.ts";
import type { Message } from "./contract/message.ts";
import type { ModuleCache } from "./contract/module-cache.ts";
import type { Platform } from "./contract/platform.ts";
import type { Policy, PolicySource } from "./contract/policy.ts";
import type { Implementation, ProvideOptions } from "./contract/provide.ts";
import type { Store } from "./contract/store.ts";
import type { HostUsage } from "./contract/usage.ts";
import type { DecisionLog } from "./policy/decision-log.ts";
import type { Admission } from "./runtime/admission.ts";
import { Backpressure } from "./runtime/backpressure.ts";
import type { RunningCapsule } from "./runtime/capsule.ts";
import type { Extras } from "./runtime/extras.ts";
import type { Journal } from "./runtime/journal.ts";
import type { Signer } from "./runtime/make-checkpoint.ts";
import { makeMessage } from "./runtime/make-message.ts";
import { Post } from "./runtime/post.ts";
import { Publication } from "./runtime/publication.ts";
import { Residences } from "./runtime/residence.ts";
import { Scheduler } from "./runtime/scheduler.ts";
import { Subscriber } from "./runtime/subscriber.ts";
import type { Surroundings } from "./runtime/surroundings.ts";
import type { Away } from "./runtime/life.ts";
import type { Threads } from "./runtime/thread/threads.ts";
import { Troubles } from "./runtime/troubles.ts";
import { UsageBook } from "./runtime/usage-book.ts";
import { wholeNumber } from "./runtime/whole-number.ts";

const NOTHING_TO_WAIT_FOR = Promise.resolve();

/** What a host has only where it is asked for. */
export interface Parts {
  /** What else it may come to have. */
  readonly extras: Extras;
  /** Where everything is kept; undefined when nothing is. */
  readonly store: Store | undefined;
  /** What keeps it there. */
  readonly journal: typeof Journal | undefined;
  readonly recorder: Surroundings["recorder"];
  /** What decides about capsules; undefined when nothing does. */
  readonly policy: Policy | undefined;
  /** What tells what it decides; undefined when nobody wants to know. */
  readonly decisionLog: typeof DecisionLog | undefined;
  /** What makes checkpoints; undefined when nobody signs. */
  readonly signer: Signer | undefined;
}

/**
 * Loads what a host is asked to have.
 *
 * @throws DoterosError `invalid-policy`, `invalid-key`; `unsupported` for what is none of its extras
 */
export async function loadParts({ store = "memory", policy, decisions, signingKey }: HostOptions, platform: Platform, extras: Extras): Promise<Parts> {
  // Loaded while the first capsule is on its way. Whoever loads that one is told when it cannot be had.
  extras.capsules().then(({ loadRewriter }) => loadRewriter()).catch(() => undefined);
  return {
    extras,
    store: store === "memory" ? undefined : store,
    ...(store === "memory" ? { journal: undefined, recorder: undefined } : await extras.journal()),
    policy: policy === undefined ? undefined : await extras.policy(policy, platform),
    decisionLog: decisions === undefined ? undefined : await extras.decisionLog(),
    signer: signingKey === undefined ? undefined : await extras.signer(signingKey),
  };
}

/** Composes a host of its parts. */
export class ComposedHost implements Host {
  readonly #around: Surroundings;
  readonly #extras: Extras;
  readonly #messagesMax: number;
  readonly #modules: ModuleCache | undefined;
  readonly #troubles = new Troubles();
  readonly #provided: Provided[] = [];
  readonly #warn: (message: string) => void;
  /** Where capsules are that are not in the host's own thread. */
  #threads: Threads | undefined;
  readonly #capsules = new Map<string, RunningCapsule>();
  /** The names of capsules that are loaded, or about to be. */
  readonly #names = new Set<string>();
  readonly #usage = new UsageBook();
  readonly #subscribers = new Set<Subscriber>();
  readonly #journal: Journal | undefined;
  readonly #signer: Signer | undefined;
  /** How many policies were set, and which of them is in force. */
  #policies = 0;
  #policyInForce = 0;
  #closing: Promise<void> | undefined;
  /** Why nothing more can happen, when the store failed for good. */
  #failure: DoterosError | undefined;

  constructor({ mailbox, log, decisions, modules, sleep }: HostOptions, platform: Platform, { extras, store, journal, recorder, policy, decisionLog, signer }: Parts) {
    this.#modules = modules;
    this.#extras = extras;
    this.#messagesMax = wholeNumber("mailbox.messagesMax", mailbox?.messagesMax ?? MAILBOX_MESSAGES_MAX);
    this.#signer = signer;
    const report = (error: unknown): void => this.#troubles.add(error);
    const scheduler = new Scheduler(platform);
    const fail = (error: DoterosError): void => this.#fail(error);
    const warn = (this.#warn = (message: string): void => log?.({ capsule: "doteros", level: "warn", context: "", message, index: 0, attempt: 1, outcome: "failed" }));
    this.#journal = store && journal && new journal({ store, platform, scheduler, warn, report, fail });
    const inner = { bus: new InProcessBus(), journal: this.#journal, deadLetters: new WeakSet<Message>() };
    const decided = decisions && decisionLog && new decisionLog({ platform, tell: decisions, report });
    this.#around = {
      ...inner,
      platform,
      recorder,
      post: new Post(inner.bus, this.#journal),
      residences: new Residences(inner),
      scheduler,
      backpressure: new Backpressure(),
      enforcement: extras.enforcement && new extras.enforcement(policy, () => platform.now(), decided),
      dormitory: extras.dormitory && new extras.dormitory(platform, sleep, report),
      copying: extras.copying,
      snapshots: extras.snapshots,
      log,
      report,
    };
  }

  get capsules(): ReadonlyMap<string, Capsule> {
    return this.#capsules;
  }

  get counters(): HostCounters {
    return this.#around.post.counters;
  }

  async load(bytes: Uint8Array, options: LoadOptions = {}): Promise<Capsule> {
    this.#mustBeOpen();
    // The caller's bytes may change meanwhile. What is too long is refused, and needs no copy for that.
    const own = bytes.length > COMPONENT_BYTES_MAX ? bytes : new Uint8Array(bytes);
    const { admit, RunningCapsule } = await this.#extras.capsules();
    const admission = await admit(own, options, { platform: this.#around.platform, rules: this.#extras.rules, cache: this.#modules, provided: this.#provided });
    const away = await this.#awayFor(options.isolation, admission);
    await this.#around.dormitory?.room();
    this.#mustBeOpen();
    const { name } = admission.manifest;
    if (this.#names.has(name)) {
      throw new DoterosError("capsule-loaded", `a capsule named ${name} is loaded already`, { help: "unload it first, or give this one another name in its manifest" });
    }
    this.#names.add(name);
    let capsule: RunningCapsule | undefined;
    try {
      capsule = new RunningCapsule(this.#around, admission, this.#messagesMax, away, this.#forget);
      capsule.mustBeAllowed();
      await capsule.instantiate(options.snapshot);
      this.#mustBeOpen();
    } catch (error) {
      await capsule?.unload();
      this.#forget(name);
      throw error;
    }
    this.#capsules.set(name, capsule);
    capsule.listen();
    return capsule;
  }

  provide(name: string, implementation: Implementation, { operations = {} }: ProvideOptions = {}): void {
    this.#mustBeOpen();
    addProvided(this.#provided, name, implementation, operations);
  }

  /** Where a capsule is to be that is not to be here. @throws DoterosError `usage`, `unsupported` */
  async #awayFor(isolation: Isolation | undefined, admission: Admission): Promise<Away | undefined> {
    if (isolation === undefined || isolation === "none") return undefined;
    const { mustFit, readIsolation, Threads } = await this.#extras.threads();
    const where = readIsolation(isolation, this.#around.platform);
    if (where === undefined) return undefined;
    mustFit(admission);
    const threads = (this.#threads ??= new Threads({ ...this.#around, warn: this.#warn }));
    return (parts) => threads.guest(where, parts);
  }

  publish(subject: string, payload: Uint8Array | string, options: PublishOptions = {}): Promise<void> {
    // No promise of its own for each message: those of a group of transitions wait for the same thing.
    try {
      this.#mustBeOpen();
      const message = makeMessage(subject, payload, options);
      const publication = new Publication();
      const isGiven = this.#isRepeated(options.source) || this.#around.post.send(message, publication);
      const durable = this.#journal?.durable() ?? NOTHING_TO_WAIT_FOR;
      return isGiven && publication.taken ? durable : this.#seeThrough(publication, durable);
    } catch (error) {
      return rejection(error);
    }
  }

  async #seeThrough(publication: Publication, durable: Promise<void>): Promise<void> {
    await durable;
    if (!publication.taken) await publication.finish(() => this.#mustBeOpen());
  }

  subscribe(pattern: string, handler: (message: Message, sequence: number) => unknown, options: SubscribeOptions = {}): Subscription {
    this.#mustBeOpen();
    checkPattern(pattern);
    const messagesMax = wholeNumber("messagesMax", options.messagesMax ?? this.#messagesMax);
    const { full = "block", durable } = options;
    const subscriber = new Subscriber(this.#around, { handler, full, messagesMax, durable });
    const unsubscribe = this.#around.bus.subscribe(pattern, subscriber.mailbox, options.queue);
    this.#subscribers.add(subscriber);
    return {
      pattern,
      get counters() {
        return subscriber.counters;
      },
      unsubscribe: () => {
        unsubscribe();
        subscriber.end();
        this.#subscribers.delete(subscriber);
      },
    };
  }

  async setPolicy(source: PolicySource): Promise<void> {
    this.#mustBeOpen();
    this.#policies += 1;
    const turn = this.#policies;
    const { platform } = this.#around;
    const policy = await this.#extras.policy(source, platform);
    // In a turn of its own: what an attempt under the old one came to is written down before the new one is.
    await new Promise<void>((resolve) => {
      platform.defer(resolve);
    });
    if (this.#threads === undefined) this.#enforce(policy, turn);
    else await this.#threads.between(() => this.#enforce(policy, turn));
  }

  #enforce(policy: Policy, turn: number): void {
    this.#mustBeOpen();
    // One that was set later and was ready sooner stays.
    if (turn < this.#policyInForce) return;
    this.#policyInForce = turn;
    if (this.#around.enforcement !== undefined) this.#around.enforcement.policy = policy;
    for (const capsule of this.#capsules.values()) capsule.policyChanged();
  }

  async idle(): Promise<void> {
    this.#mustBeOpen();
    await this.#around.scheduler.idle();
    this.#troubles.tell();
    this.#mustBeOpen();
  }

  usage(): HostUsage {
    return this.#usage.with([...this.#capsules.values()].map((capsule) => capsule.usage));
  }

  async checkpoint(): Promise<string> {
    this.#mustBeOpen();
    if (this.#journal === undefined) {
      // A door without ledgers says so.
      await this.#extras.journal();
      throw new DoterosError("usage", "there is no ledger to make a checkpoint of", { help: "make the host with a store" });
    }
    if (this.#signer === undefined) throw new DoterosError("usage", "there is no key to sign a checkpoint with", { help: "make the host with a signingKey" });
    return this.#signer(this.#journal, this.#around.platform);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { dormitory, scheduler } = this.#around;
    dormitory?.end();
    scheduler.stop();
    for (const capsule of this.#capsules.values()) capsule.stop();
    this.#threads?.stop();
    await scheduler.idle();
    await this.#threads?.end();
    // What is kept has to be known before the mailboxes are emptied.
    if (this.#failure === undefined) await this.#finish();
    for (const capsule of this.#capsules.values()) capsule.abandon();
    for (const subscriber of this.#subscribers) subscriber.end();
    this.#troubles.tell();
  }

  /** Has everything kept, and signed where there is a key. */
  async #finish(): Promise<void> {
    if (this.#journal === undefined) return;
    await this.#journal.finish();
    await this.#signer?.(this.#journal, this.#around.platform);
  }

  /** Whether a message with that origin was sent before. @throws RangeError */
  #isRepeated(source: PublishOptions["source"]): boolean {
    if (source === undefined || this.#journal === undefined) return false;
    const sequence = wholeNumber("source.sequence", source.sequence);
    if (!this.#journal.isRepeated(source.name, sequence)) return false;
    this.#around.post.counters.repeated += 1;
    return true;
  }

  #fail(error: DoterosError): void {
    this.#failure = error;
    this.#around.scheduler.stop();
    for (const capsule of this.#capsules.values()) capsule.stop();
  }

  readonly #forget = (name: string): void => {
    const capsule = this.#capsules.get(name);
    if (capsule !== undefined) this.#usage.leave(capsule.usage);
    this.#capsules.delete(name);
    this.#names.delete(name);
  };

  #mustBeOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) throw new DoterosError("closed", "the host is closed", { help: "make a new one with createHost()" });
  }
}

/** The promise of a function that threw. */
async function rejection(error: unknown): Promise<never> {
  throw error;
}
