import type { Mailbox } from "../bus/mailbox.ts";
import type { RateGuard } from "../capability/rate-guard.ts";
import type { Transition } from "../capability/transition.ts";
import type { Receiver, Sender } from "../contract/bus.ts";
import { MAILBOX_OVERFLOW_MESSAGES_MAX } from "../contract/limits.ts";
import type { BreakerRule } from "../contract/manifest.ts";
import type { Message } from "../contract/message.ts";
import type { WorkingState } from "../store/working-state.ts";
import { Breaker } from "./breaker.ts";
import type { CapsuleRecorder } from "./capsule-recorder.ts";
import { deadLetter } from "./dead-letter.ts";
import { type Failure, failureOf } from "./failure.ts";
import { FuelBudget } from "./fuel-budget.ts";
import type { Guest } from "./guest.ts";
import { showLines } from "./log.ts";
import { type RetryRule, RetryWait } from "./retry.ts";
import type { Runnable } from "./scheduler.ts";
import type { Surroundings } from "./surroundings.ts";

/** How many messages a capsule handles before the next capsule has its turn, */
const SLICE_MESSAGES = 64;
/** and what it may use for them, in units of fuel: about a millisecond. One that used more misses turns until that is made up for. */
const SLICE_FUEL = 1_000_000;

/** Failures of a capsule that used up what it had. */
const EXHAUSTIONS: ReadonlySet<string> = new Set(["fuel-exhausted", "stack-exhausted", "memory-exhausted"]);

/** What a loop turns around. */
export interface Engine {
  readonly guest: Guest;
  readonly transition: Transition;
  readonly state: WorkingState;
  readonly retry: RetryRule;
  readonly mailbox: Mailbox;
  /** Writes down what happens, where that is kept. */
  readonly recorder: CapsuleRecorder | undefined;
  /** Counts what is sent, where that has a limit. */
  readonly rates: RateGuard | undefined;
  /** When a capsule that keeps failing is left alone; undefined for never. */
  readonly breaker: BreakerRule | undefined;
}

/**
 * One capsule's loop: mailbox, call, transition, outputs.
 *
 * A message that succeeds at the first attempt takes the way without a promise: `run`, `#attempt`, `#finish`. Everything
 * else goes through `#persist`, which may take its time, while the capsule takes no other message.
 *
 * The loop runs ahead of what is durable: what a transition wrote is there for the next one at once, and is written down
 * (see CapsuleRecorder) to be committed with what else happens. What it sent goes to other capsules at once and leaves the
 * host when it is durable (see Post), in order, into mailboxes that take it even when they are full. It is the capsule that
 * then waits, before its next message, until they have room again (see Mailbox), except in a circle (see Backpressure). In
 * a circle the overflow has a bound of its own: past it, a transition that would send more fails.
 */
export class CapsuleLoop implements Runnable, Sender {
  readonly mailbox: Mailbox;
  readonly counters = { messages: 0, transitions: 0, faults: 0, traps: 0, exhausted: 0, retries: 0, deadLettered: 0, dropped: 0, published: 0, rejected: 0, overflowed: 0, abandoned: 0, denied: 0, limited: 0, tripped: 0, fuel: 0 };
  /** What counters do not tell of what it used. */
  readonly traffic = { failures: 0, receivedBytes: 0, publishedBytes: 0 };
  queued = false;
  readonly #around: Surroundings;
  readonly #guest: Guest;
  readonly #transition: Transition;
  readonly #state: WorkingState;
  readonly #retry: RetryRule;
  readonly #recorder: CapsuleRecorder | undefined;
  readonly #rates: RateGuard | undefined;
  readonly #breaker: Breaker | undefined;
  readonly #budget: FuelBudget | undefined;
  /** What it may use until others have had their turn, in units of fuel. */
  #credit = 0;
  readonly #wait: RetryWait;
  /** The mailboxes that must have room before the next message. */
  readonly #waitsFor = new Set<Receiver>();
  /** Those of them that do not know it yet. */
  #unasked: Receiver[] = [];
  /** A mailbox that this capsule filled without waiting, up to the bound for that. */
  #overfull: Receiver | undefined;
  #persisting = false;
  #stopped = false;
  #drained: (() => void)[] = [];

