import { THREAD_BATCH_MESSAGES_MAX } from "../../contract/limits.ts";
import type { Platform, ThreadEvents, ThreadPort } from "../../contract/platform.ts";
import type { Enforcement } from "../../policy/enforcement.ts";
import type { Failure } from "../failure.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Errand, Inhabitant } from "./errand.ts";
import type { Arrival, Order, Return } from "./order.ts";

/** Batches of one capsule that may be on their way: while one is handled the next one is there. */
const BATCHES_MAX = 2;
const NANOSECONDS_PER_MILLISECOND = 1e6;
/** What a unit of fuel may take in an engine that is slow, in milliseconds. */
const MILLISECONDS_PER_FUEL = 1e-5;

/** What threads stand between. */
export interface ThreadOptions {
  readonly platform: Platform;
  readonly start: (events: ThreadEvents) => ThreadPort;
  readonly scheduler: Scheduler;
  readonly enforcement: Enforcement | undefined;
  /** Told that a thread is replaced. */
  readonly warn: (message: string) => void;
}

/**
 * A thread, and the capsules that live in it. It answers in the order in which it is asked.
 *
 * When it is lost, with what it was asked, there is a new one, in which everything that was not answered is done again.
 * Something of that may be what it did not survive: so each of those messages goes alone, and one that does not come back
 * then is known to be the one.
 */
export class Thread {
  readonly name: string;
  readonly #options: ThreadOptions;
  readonly #guests = new Set<Inhabitant>();
  /** Those with messages that may be what a thread was lost by. */
  readonly #suspects = new Set<Inhabitant>();
  #port: ThreadPort | undefined;
  #errands: Errand[] = [];
  /** When it last said something, or was asked while it had nothing to do, on the platform's `elapsed` clock. */
  #heardAt = 0;
  #endWatch: (() => void) | undefined;
  /** That the one before is gone. */
  #ending: void | Promise<void> = undefined;
  #pauses = 0;
  #quiet: (() => void)[] = [];
  /** Whether nothing is sent any more. */
  isStopped = false;

  constructor(name: string, options: ThreadOptions) {
    this.name = name;
    this.#options = options;
  }

  /** Whether anyone lives in it. */
  get isEmpty(): boolean {
    return this.#guests.size === 0;
  }

