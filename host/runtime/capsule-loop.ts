import type { Mailbox } from "../bus/mailbox.ts";
import type { RateGuard } from "../capability/rate-guard.ts";
import type { Transition } from "../capability/transition.ts";
import type { Message } from "../contract/message.ts";
import type { WorkingState } from "../store/working-state.ts";
import { attemptAnew, attemptAt } from "./attempt.ts";
import type { Breaker } from "./breaker.ts";
import type { CapsuleRecorder } from "./capsule-recorder.ts";
import { deadLetter } from "./dead-letter.ts";
import { Downstream } from "./downstream.ts";
import type { Engine, LoopCounters, Traffic } from "./engine.ts";
import type { Failure } from "./failure.ts";
import type { FuelBudget } from "./fuel-budget.ts";
import { Guest } from "./guest.ts";
import { showLines } from "./log.ts";
import { type RetryRule, RetryWait } from "./retry.ts";
import type { Runnable } from "./scheduler.ts";
import type { Surroundings } from "./surroundings.ts";
import type { AwayGuest } from "./thread/away-guest.ts";
import type { Terms } from "./thread/batch.ts";
import type { Outcomes } from "./thread/outcomes.ts";

/** How many messages a capsule handles before the next capsule has its turn, */
const SLICE_MESSAGES = 64;
/** and what it may use for them, in units of fuel: about a millisecond. One that used more misses turns until that is made up for. */
const SLICE_FUEL = 1_000_000;

const NOTHING_TO_WAIT_FOR = Promise.resolve();

/** Failures of a capsule that used up what it had. */
const EXHAUSTIONS: ReadonlySet<string> = new Set(["fuel-exhausted", "stack-exhausted", "memory-exhausted"]);

/**
 * One capsule's loop: mailbox, call, transition, outputs.
 *
 * A message that succeeds at the first attempt takes the way without a promise: `run`, `#attempt`, `#finish`. Everything
 * else goes through `#persist`, which may take its time, while the capsule takes no other message.
 *
 * The loop runs ahead of what is durable: what a transition wrote is there for the next one at once, and is written down
 * (see CapsuleRecorder) to be committed with what else happens. What it sent goes to other capsules at once and leaves the
 * host when it is durable (see Post), in order, into mailboxes that take it even when they are full (see Downstream).
 */
export class CapsuleLoop implements Runnable {
  readonly mailbox: Mailbox;
  readonly counters: LoopCounters;
  /** What counters do not tell of what it used. */
  readonly traffic: Traffic;
  queued = false;
  readonly #around: Surroundings;
  /** What it calls, unless that is in another thread. */
  readonly #guest: Guest | undefined;
  readonly #away: AwayGuest | undefined;
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
  readonly #downstream: Downstream;
  #persisting = false;
  #stopped = false;
  #drained: (() => void)[] = [];
  /** Those who wait until no message is in hand. */
  readonly #atRest: (() => void)[] = [];

  constructor(around: Surroundings, { guest, transition, state, retry, mailbox, recorder, rates, breaker, budget, counters, traffic }: Engine) {
    this.counters = counters;
    this.traffic = traffic;
    this.#around = around;
    this.#guest = guest instanceof Guest ? guest : undefined;
    this.#away = guest instanceof Guest ? undefined : guest;
    this.#away?.serve({ attempted: this.#attempted, goOn: this.#goOn });
    this.#transition = transition;
    this.#state = state;
    this.#retry = retry;
    this.#recorder = recorder;
    this.#rates = rates;
    this.#breaker = breaker?.(() => this.#wake());
    this.#budget = budget?.(() => this.#wake());
    this.#wait = new RetryWait(around.platform);
    this.mailbox = mailbox;
    this.#downstream = new Downstream(around.backpressure, mailbox, this.counters, this.#wake);
  }

