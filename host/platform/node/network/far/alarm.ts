import type { NetworkFailure } from "../../../../contract/network.ts";

/** The most that a timer takes, in milliseconds. */
const TIMER_MILLISECONDS_MAX = 2_147_483_647;

/** Tells once that something took too long. */
export class Alarm {
  readonly #ring: (failure: NetworkFailure) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ring: (failure: NetworkFailure) => void) {
    this.#ring = ring;
  }

  /** Sets it anew. @param milliseconds undefined for never */
  set(failure: NetworkFailure, milliseconds: number | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = milliseconds === undefined ? undefined : setTimeout(() => this.#ring(failure), Math.min(milliseconds, TIMER_MILLISECONDS_MAX));
  }
}
