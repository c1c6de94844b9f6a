import { InProcessBus } from "./bus/in-process.ts";
import { checkPattern } from "./bus/subject.ts";
import { DoterosError } from "./contract/error.ts";
import type {
  Capsule,
  Host,
  HostCounters,
  HostOptions,
  LoadOptions,
  PublishOptions,
  SubscribeOptions,
  Subscription,
} from "./contract/host.ts";
import { MAILBOX_MESSAGES_MAX } from "./contract/limits.ts";
import type { Message } from "./contract/message.ts";
import type { Platform } from "./contract/platform.ts";
import { admit } from "./runtime/admission.ts";
import { Backpressure } from "./runtime/backpressure.ts";
import { RunningCapsule } from "./runtime/capsule.ts";
import { CountedBus } from "./runtime/counted-bus.ts";
import { makeMessage } from "./runtime/make-message.ts";
import { Publication } from "./runtime/publication.ts";
import { Scheduler } from "./runtime/scheduler.ts";
import { Subscriber } from "./runtime/subscriber.ts";
import type { Surroundings } from "./runtime/surroundings.ts";
import { Troubles } from "./runtime/troubles.ts";
import { MemoryStore } from "./store/memory.ts";

/** Composes a host of its parts. */
export class ComposedHost implements Host {
  readonly #around: Surroundings;
  readonly #messagesMax: number;
  readonly #troubles = new Troubles();
  readonly #capsules = new Map<string, RunningCapsule>();
  /** The names of capsules that are loaded, or about to be. */
  readonly #names = new Set<string>();
  readonly #subscribers = new Set<Subscriber>();
  readonly #closeStore: () => void | Promise<void>;
  #closing: Promise<void> | undefined;

  constructor({ store = "memory", mailbox, log }: HostOptions, platform: Platform) {
    const kept = store === "memory" ? new MemoryStore() : store;
    this.#messagesMax = positive("mailbox.messagesMax", mailbox?.messagesMax ?? MAILBOX_MESSAGES_MAX);
    // A store that was given belongs to whoever gave it.
    this.#closeStore = store === "memory" ? () => kept.close() : () => undefined;
    this.#around = {
      platform,
      store: kept,
      bus: new CountedBus(new InProcessBus()),
      scheduler: new Scheduler(platform),
      backpressure: new Backpressure(),
      deadLetters: new WeakSet(),
      log,
      report: (error) => this.#troubles.add(error),
    };
  }

  get capsules(): ReadonlyMap<string, Capsule> {
    return this.#capsules;
  }

  get counters(): HostCounters {
    return this.#around.bus.counters;
  }

  async load(bytes: Uint8Array, options: LoadOptions = {}): Promise<Capsule> {
    this.#mustBeOpen();
    const admission = await admit(bytes, options);
    this.#mustBeOpen();
    const { name } = admission.manifest;
    if (this.#names.has(name)) {
      throw new DoterosError("capsule-loaded", `a capsule named ${name} is loaded already`, { help: "unload it first, or give this one another name in its manifest" });
    }
    this.#names.add(name);
    const capsule = new RunningCapsule(this.#around, admission, this.#messagesMax, () => this.#forget(name));
    try {
      await capsule.instantiate();
      this.#mustBeOpen();
    } catch (error) {
      await capsule.unload();
      throw error;
    }
    this.#capsules.set(name, capsule);
    capsule.listen();
    return capsule;
  }

  async publish(subject: string, payload: Uint8Array | string, options: PublishOptions = {}): Promise<void> {
    this.#mustBeOpen();
    const publication = new Publication();
    this.#around.bus.publish(makeMessage(subject, payload, options), publication);
    if (!publication.taken) await publication.finish(() => this.#mustBeOpen());
  }

  subscribe(pattern: string, handler: (message: Message) => void, options: SubscribeOptions = {}): Subscription {
    this.#mustBeOpen();
    checkPattern(pattern);
    const messagesMax = positive("messagesMax", options.messagesMax ?? this.#messagesMax);
    const subscriber = new Subscriber(this.#around, handler, options.full ?? "block", messagesMax);
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

  async idle(): Promise<void> {
    this.#mustBeOpen();
    await this.#around.scheduler.idle();
    this.#troubles.tell();
    this.#mustBeOpen();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { scheduler } = this.#around;
    scheduler.stop();
    for (const { loop } of this.#capsules.values()) loop.stop();
    await scheduler.idle();
    for (const { loop } of this.#capsules.values()) loop.abandon();
    for (const subscriber of this.#subscribers) subscriber.end();
    await this.#closeStore();
    this.#troubles.tell();
  }

  #forget(name: string): void {
    this.#capsules.delete(name);
    this.#names.delete(name);
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new DoterosError("closed", "the host is closed", { help: "make a new one with createHost()" });
  }
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} must be a whole number of at least 1, not ${value}`);
}
