import type { Mailbox } from "../bus/mailbox.ts";
import type { RateGuard } from "../capability/rate-guard.ts";
import type { Transition } from "../capability/transition.ts";
import type { CapsuleCounters } from "../contract/host.ts";
import type { WorkingState } from "../store/working-state.ts";
import type { Breaker } from "./breaker.ts";
import type { CapsuleRecorder } from "./capsule-recorder.ts";
import type { Guest } from "./guest.ts";
import type { RetryRule } from "./retry.ts";
import type { AwayGuest } from "./thread/away-guest.ts";

/** What the loop of a capsule turns around. */
export interface Engine {
  readonly guest: Guest | AwayGuest;
  readonly transition: Transition;
  readonly state: WorkingState;
  readonly retry: RetryRule;
  readonly mailbox: Mailbox;
  /** Writes down what happens, where that is kept. */
  readonly recorder: CapsuleRecorder | undefined;
  /** Counts what is sent, where that has a limit. */
  readonly rates: RateGuard | undefined;
  /** Makes what leaves a capsule alone that keeps failing; undefined for never. */
  readonly breaker: ((tryAgain: () => void) => Breaker) | undefined;
  readonly counters: LoopCounters;
}

/** What became of a capsule's messages: see `CapsuleCounters`. */
export type LoopCounters = { -readonly [name in keyof CapsuleCounters]: number };

/** Nothing yet. */
export function noCounters(): LoopCounters {
  return { messages: 0, transitions: 0, faults: 0, traps: 0, exhausted: 0, retries: 0, deadLettered: 0, dropped: 0, published: 0, rejected: 0, overflowed: 0, abandoned: 0, denied: 0, limited: 0, tripped: 0, fuel: 0 };
}
