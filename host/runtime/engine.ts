import type { Mailbox } from "../bus/mailbox.ts";
import type { RateGuard } from "../capability/rate-guard.ts";
import type { Transition } from "../capability/transition.ts";
import type { CapsuleCounters } from "../contract/host.ts";
import type { WorkingState } from "../store/working-state.ts";
import type { Breaker } from "./breaker.ts";
import type { FuelBudget } from "./fuel-budget.ts";
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
  /** Makes what holds it to what it may use in a second; undefined where nothing does. */
  readonly budget: ((goOn: () => void) => FuelBudget) | undefined;
  readonly counters: LoopCounters;
  readonly traffic: Traffic;
}

/** What counters do not tell of what a capsule used. */
export interface Traffic {
  failures: number;
  receivedBytes: number;
  publishedBytes: number;
}

/** What became of a capsule's messages: see `CapsuleCounters`. */
export type LoopCounters = { -readonly [name in keyof CapsuleCounters]: number };

/** Nothing yet. */
export function noCounters(): LoopCounters {
  return { messages: 0, transitions: 0, faults: 0, traps: 0, exhausted: 0, retries: 0, deadLettered: 0, dropped: 0, published: 0, rejected: 0, overflowed: 0, abandoned: 0, denied: 0, limited: 0, tripped: 0, fuel: 0 };
}
