import type { Platform } from "../contract/platform.ts";

/** How long one turn may take before input and output get theirs, in nanoseconds. */
const TURN_NANOSECONDS = 5_000_000;

/** Something that has work at times. */
export interface Runnable {
  /** Whether it is among those that will run: for the scheduler alone to change. */
  queued: boolean;
  /**
   * Does some of its work, but begins none after `until` on the platform's `elapsed` clock. It may do nothing when it has had
   * more than its share, as long as it does something within a few turns. Never throws. Answers whether there is more to do at once.
   */
  run(until: number): boolean;
}

/**
 * Lets everyone who has work do a slice of it, one after the other. Many messages are handled in one turn of the event
 * loop, without a promise for each, and between two turns everything else in the program gets a chance.
 */
export class Scheduler {
  readonly #platform: Platform;
  #ready: Runnable[] = [];
  /** How many have work and are not doing it. */
  #queued = 0;
  #deferred = false;
  #stopped = false;
  /** How many are in the middle of something that takes time: a commit, a wait, a new instance. */
  #held = 0;
  #waiting: (() => void)[] = [];

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Sees to it that `runnable` runs soon. */
  wake(runnable: Runnable): void {
    if (runnable.queued || this.#stopped) return;
    this.#enqueue(runnable);
    if (this.#deferred) return;
    this.#deferred = true;
    this.#platform.defer(this.#turn);
  }

  /** Whether others have work than the one that is running. */
  get isBusy(): boolean {
    return this.#queued > 0;
  }

  /** Someone is in the middle of something, until `release`. */
  hold(): void {
    this.#held += 1;
  }

  /** What `hold` announced is over. */
  release(): void {
    this.#held -= 1;
    this.#settle();
  }

  /** Resolves when nobody has work and nobody is in the middle of something; once stopped, only the latter counts. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#settle();
    });
  }

  /** Nobody runs any more. */
  stop(): void {
    this.#stopped = true;
    this.#ready = [];
    this.#queued = 0;
    this.#settle();
  }

  readonly #turn = (): void => {
    const until = this.#platform.elapsed() + TURN_NANOSECONDS;
    this.#held += 1;
    do {
      const round = this.#ready;
      this.#ready = [];
      for (const runnable of round) {
        if (this.#stopped) break;
        runnable.queued = false;
        this.#queued -= 1;
        if (runnable.run(until) && !this.#stopped) this.#enqueue(runnable);
      }
    } while (this.#ready.length > 0 && this.#platform.elapsed() < until);
    this.#deferred = this.#ready.length > 0;
    if (this.#deferred) this.#platform.defer(this.#turn);
    this.release();
  };

  #enqueue(runnable: Runnable): void {
    runnable.queued = true;
    this.#queued += 1;
    this.#ready.push(runnable);
  }

  #settle(): void {
    if (this.#held > 0 || this.#ready.length > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
