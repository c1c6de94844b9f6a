import type { Platform } from "../contract/platform.ts";
import { Pause } from "./pause.ts";
import type { Scheduler } from "./scheduler.ts";

const NANOSECONDS_PER_SECOND = 1e9;
const MILLISECONDS_PER_SECOND = 1e3;

/**
 * What a capsule may use in a second. What a message takes is counted the same everywhere; when the next one may begin is a
 * matter of time: a capsule that used more than it had waits until it has some again. It decides nothing else, so a replay
 * needs to know nothing of it.
 */
export class FuelBudget {
  readonly #perSecond: number;
  readonly #platform: Pick<Platform, "after" | "elapsed">;
  readonly #pause: Pause;
  #level: number;
  /** When the level was that. */
  #at: number;

  /**
   * @param perSecond units of fuel; so many may also be used at once, after a while without any
   * @param goOn called when there is some again
   */
  constructor(perSecond: number, platform: Pick<Platform, "after" | "elapsed">, scheduler: Pick<Scheduler, "hold" | "release">, goOn: () => void) {
    this.#perSecond = perSecond;
    this.#platform = platform;
    this.#pause = new Pause(platform, scheduler, goOn);
    this.#level = perSecond;
    this.#at = platform.elapsed();
  }

  /** Whether messages have to wait. */
  get isSpent(): boolean {
    return this.#pause.isOn;
  }

  /** How many units there are by now. */
  get left(): number {
    return this.#refill();
  }

  /** So many units were used. When there is nothing left, messages wait from now on. */
  spend(fuel: number): void {
    this.#level = this.#refill() - fuel;
    if (this.#level < 0 && !this.isSpent) this.#pause.begin(Math.ceil((-this.#level * MILLISECONDS_PER_SECOND) / this.#perSecond));
  }

  #refill(): number {
    const now = this.#platform.elapsed();
    this.#level = Math.min(this.#perSecond, this.#level + ((now - this.#at) * this.#perSecond) / NANOSECONDS_PER_SECOND);
    this.#at = now;
    return this.#level;
  }

  /** Messages wait: until the next one may begin the host is not idle. */
  keepWaiting(): void {
    this.#pause.keepWaiting();
  }

  /** Nothing is begun any more. */
  end(): void {
    this.#pause.end();
  }
}