  constructor(around: Surroundings, { guest, transition, state, retry, mailbox, recorder, rates, breaker }: Engine) {
    this.#around = around;
    this.#guest = guest;
    this.#transition = transition;
    this.#state = state;
    this.#retry = retry;
    this.#recorder = recorder;
    this.#rates = rates;
    this.#breaker = breaker && new Breaker(breaker, around.platform, around.scheduler, () => this.#wake());
    const { fuelPerSecond } = transition.limits;
    this.#budget = fuelPerSecond === 0 ? undefined : new FuelBudget(fuelPerSecond, around.platform, around.scheduler, () => this.#wake());
    this.#wait = new RetryWait(around.platform);
    this.mailbox = mailbox;
    around.backpressure.join(this.mailbox, this.#waitsFor);
  }

  run(until: number): boolean {
    // Alone it has not to make up for anything.
    this.#credit = this.#around.scheduler.isBusy ? Math.min(SLICE_FUEL, this.#credit + SLICE_FUEL) : SLICE_FUEL;
    for (let left = SLICE_MESSAGES; left > 0 && this.#credit > 0 && !this.#resting; left -= 1) {
      if (this.#recorder?.isCrowded(this.#wake) === true) return false;
      const message = this.mailbox.take();
      if (message === undefined) break;
      this.counters.messages += 1;
      this.traffic.receivedBytes += message.payload.length;
      this.#transition.index += 1;
      const outcome = this.#guest.ready ? this.#attempt(message, 1) : this.#renewAndAttempt(message, 1);
      if (outcome === undefined) this.#finish(message, this.mailbox.sequence);
      else void this.#persist(message, this.mailbox.sequence, outcome);
      if (this.#guest.calledAt > until) break;
    }
    if (this.mailbox.size > 0) {
      this.#keepWaiting();
      return !this.#resting;
    }
    this.#tellDrained();
    return false;
  }

  full(receiver: Receiver): void {
    if (this.#waitsFor.has(receiver)) return;
    if (!this.#around.backpressure.wouldCircle(this.mailbox, receiver)) {
      this.#waitsFor.add(receiver);
      this.#unasked.push(receiver);
      return;
    }
    this.counters.overflowed += 1;
    if (receiver.excess >= MAILBOX_OVERFLOW_MESSAGES_MAX) this.#overfull = receiver;
  }

  rejected(): void {
    this.counters.rejected += 1;
  }

  sent(): void {
    const unasked = this.#unasked;
    if (unasked.length === 0) return;
    this.#unasked = [];
    for (const receiver of unasked) {
      receiver.whenRoom(() => {
        this.#waitsFor.delete(receiver);
        this.#wake();
      });
    }
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
    this.#breaker?.end();
    this.#budget?.end();
    this.#tellDrained();
  }

  /** Counts what a stopped loop leaves behind. */
  abandon(): void {
    this.counters.abandoned += this.mailbox.clear();
  }

  get #resting(): boolean {
    return this.#persisting || this.#stopped || this.#waitsFor.size > 0 || this.#breaker?.isOpen === true || this.#budget?.isSpent === true;
  }

  readonly #wake = (): void => {
    if (!this.#resting) this.#around.scheduler.wake(this);
    else if (this.mailbox.size > 0) this.#keepWaiting();
  };

  #keepWaiting(): void {
    this.#breaker?.keepWaiting();
    this.#budget?.keepWaiting();
  }

  /** Calls the capsule. Answers why that failed, or undefined when it did not. */
  #attempt(message: Message, attempt: number): Failure | undefined {
    this.#transition.begin(this.#transition.index, attempt);
    const failure = this.#guest.call(message) ?? this.#overflow();
    this.#transition.end();
    this.counters.denied = this.#transition.denied;
    this.#used(this.#transition.fuel);
    if (this.#rates !== undefined) this.counters.limited = this.#rates.limited;
    return failure === undefined ? undefined : this.#undo(failure);
  }

  #used(fuel: number): void {
    this.counters.fuel += fuel;
    this.#credit -= fuel;
    this.#budget?.spend(fuel);
  }

  async #renewAndAttempt(message: Message, attempt: number): Promise<Failure | undefined> {
    try {
      await this.#guest.renew();
    } catch (error) {
      this.#transition.begin(this.#transition.index, attempt);
      this.#transition.end();
      this.#guest.payForNone();
      this.#used(this.#transition.fuel);
      return this.#undo(failureOf(error));
    }
    return this.#attempt(message, attempt);
  }

