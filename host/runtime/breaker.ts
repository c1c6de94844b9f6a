import type { BreakerRule } from "../contract/manifest.ts";
import type { Platform } from "../contract/platform.ts";
import { Pause } from "./pause.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * Keeps messages from a capsule that keeps failing. It decides only when a message is tried, never what comes of it, so a
 * replay needs to know nothing of it; a host that starts again begins with it closed.
 */
export class Breaker {
  readonly #rule: Required<BreakerRule>;
  /** The time in which it is open. */
  readonly #pause: Pause;
  #state: "closed" | "open" | "half-open" = "closed";
  /** What became of the last messages, true for those that were given up: a ring. */
  #last: boolean[] = [];
  #next = 0;
  #failures = 0;

  /** @param tryAgain called when it is half open: one message may be tried */
  constructor(rule: BreakerRule, platform: Pick<Platform, "after">, scheduler: Pick<Scheduler, "hold" | "release">, tryAgain: () => void) {
    this.#rule = { of: rule.failures, ...rule };
    this.#pause = new Pause(platform, scheduler, () => {
      this.#state = "half-open";
      tryAgain();
    });
  }

  /** Whether messages have to wait. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** A message was handled. Answers whether that closed it. */
  succeeded(): boolean {
    this.#note(false);
    const isClosing = this.#state === "half-open";
    if (isClosing) this.#forget("closed");
    return isClosing;
  }

  /** A message was given up. Answers why that opened it, or undefined when it did not. */
  failed(): string | undefined {
    this.#note(true);
    const { failures, of, openMilliseconds } = this.#rule;
    const wasTrial = this.#state === "half-open";
    if (!wasTrial && this.#failures < failures) return undefined;
    this.#forget("open");
    this.#pause.begin(openMilliseconds);
    return wasTrial ? "the message that was tried failed, too" : `${failures} of the last ${of} messages were given up`;
  }

  /** Messages wait: until one of them may be tried the host is not idle. */
  keepWaiting(): void {
    this.#pause.keepWaiting();
  }

  /** Nothing is tried any more. */
  end(): void {
    this.#pause.end();
  }

  #note(isFailure: boolean): void {
    if (this.#last[this.#next] === true) this.#failures -= 1;
    if (isFailure) this.#failures += 1;
    this.#last[this.#next] = isFailure;
    this.#next = (this.#next + 1) % this.#rule.of;
  }

  #forget(state: "closed" | "open"): void {
    this.#state = state;
    this.#last = [];
    this.#next = 0;
    this.#failures = 0;
  }
}
