import { Mailbox } from "../bus/mailbox.ts";
import type { Transition } from "../capability/transition.ts";
import type { Receiver, Sender } from "../contract/bus.ts";
import { MAILBOX_OVERFLOW_MESSAGES_MAX } from "../contract/limits.ts";
import type { Message } from "../contract/message.ts";
import type { Batch } from "../contract/store.ts";
import { deadLetter } from "./dead-letter.ts";
import { bugOf, type Failure, failureOf } from "./failure.ts";
import type { Guest } from "./guest.ts";
import { showLines } from "./log.ts";
import { type RetryRule, RetryWait } from "./retry.ts";
import type { Runnable } from "./scheduler.ts";
import type { Surroundings } from "./surroundings.ts";

/** How many messages a capsule handles before the next capsule has its turn. */
const SLICE_MESSAGES = 64;

/**
 * One capsule's loop: mailbox, call, transition, commit, outputs.
 *
 * A message that succeeds at the first attempt, on a store that commits at once, takes the way without a promise: `run`,
 * `#attempt`, `#finish`. Everything else goes through `#persist`, which may take its time, while the capsule takes no
 * other message.
 *
 * Outputs leave when their transition is committed, in order and at once, into mailboxes that take them even when they are
 * full. It is the capsule that then waits, before its next message, until they have room again (see Mailbox), except in a
 * circle (see Backpressure). In a circle the overflow has a bound of its own: past it, a transition that would send more
 * fails.
 */
export class CapsuleLoop implements Runnable, Sender {
  readonly mailbox: Mailbox;
  readonly counters = { messages: 0, transitions: 0, faults: 0, traps: 0, retries: 0, deadLettered: 0, dropped: 0, published: 0, rejected: 0, overflowed: 0, abandoned: 0 };
  queued = false;
  readonly #around: Surroundings;
  readonly #guest: Guest;
  readonly #transition: Transition;
  readonly #retry: RetryRule;
  readonly #wait: RetryWait;
  /** The mailboxes that must have room before the next message. */
  readonly #waitsFor = new Set<Receiver>();
  /** A mailbox that this capsule filled without waiting, up to the bound for that. */
  #overfull: Receiver | undefined;
  readonly #batch: { -readonly [key in keyof Batch]: Batch[key] };
  #persisting = false;
  #stopped = false;
  #drained: (() => void)[] = [];

  constructor(around: Surroundings, guest: Guest, transition: Transition, retry: RetryRule, messagesMax: number) {
    this.#around = around;
    this.#guest = guest;
    this.#transition = transition;
    this.#retry = retry;
    this.#wait = new RetryWait(around.platform);
    this.#batch = { capsule: transition.identity.name, index: transition.view.index, writes: transition.writes };
    this.mailbox = new Mailbox(messagesMax, "block", () => around.scheduler.wake(this));
    around.backpressure.join(this.mailbox, this.#waitsFor);
  }

  run(until: number): boolean {
    for (let left = SLICE_MESSAGES; left > 0 && !this.#resting; left -= 1) {
      const message = this.mailbox.take();
      if (message === undefined) break;
      this.counters.messages += 1;
      this.#batch.index += 1;
      const outcome = this.#guest.ready ? this.#attempt(message, 1) : this.#renewAndAttempt(message, 1);
      if (outcome === undefined) this.#finish();
      else void this.#persist(message, outcome);
      if (this.#guest.calledAt > until) break;
    }
    if (this.mailbox.size > 0) return !this.#resting;
    this.#tellDrained();
    return false;
  }

  full(receiver: Receiver): void {
    if (this.#waitsFor.has(receiver)) return;
    if (!this.#around.backpressure.wouldCircle(this.mailbox, receiver)) {
      this.#waitsFor.add(receiver);
      return;
    }
    this.counters.overflowed += 1;
    if (receiver.excess >= MAILBOX_OVERFLOW_MESSAGES_MAX) this.#overfull = receiver;
  }

  rejected(): void {
    this.counters.rejected += 1;
  }

  /** Resolves when no message waits and none is in hand, or the loop was stopped. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      if (this.mailbox.size === 0) this.#tellDrained();
    });
  }

  /** Takes no more messages, and gives up waiting to try one again. */
  stop(): void {
    this.#stopped = true;
    this.#wait.end();
    this.#tellDrained();
  }

  /** Counts what a stopped loop leaves behind. */
  abandon(): void {
    this.counters.abandoned += this.mailbox.clear();
  }

  get #resting(): boolean {
    return this.#persisting || this.#stopped || this.#waitsFor.size > 0;
  }

  /** Calls the capsule and commits. Answers undefined when all went well at once, else what came or will come of it. */
  #attempt(message: Message, attempt: number): Failure | undefined | Promise<Failure | undefined> {
    this.#transition.begin(this.#batch.index, attempt);
    const failure = this.#guest.call(message) ?? this.#overflow();
    this.#transition.end();
    return failure === undefined ? this.#commit() : this.#undo(failure);
  }

  async #renewAndAttempt(message: Message, attempt: number): Promise<Failure | undefined> {
    try {
      await this.#guest.renew();
    } catch (error) {
      return this.#undo(failureOf(error));
    }
    return this.#attempt(message, attempt);
  }

