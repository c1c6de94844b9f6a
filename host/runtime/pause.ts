import type { Platform } from "../contract/platform.ts";
import type { Scheduler } from "./scheduler.ts";

/** A time in which a capsule takes no message. As long as messages wait for its end, the host is not idle. */
export class Pause {
  readonly #platform: Pick<Platform, "after">;
  readonly #scheduler: Pick<Scheduler, "hold" | "release">;
  readonly #over: () => void;
  #cancel: (() => void) | undefined;
  #isHeld = false;

  /** @param over called when it is over */
  constructor(platform: Pick<Platform, "after">, scheduler: Pick<Scheduler, "hold" | "release">, over: () => void) {
    this.#platform = platform;
    this.#scheduler = scheduler;
    this.#over = over;
  }

  get isOn(): boolean {
    return this.#cancel !== undefined;
  }

  begin(milliseconds: number): void {
    this.#cancel = this.#platform.after(milliseconds, () => {
      this.#cancel = undefined;
      this.#over();
      // It may have begun again.
      if (!this.isOn) this.#release();
    });
  }

  /** Messages wait. */
  keepWaiting(): void {
    if (!this.isOn || this.#isHeld) return;
    this.#isHeld = true;
    this.#scheduler.hold();
  }

  /** Ends it early, and calls nobody. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#release();
  }

  #release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#scheduler.release();
  }
}