  run(until: number): boolean {
    if (this.#away !== undefined) return this.#send(this.#away);
    const guest = this.#guest as Guest;
    // Alone it has not to make up for anything.
    this.#credit = this.#around.scheduler.isBusy ? Math.min(SLICE_FUEL, this.#credit + SLICE_FUEL) : SLICE_FUEL;
    for (let left = SLICE_MESSAGES; left > 0 && this.#credit > 0 && !this.#resting; left -= 1) {
      if (this.#recorder?.isCrowded(this.#wake) === true) return false;
      const message = this.mailbox.take();
      if (message === undefined) break;
      this.counters.messages += 1;
      this.traffic.receivedBytes += message.payload.length;
      this.#transition.index += 1;
      const outcome = guest.ready ? this.#attempt(guest, message, 1) : this.#renewAndAttempt(guest, message, 1);
      if (outcome === undefined) this.#finish(message, this.mailbox.sequence);
      else void this.#persist(message, this.mailbox.sequence, outcome);
      if (guest.calledAt > until) break;
    }
    if (this.mailbox.size > 0) {
      this.#keepWaiting();
      return !this.#resting;
    }
    this.#tellDrained();
    return false;
  }

  /** Resolves when no message waits and none is in hand, or the loop was stopped. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      if (this.mailbox.size === 0) this.#tellDrained();
    });
  }

  /** Whether there is nothing to do, nothing to wait for, and nothing to remember but what the state, the instance and the record hold. */
  get isIdle(): boolean {
    return !this.#resting && this.mailbox.size === 0 && !this.queued;
  }

  /** Resolves when no message is in hand. */
  atRest(): Promise<void> {
    if (!this.#persisting) return NOTHING_TO_WAIT_FOR;
    return new Promise((resolve) => {
      this.#atRest.push(resolve);
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
    return this.#persisting || this.#stopped || this.#downstream.isFull || this.#breaker?.isOpen === true || this.#budget?.isSpent === true;
  }

  readonly #wake = (): void => {
    if (!this.#resting) this.#around.scheduler.wake(this);
    else if (this.mailbox.size > 0) this.#keepWaiting();
  };

  #keepWaiting(): void {
    this.#breaker?.keepWaiting();
    this.#budget?.keepWaiting();
  }

  /** At once, and not when the scheduler comes by: the other thread has nothing to do meanwhile. */
  readonly #goOn = (): void => {
    if (this.#away !== undefined && !this.#stopped) this.#send(this.#away);
  };

  /** Sends what waits to where the capsule is. */
  #send(away: AwayGuest): boolean {
    while (!this.#resting && this.mailbox.size > 0 && this.#recorder?.isCrowded(this.#wake) !== true) {
      if (!away.send(this.mailbox, this.#terms(1))) break;
    }
    if (this.mailbox.size > 0) this.#keepWaiting();
    else this.#tellDrained();
    return false;
  }

  #terms(attempt: number): Terms {
    return { index: this.#transition.index, attempt, veto: this.#downstream.overflow()?.reason, fuel: this.#budget && Math.max(0, Math.floor(this.#budget.left)) };
  }

  /** Messages were tried where the capsule is: the oldest ones of the mailbox. */
  readonly #attempted = (outcomes: Outcomes): void => {
    while (outcomes.more) {
      const message = this.mailbox.take();
      if (message === undefined) return;
      this.counters.messages += 1;
      this.traffic.receivedBytes += message.payload.length;
      this.#transition.begin(this.#transition.index + 1, 1);
      const failure = this.#settle(outcomes.next());
      if (failure === undefined) this.#finish(message, this.mailbox.sequence);
      else void this.#persist(message, this.mailbox.sequence, failure);
    }
  };

  async #attemptAgain(message: Message, attempt: number): Promise<Failure | undefined> {
    if (this.#guest !== undefined) return this.#guest.ready ? this.#attempt(this.#guest, message, attempt) : this.#renewAndAttempt(this.#guest, message, attempt);
    const outcomes = await (this.#away as AwayGuest).attempt(message, this.#terms(attempt));
    this.#transition.begin(this.#transition.index, attempt);
    return this.#settle(outcomes.next());
  }

  /** Calls the capsule. Answers why that failed, or undefined when it did not. */
  #attempt(guest: Guest, message: Message, attempt: number): Failure | undefined {
    return this.#settle(attemptAt(guest, this.#transition, message, attempt, this.#downstream));
  }

  async #renewAndAttempt(guest: Guest, message: Message, attempt: number): Promise<Failure | undefined> {
    return this.#settle(await attemptAnew(guest, this.#transition, message, attempt, this.#downstream));
  }


  /** The attempt is over: what it took counts, and what failed is undone. */
  #settle(failure: Failure | undefined): Failure | undefined {
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
        this.#around.post.send(output, this.#downstream);
      }
      this.counters.published += outputs.length;
      this.#downstream.sent();
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
      failure = await this.#attemptAgain(message, attempt);
    }
    if (failure === undefined) this.#finish(message, sequence);
    else if (this.#stopped) this.counters.abandoned += 1;
    else this.#giveUp(message, sequence, attempt, failure);
    this.#persisting = false;
    for (const resolve of this.#atRest.splice(0)) resolve();
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
    post.send(letter, this.#downstream);
    this.#downstream.sent();
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