  #commit(): Failure | undefined | Promise<Failure | undefined> {
    const failed = (error: unknown): Failure => this.#undo(bugOf("the store", error));
    try {
      return this.#around.store.commit(this.#batch)?.then(() => undefined, failed);
    } catch (error) {
      return failed(error);
    }
  }

  /** Counts a failed attempt and forgets what it wrote and sent. */
  #undo(failure: Failure): Failure {
    if (failure.code === "capsule-fault") this.counters.faults += 1;
    else if (failure.code === "trap") this.counters.traps += 1;
    if (failure.bug !== undefined) this.#around.report(failure.bug);
    this.#transition.clear();
    showLines(this.#transition, "failed", this.#around);
    return failure;
  }

  /** Why the capsule may not send more, when it overfilled the mailbox of another that waits for it. */
  #overflow(): Failure | undefined {
    if (this.#overfull === undefined || this.#transition.outputs.length === 0) return undefined;
    if (this.#overfull.excess >= MAILBOX_OVERFLOW_MESSAGES_MAX) {
      const reason = `it sends to a capsule that sends to it, and ${MAILBOX_OVERFLOW_MESSAGES_MAX} messages too many are on the way`;
      return { code: "mailbox-full", reason, bug: undefined };
    }
    this.#overfull = undefined;
    return undefined;
  }

  /** What was written is committed: what was sent leaves. */
  #finish(): void {
    const { outputs, lines } = this.#transition;
    this.counters.transitions += 1;
    if (outputs.length > 0) {
      for (const message of outputs) this.#around.bus.publish(message, this);
      this.counters.published += outputs.length;
      if (this.#waitsFor.size > 0) this.#awaitRoom();
    }
    this.#transition.clear();
    if (lines.length > 0) showLines(this.#transition, "committed", this.#around);
  }

  #awaitRoom(): void {
    for (const receiver of this.#waitsFor) {
      receiver.whenRoom(() => {
        this.#waitsFor.delete(receiver);
        if (!this.#resting) this.#around.scheduler.wake(this);
      });
    }
  }

  /** Sees a message through whose first attempt did not succeed at once. */
  async #persist(message: Message, first: Failure | Promise<Failure | undefined>): Promise<void> {
    this.#persisting = true;
    this.#around.scheduler.hold();
    let attempt = 1;
    let failure = await first;
    while (failure !== undefined && failure.code !== "mailbox-full" && attempt < this.#retry.attempts) {
      attempt += 1;
      if (!(await this.#wait.over(this.#retry.backoffMilliseconds)) || this.#stopped) break;
      this.counters.retries += 1;
      failure = await (this.#guest.ready ? this.#attempt(message, attempt) : this.#renewAndAttempt(message, attempt));
    }
    if (failure === undefined) this.#finish();
    else if (this.#stopped) this.counters.abandoned += 1;
    else await this.#giveUp(message, attempt, failure);
    this.#persisting = false;
    if (this.mailbox.size === 0) this.#tellDrained();
    else if (!this.#resting) this.#around.scheduler.wake(this);
    this.#around.scheduler.release();
  }

  /** Dead-letters a message. Its index is used up: the store learns of it before the letter leaves. */
  async #giveUp(message: Message, attempts: number, failure: Failure): Promise<void> {
    const { deadLetters, bus } = this.#around;
    const { capsule, index } = this.#batch;
    await this.#commit();
    if (deadLetters.has(message)) {
      this.counters.dropped += 1;
      const text = `dropped the dead letter ${message.subject}, attempts ${attempts}: ${failure.code}: ${failure.reason}`;
      this.#transition.lines.push({ level: "error", context: "doteros", message: text });
      showLines(this.#transition, "failed", this.#around);
      return;
    }
    const letter = deadLetter(capsule, index, message, attempts, failure);
    deadLetters.add(letter);
    this.counters.deadLettered += 1;
    bus.publish(letter, this);
    if (this.#waitsFor.size > 0) this.#awaitRoom();
  }

  #tellDrained(): void {
    if (this.#persisting && !this.#stopped) return;
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}
