import { type Manifest, RETRY_ATTEMPTS_DEFAULT } from "../contract/manifest.ts";
import type { Platform } from "../contract/platform.ts";

/** How a message that failed is tried again. */
export interface RetryRule {
  readonly attempts: number;
  readonly backoffMilliseconds: number;
}

/** What a manifest says about it, and what holds where it says nothing: some attempts without a wait. */
export function retryRule({ retry }: Manifest, attempts = RETRY_ATTEMPTS_DEFAULT): RetryRule {
  return { attempts: retry?.attempts ?? attempts, backoffMilliseconds: retry?.backoffMilliseconds ?? 0 };
}

/** The wait between two attempts, which can be ended early. */
export class RetryWait {
  readonly #platform: Platform;
  #end: (() => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Resolves with true when the time is over, with false when `end` was called before. */
  over(milliseconds: number): Promise<boolean> {
    if (milliseconds === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const cancel = this.#platform.after(milliseconds, () => {
        this.#end = undefined;
        resolve(true);
      });
      this.#end = () => {
        cancel();
        resolve(false);
      };
    });
  }

  /** Ends the wait, if there is one. */
  end(): void {
    this.#end?.();
  }
}