  /** Counts a failed attempt and forgets what it wrote and sent. */
  #undo(failure: Failure): Failure {
    this.traffic.failures += 1;
    if (failure.code === "capsule-fault") this.counters.faults += 1;
    else if (failure.code === "trap") this.counters.traps += 1;
    else if (EXHAUSTIONS.has(failure.code)) this.counters.exhausted += 1;
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

  /** The message is handled: what was written is the state, and what was sent is on its way. */
  #finish(message: Message, sequence: number): void {
    const { outputs, lines } = this.#transition;
    this.counters.transitions += 1;
    this.#state.apply(this.#transition.writes);
    this.#recorder?.transition(message, sequence);
    if (this.#breaker?.succeeded() === true) this.#say("info", "the breaker is closed again: the message that was tried was handled");
    if (outputs.length > 0) {
      this.#rates?.sent(outputs);
      for (const output of outputs) {
        this.traffic.publishedBytes += output.payload.length;
        this.#around.post.send(output, this);
      }
      this.counters.published += outputs.length;
      this.sent();
    }
    this.#transition.clear();
    if (lines.length > 0) showLines(this.#transition, "committed", this.#around);
  }

  /** Sees a message through whose first attempt did not succeed at once. */
  async #persist(message: Message, sequence: number, first: Failure | Promise<Failure | undefined>): Promise<void> {
    this.#persisting = true;
    this.#around.scheduler.hold();
    this.#recorder?.hold(message, sequence);
    let attempt = 1;
    let failure = await first;
    while (failure !== undefined && failure.code !== "mailbox-full" && attempt < this.#retry.attempts) {
      this.#recorder?.failure(message, sequence, failure, false, undefined);
      attempt += 1;
      if (!(await this.#wait.over(this.#retry.backoffMilliseconds)) || this.#stopped) break;
      this.counters.retries += 1;
      failure = await (this.#guest.ready ? this.#attempt(message, attempt) : this.#renewAndAttempt(message, attempt));
    }
    if (failure === undefined) this.#finish(message, sequence);
    else if (this.#stopped) this.counters.abandoned += 1;
    else this.#giveUp(message, sequence, attempt, failure);
    this.#persisting = false;
    if (this.mailbox.size === 0) this.#tellDrained();
    else this.#wake();
    this.#around.scheduler.release();
  }

  /** Dead-letters a message. Its index is used up. */
  #giveUp(message: Message, sequence: number, attempts: number, failure: Failure): void {
    const { deadLetters, post } = this.#around;
    const { identity, index } = this.#transition;
    this.#countFailure();
    if (deadLetters.has(message)) {
      this.counters.dropped += 1;
      this.#say("error", `dropped the dead letter ${message.subject}, attempts ${attempts}: ${failure.code}: ${failure.reason}`);
      this.#recorder?.failure(message, sequence, failure, true, undefined);
      showLines(this.#transition, "failed", this.#around);
      return;
    }
    const letter = deadLetter(identity.name, index, message, attempts, failure);
    deadLetters.add(letter);
    this.counters.deadLettered += 1;
    this.#recorder?.failure(message, sequence, failure, true, letter);
    post.send(letter, this);
    this.sent();
    showLines(this.#transition, "failed", this.#around);
  }

  #countFailure(): void {
    const why = this.#breaker?.failed();
    if (why === undefined) return;
    this.counters.tripped += 1;
    this.#say("warn", `the breaker is open: ${why}. Messages wait before the next one is tried`);
  }

  /** Adds a line of the host's own to those of the capsule. */
  #say(level: "info" | "warn" | "error", message: string): void {
    this.#transition.lines.push({ level, context: "doteros", message });
  }

  #tellDrained(): void {
    if (this.#persisting && !this.#stopped) return;
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}