  /** How many messages a guest may send now that has so many batches on their way. When it is none, it is called when that changes. */
  room(batches: number): number {
    if (this.#pauses > 0 || this.isStopped) return 0;
    if (this.#suspects.size > 0) return this.#errands.some(({ count }) => count > 0) ? 0 : 1;
    return batches < BATCHES_MAX ? THREAD_BATCH_MESSAGES_MAX : 0;
  }

  /** Whether what a guest may send now will be all that the thread has to do. */
  get isCareful(): boolean {
    return this.#suspects.size > 0;
  }

  /** Says whether a guest has messages that may be what a thread was lost by. */
  suspect(guest: Inhabitant, isSuspect: boolean): void {
    if (isSuspect) this.#suspects.add(guest);
    else if (this.#suspects.delete(guest)) this.#wake();
  }

  /** A capsule comes to live in it. */
  enter(guest: Inhabitant): void {
    this.#guests.add(guest);
    if (this.#port === undefined) this.#start();
    else this.#load(guest);
  }

  /** A capsule is gone. With the last one the thread ends. */
  async leave(guest: Inhabitant): Promise<void> {
    if (!this.#guests.delete(guest)) return;
    this.suspect(guest, false);
    if (this.#guests.size > 0) {
      this.#port?.post({ kind: "unload", key: guest.key } satisfies Order);
      return;
    }
    if (this.#errands.length > 0) this.lose("has nobody in it any more");
    await this.end();
  }

  /** Sends a batch. */
  send(batch: Uint8Array<ArrayBuffer>, errand: Errand): void {
    if (this.#port === undefined) this.#start();
    this.#ask(batch, [batch.buffer], errand);
  }

  /** Sends nothing more until `resume`. Resolves when everything is answered. */
  pause(): Promise<void> {
    this.#pauses += 1;
    this.#options.scheduler.hold();
    return new Promise((resolve) => {
      this.#quiet.push(resolve);
      this.#settle();
    });
  }

  /** Goes on, under the policy that is in force by now. */
  resume(): void {
    this.#pauses -= 1;
    this.#postPolicy();
    this.#wake();
    this.#options.scheduler.release();
  }

  /** Sends nothing more. What is on its way has a moment to come back. */
  stop(graceMilliseconds: number): void {
    this.isStopped = true;
    for (const guest of this.#guests) guest.stop();
    if (this.#errands.length === 0) return;
    this.#endWatch?.();
    this.#endWatch = this.#options.platform.after(graceMilliseconds, () => this.lose("was in the middle of something when the host was closed"));
  }

  /** Takes it that the thread will answer nothing more. */
  lose(reason: string, code: "thread-lost" | "thread-silent" = "thread-lost"): void {
    const errands = this.#errands;
    this.#errands = [];
    void this.end();
    const failure: Failure = { code, reason: `the thread ${this.name} ${reason}`, bug: undefined };
    const messages = errands.reduce((sum, { count }) => sum + count, 0);
    if (errands.length > 0) this.#options.warn(`${failure.reason}; messages that it had: ${messages}`);
    const hadEntries = errands.some(({ guest }) => guest.isEntering);
    for (const guest of new Set(errands.map((errand) => errand.guest))) guest.lost(errands.filter((errand) => errand.guest === guest), failure, hadEntries);
    if (this.#port === undefined && Array.from(this.#guests).some(({ isEntering }) => isEntering)) this.#start();
    this.#wake();
    for (let left = errands.length; left > 0; left -= 1) this.#options.scheduler.release();
    this.#settle();
  }

  /** Ends the thread. What it is asked later starts another one. */
  async end(): Promise<void> {
    const port = this.#port;
    this.#port = undefined;
    this.#endWatch?.();
    this.#endWatch = undefined;
    const before = this.#ending;
    this.#ending = port?.terminate() ?? before;
    await before;
    await this.#ending;
  }

  #start(): void {
    const port = this.#open({
      message: (answer) => {
        if (port === this.#port) this.#answered(answer as Arrival | Return);
      },
      ended: (reason) => {
        if (port === this.#port) this.lose(reason);
      },
    });
    this.#port = port;
    this.#postPolicy();
    for (const guest of this.#guests) this.#load(guest);
  }

  #open(events: ThreadEvents): ThreadPort {
    try {
      return this.#options.start(events);
    } catch (error) {
      this.#options.platform.defer(() => events.ended(`did not start: ${error instanceof Error ? error.message : String(error)}`));
      return { post: () => undefined, terminate: () => undefined };
    }
  }

  #postPolicy(): void {
    const { policy, log } = this.#options.enforcement ?? {};
    this.#port?.post({ kind: "policy", source: policy?.source(), decisions: log?.id } satisfies Order);
  }

  #load(guest: Inhabitant): void {
    const order = guest.order();
    const errand: Errand = { guest, count: 0, isAlone: false, landed: (answer) => guest.arrived(answer as Arrival) };
    this.#ask(order, order.state.map(({ buffer }) => buffer), errand);
  }

  #ask(order: Order, moved: readonly ArrayBuffer[], errand: Errand): void {
    this.#options.scheduler.hold();
    if (this.#errands.length === 0) this.#heardAt = this.#options.platform.elapsed();
    this.#errands.push(errand);
    this.#port?.post(order, moved);
    if (this.#endWatch === undefined) this.#watch(this.#silence);
  }

  #answered(answer: Arrival | Return): void {
    const errand = this.#errands.shift();
    if (errand === undefined) return;
    this.#heardAt = this.#options.platform.elapsed();
    const wasHeldBack = this.#suspects.size > 0;
    if ("outcomes" in answer) {
      for (const [event, text] of answer.decisions) this.#options.enforcement?.log?.relay(event, text);
      errand.landed(answer.outcomes, errand);
    } else errand.landed(answer, errand);
    if (wasHeldBack) this.#wake();
    if (this.#errands.length === 0) {
      this.#endWatch?.();
      this.#endWatch = undefined;
    }
    this.#options.scheduler.release();
    this.#settle();
  }

  /** How long it may say nothing, in milliseconds. */
  get #silence(): number {
    let most = 0;
    for (const { silenceMilliseconds, fuelPerMessage } of this.#guests) most = Math.max(most, silenceMilliseconds + fuelPerMessage * MILLISECONDS_PER_FUEL);
    return most;
  }

  #watch(milliseconds: number): void {
    const { platform } = this.#options;
    this.#endWatch = platform.after(milliseconds, () => {
      this.#endWatch = undefined;
      const silent = (platform.elapsed() - this.#heardAt) / NANOSECONDS_PER_MILLISECOND;
      const left = this.#silence - silent;
      if (left > 0) this.#watch(Math.ceil(left));
      else this.lose(`did not answer for ${Math.round(silent)} ms`, "thread-silent");
    });
  }

  /** Everyone who may send goes on, those whose messages go alone before the others. */
  #wake(): void {
    for (const guest of this.#suspects) guest.goOn();
    for (const guest of this.#guests) if (!this.#suspects.has(guest)) guest.goOn();
  }

  #settle(): void {
    if (this.#quiet.length === 0 || this.#errands.length > 0) return;
    const quiet = this.#quiet;
    this.#quiet = [];
    for (const resolve of quiet) resolve();
  }
}
