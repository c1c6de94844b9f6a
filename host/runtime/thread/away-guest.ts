import type { Mailbox } from "../../bus/mailbox.ts";
import type { RateGuard } from "../../capability/rate-guard.ts";
import type { Transition } from "../../capability/transition.ts";
import { DoterosError } from "../../contract/error.ts";
import type { Message } from "../../contract/message.ts";
import { CborWriter } from "../../ledger/cbor-writer.ts";
import type { WorkingState } from "../../store/working-state.ts";
import type { Admission } from "../admission.ts";
import type { Failure } from "../failure.ts";
import { type Terms, writeBatch } from "./batch.ts";
import type { Errand, Inhabitant } from "./errand.ts";
import type { Arrival, LoadOrder } from "./order.ts";
import { LostOutcome, type Outcomes, ReturnedOutcomes } from "./outcomes.ts";
import { packState } from "./state-pack.ts";
import type { Thread } from "./thread.ts";

/** What a guest in another thread is made of. */
export interface AwayGuestParts {
  readonly thread: Thread;
  readonly key: number;
  readonly admission: Admission;
  /** What became of its transitions is in it, one after the other. */
  readonly transition: Transition;
  /** Its state, as the host knows it. */
  readonly state: WorkingState;
  readonly rates: RateGuard | undefined;
  /** Which instance was the last one, 0 for none. */
  readonly instance: number;
  readonly silenceMilliseconds: number;
}

/** Who sends messages away. */
export interface Correspondent {
  /** First attempts came to something: those at the messages of the mailbox, from the oldest on. */
  attempted(outcomes: Outcomes): void;
  /** More may be sent. */
  goOn(): void;
}

/** An attempt at one message again, which someone waits for. */
interface Again {
  readonly message: Message;
  readonly terms: Terms;
  readonly resolve: (outcomes: Outcomes) => void;
}

/** How often a capsule is started, when threads are lost meanwhile. */
const STARTS_MAX = 3;
const STOPPED: Failure = { code: "closed", reason: "the host is closed", bug: undefined };

/**
 * A capsule whose instance is in another thread: the near end of it. Messages stay in their mailbox until it is known what
 * came of them. So whatever happens to the thread, they are there, and none is handled twice.
 */
export class AwayGuest implements Inhabitant {
  readonly key: number;
  readonly silenceMilliseconds: number;
  instance: number;
  nanoseconds = 0;
  /** The memories of its instance, in bytes. */
  memoryBytes = 0;
  readonly #parts: AwayGuestParts;
  readonly #out = new CborWriter();
  #correspondent: Correspondent | undefined;
  #entering: { resolve: () => void; reject: (error: Error) => void } | undefined;
  /** How often a thread was lost meanwhile. */
  #failedStarts = 0;
  /** Why it could not be started in a new thread. */
  #refusal: Failure | undefined;
  /** How many messages of the mailbox, from the oldest on, are on their way, and in how many batches. */
  #underWay = 0;
  #batches = 0;
  /** Whether a batch ended before its end: those behind it come back as they are. */
  #isHalted = false;
  /** How many of the oldest messages may be what a thread was lost by. */
  #suspects = 0;
  /** Whether the oldest message was, and is being seen through or given up. */
  #isBlamed = false;
  #again: Again | undefined;
  /** Whether that is on its way. */
  #isSent = false;

  constructor(parts: AwayGuestParts) {
    this.#parts = parts;
    this.key = parts.key;
    this.instance = parts.instance;
    this.silenceMilliseconds = parts.silenceMilliseconds;
  }

  get fuelPerMessage(): number {
    return this.#parts.admission.limits.fuelPerMessage;
  }

  /** Says who sends. */
  serve(correspondent: Correspondent): void {
    this.#correspondent = correspondent;
  }

