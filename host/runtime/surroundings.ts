import type { LogLine } from "../contract/log.ts";
import type { Message } from "../contract/message.ts";
import type { Platform } from "../contract/platform.ts";
import type { Store } from "../contract/store.ts";
import type { Backpressure } from "./backpressure.ts";
import type { CountedBus } from "./counted-bus.ts";
import type { Scheduler } from "./scheduler.ts";

/** What all capsules of a host have around them. */
export interface Surroundings {
  readonly platform: Platform;
  readonly store: Store;
  readonly bus: CountedBus;
  readonly scheduler: Scheduler;
  readonly backpressure: Backpressure;
  /** The dead letters on the bus: one that fails again does not become another. */
  readonly deadLetters: WeakSet<Message>;
  readonly log: ((line: LogLine) => void) | undefined;
  /** Keeps an error of the host's own, or of its user's functions, until someone asks. */
  readonly report: (error: unknown) => void;
}
