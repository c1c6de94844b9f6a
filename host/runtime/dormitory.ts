import type { SleepOptions } from "../contract/host.ts";
import { AWAKE_MAX, SLEEP_AFTER_MILLISECONDS, SLEEP_AFTER_MILLISECONDS_MAX } from "../contract/limits.ts";
import type { Platform } from "../contract/platform.ts";
import { wholeNumber } from "./whole-number.ts";

/** Someone who can be put to sleep. */
export interface Sleeper {
  /** When it last did something, on the platform's `elapsed` clock. */
  readonly activeAt: number;
  /** Puts it to sleep, unless there is something to do. Answers whether it may be asked again. */
  sleep(): Promise<boolean>;
}

/** Which part of those that may be awake is put to sleep at a time when there are too many. */
const SHARE = 1 / 8;
const NANOSECONDS_PER_MILLISECOND = 1e6;
/** How long those have that were busy. */
const AGAIN_MILLISECONDS = 20;

/** Puts capsules to sleep that have done nothing for a while, and those that have done nothing for longest when too many are awake. */
export class Dormitory {
  readonly #platform: Platform;
  readonly #afterMilliseconds: number | undefined;
  readonly #awakeMax: number;
  readonly #report: (error: unknown) => void;
  readonly #awake = new Set<Sleeper>();
  #cancel: (() => void) | undefined;
  #relief: Promise<void> | undefined;
  #ended = false;

  /**
   * @param report told what went wrong while one was put to sleep
   * @throws RangeError when an option is out of range
   */
  constructor(platform: Platform, { afterMilliseconds = SLEEP_AFTER_MILLISECONDS, awakeMax = AWAKE_MAX }: SleepOptions = {}, report: (error: unknown) => void) {
    this.#platform = platform;
    this.#afterMilliseconds = afterMilliseconds === "never" ? undefined : wholeNumber("sleep.afterMilliseconds", afterMilliseconds, SLEEP_AFTER_MILLISECONDS_MAX);
    this.#awakeMax = wholeNumber("sleep.awakeMax", awakeMax);
    this.#report = report;
  }

  /** Someone is awake from now on, who can sleep. */
  wake(sleeper: Sleeper): void {
    this.#awake.add(sleeper);
    if (this.#awake.size > this.#awakeMax) void this.relieve();
    if (this.#afterMilliseconds !== undefined && this.#cancel === undefined) this.#wait(this.#afterMilliseconds);
  }

  /** Someone is asleep, or gone. */
  leave(sleeper: Sleeper): void {
    this.#awake.delete(sleeper);
    if (this.#awake.size === 0) this.#rest();
  }

  /** Resolves when no more are awake than may be, or as few as can be: for whoever could wait before one more comes. */
  async room(): Promise<void> {
    if (this.#awake.size > this.#awakeMax) await this.relieve();
  }

  /** Puts those to sleep that have done nothing for longest. */
  relieve(): Promise<void> {
    this.#relief ??= this.#relieve().finally(() => {
      this.#relief = undefined;
    });
    return this.#relief;
  }

  /** Nobody is put to sleep any more. */
  end(): void {
    this.#ended = true;
    this.#rest();
  }

  #rest(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #relieve(): Promise<void> {
    const longest = [...this.#awake].sort((one, other) => one.activeAt - other.activeAt);
    const over = Math.max(0, this.#awake.size - this.#awakeMax);
    await this.#putToSleep(longest.slice(0, over + Math.ceil(this.#awakeMax * SHARE)));
    // Those that were busy may have come to rest.
    if (this.#awake.size > this.#awakeMax && !this.#ended) this.#platform.after(AGAIN_MILLISECONDS, () => void this.relieve(), true);
  }

  #wait(milliseconds: number): void {
    this.#cancel = this.#platform.after(milliseconds, () => void this.#sweep(), true);
  }

  async #sweep(): Promise<void> {
    const milliseconds = this.#afterMilliseconds ?? SLEEP_AFTER_MILLISECONDS_MAX;
    const since = this.#platform.elapsed() - milliseconds * NANOSECONDS_PER_MILLISECOND;
    await this.#putToSleep(Array.from(this.#awake).filter(({ activeAt }) => activeAt <= since));
    this.#cancel = undefined;
    // Half of the time: so nobody is awake for more than half of it longer than wanted.
    if (this.#awake.size > 0) this.#wait(Math.ceil(milliseconds / 2));
  }

  async #putToSleep(sleepers: readonly Sleeper[]): Promise<void> {
    // One after the other: each group of them waits for the store together, whoever comes first.
    const asked = sleepers.map(async (sleeper) => {
      try {
        if (!(await sleeper.sleep())) this.leave(sleeper);
      } catch (error) {
        this.leave(sleeper);
        this.#report(error);
      }
    });
    await Promise.all(asked);
  }
}