  /** Has it started in its thread. @throws DoterosError what starting it throws; `thread-lost`, `thread-silent` */
  async renew(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#entering = { resolve, reject };
      this.#parts.thread.enter(this);
    });
  }

  /** It is no more. */
  async leave(): Promise<void> {
    await this.#parts.thread.leave(this);
  }

  /** What a new thread has to know. */
  order(): LoadOrder {
    const { admission, transition, state, rates } = this.#parts;
    const { bytes: component, modules, digest, manifest, limits, config, outside } = admission;
    const { index, latest: time } = transition;
    const { instance, key } = this;
    return { kind: "load", key, component, modules, digest, manifest, limits, config: [...config], outside: outside?.rights, index, time, instance, levels: rates?.levels, version: state.version, state: packState(state) };
  }

  /** It was started in a thread, or could not be. */
  arrived({ instance, lines, failure }: Arrival): void {
    this.#parts.transition.lines.push(...lines);
    const entering = this.#entering;
    this.#entering = undefined;
    if (failure === undefined) {
      // Later ones count with their first outcome: of those that nothing came from nobody knows.
      if (entering !== undefined) this.instance = instance;
      this.#refusal = undefined;
      entering?.resolve();
      return;
    }
    const { code, message, help } = failure;
    this.#refusal = { code, reason: message, bug: undefined };
    entering?.reject(new DoterosError(code, message, help === undefined ? {} : { help }));
  }

  /**
   * Sends messages of the mailbox, from the oldest that was not sent on. The first of those in the mailbox is the next
   * transition after `terms.index`. Answers whether it did.
   */
  send(mailbox: Mailbox, terms: Terms): boolean {
    if (this.#isHalted || this.#again !== undefined || mailbox.size <= this.#underWay) return false;
    if (this.#isBlamed) this.#clear(1);
    // What one batch uses of a bound is not known before it is back.
    if (terms.fuel !== undefined && this.#batches > 0) return false;
    const { thread } = this.#parts;
    const room = thread.room(this.#batches);
    if (room === 0) return false;
    const from = this.#underWay;
    const head = { ...terms, key: this.key, continues: this.#batches > 0, index: terms.index + from + 1 };
    const count = this.#post(head, Math.min(room, mailbox.size - from), (at) => mailbox.peek(from + at) as Message, this.#landed);
    this.#underWay += count;
    this.#batches += 1;
    return true;
  }

  /** Makes an attempt at a message that was taken from the mailbox. */
  attempt(message: Message, terms: Terms): Promise<Outcomes> {
    return new Promise((resolve) => {
      this.#again = { message, terms, resolve };
      this.#tryAgain(this.#again);
    });
  }

  /** More may be sent. */
  goOn(): void {
    if (this.#again !== undefined) this.#tryAgain(this.#again);
    else this.#correspondent?.goOn();
  }

  get isEntering(): boolean {
    return this.#entering !== undefined;
  }

  /** The thread is lost, with these errands. */
  lost(errands: readonly Errand[], failure: Failure, hadEntries: boolean): void {
    // The first time something else may be why.
    this.#failedStarts += 1;
    if (this.#parts.thread.isStopped || this.#failedStarts >= STARTS_MAX) this.#refuseEntry(failure);
    this.#underWay = 0;
    this.#batches = 0;
    this.#isHalted = false;
    const sent = errands.filter(({ count }) => count > 0);
    if (sent.length === 0) return;
    const again = this.#isSent ? this.#again : undefined;
    this.#isSent = false;
    if (this.#parts.thread.isStopped || (!hadEntries && sent.some(({ isAlone }) => isAlone))) {
      this.#isBlamed = true;
      if (again !== undefined) this.#resolve(again, new LostOutcome(failure));
      else if (!this.#parts.thread.isStopped) this.#correspondent?.attempted(new LostOutcome(failure));
      return;
    }
    this.#suspects = Math.max(this.#suspects, sent.reduce((sum, { count }) => sum + count, 0));
    this.#parts.thread.suspect(this, true);
  }

  #refuseEntry({ code, reason }: Failure): void {
    const entering = this.#entering;
    this.#entering = undefined;
    entering?.reject(new DoterosError(code, reason, { help: 'see that there is memory for another thread, or load it with isolation "none"' }));
  }

  /** Nothing is sent any more: an attempt that was not is none. */
  stop(): void {
    if (this.#again !== undefined && !this.#isSent) this.#resolve(this.#again, new LostOutcome(STOPPED));
  }

  #tryAgain(again: Again): void {
    const { thread } = this.#parts;
    if (thread.isStopped) return this.#resolve(again, new LostOutcome(STOPPED));
    if (this.#isSent || thread.room(this.#batches) === 0) return;
    this.#isSent = true;
    this.#post({ ...again.terms, key: this.key, continues: false }, 1, () => again.message, this.#landedAgain);
  }

  #post(head: Terms & { readonly key: number; readonly continues: boolean }, most: number, message: (at: number) => Message, landed: Errand["landed"]): number {
    const { thread } = this.#parts;
    const out = this.#out;
    const count = writeBatch(out, head, most, message);
    thread.send(out.copy(), { guest: this, count, isAlone: thread.isCareful, landed });
    return count;
  }

  readonly #landed = (answer: Arrival | Uint8Array, { count }: Errand): void => {
    this.#underWay -= count;
    this.#batches -= 1;
    const outcomes = this.#outcomes(answer);
    this.#correspondent?.attempted(outcomes);
    const isWhole = outcomes.done === count && !outcomes.failed;
    this.#isHalted = this.#batches > 0 && (this.#isHalted || !isWhole);
    this.#clear(outcomes.done);
    this.goOn();
  };

  readonly #landedAgain = (answer: Arrival | Uint8Array): void => {
    this.#isSent = false;
    // Who waits for it has it before anything else is sent.
    if (this.#again !== undefined) this.#resolve(this.#again, this.#outcomes(answer));
    this.#clear(1);
  };

  #outcomes(answer: Arrival | Uint8Array): ReturnedOutcomes | LostOutcome {
    return this.#refusal === undefined ? new ReturnedOutcomes(answer as Uint8Array, this, this.#parts) : new LostOutcome(this.#refusal);
  }

  #resolve({ resolve }: Again, outcomes: Outcomes): void {
    this.#again = undefined;
    resolve(outcomes);
  }

  /** So many of the oldest messages are known not to be what a thread was lost by, or were given up. */
  #clear(count: number): void {
    this.#isBlamed = false;
    if (this.#suspects === 0) return;
    this.#suspects = Math.max(0, this.#suspects - count);
    if (this.#suspects === 0) this.#parts.thread.suspect(this, false);
  }
}
