import { DoterosError } from "../contract/error.ts";
import type { Outside } from "../contract/outside.ts";
import type { Transition } from "./transition.ts";

/** How long one of two is waited for before the other has its turn. */
const LOOK_MILLISECONDS = 2;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/** Time as one capsule has it. */
export interface Clock {
  /** Nanoseconds since 1970. */
  wall(): bigint;
  /** Nanoseconds since some moment; never less than before. */
  monotonic(): bigint;
  /**
   * Waits.
   *
   * @param until on the monotonic clock; undefined for as long as it takes until something comes from outside
   * @param isAwaited whether something that may come from outside is waited for, too
   * @throws DoterosError `trap` when nothing can come
   */
  sleep(until: bigint | undefined, isAwaited: boolean): void;
}

const clocks = new WeakMap<Transition, Clock>();

/** The clock of a capsule: the real one where that was granted, else the time of its transitions. */
export function clockOf(transition: Transition): Clock {
  let clock = clocks.get(transition);
  if (clock === undefined) {
    clock = transition.outside?.clock === undefined ? transitionClock(transition) : outsideClock(transition, transition.outside.clock);
    clocks.set(transition, clock);
  }
  return clock;
}

/**
 * Time that a replay has again: that of the transition, and on from there by what its calls have cost, a nanosecond for each
 * unit of fuel. Who sleeps is at the end of the sleep at once, unless something from outside is awaited, for which time stands still.
 */
function transitionClock(transition: Transition): Clock {
  let slept = 0n;
  /** The attempt that was slept in. */
  let index = 0;
  let attempt = 0;
  const passed = (): bigint => {
    if (index !== transition.index || attempt !== transition.attempt) {
      slept = 0n;
      ({ index, attempt } = transition);
    }
    return slept + BigInt(transition.charged);
  };
  // A new instance is told nothing: so all new ones of a component are the same.
  const now = (): bigint => (transition.isOpen ? transition.time() + passed() : 0n);
  return {
    wall: now,
    monotonic: now,
    sleep(until, isAwaited) {
      if (until === undefined) {
        // Something from outside may come where there is an outside.
        const outside = awaitedBy(transition);
        if (outside === undefined) throw new DoterosError("trap", "it waits for what can never come");
        outside.pause(undefined);
        return;
      }
      const left = until - now();
      if (left <= 0n) return;
      if (isAwaited && awaitedBy(transition)?.pause(milliseconds(left)) === true) return;
      slept += left;
    },
  };
}

function outsideClock(transition: Transition, real: NonNullable<NonNullable<Transition["outside"]>["clock"]>): Clock {
  return {
    wall: () => real.wall(),
    monotonic: () => real.monotonic(),
    sleep(until) {
      awaitedBy(transition)?.pause(until === undefined ? undefined : milliseconds(until - real.monotonic()));
    },
  };
}

/** What something may come from: what lies outside, the bodies of a request, or either. */
function awaitedBy({ outside, awaited }: Transition): Pick<Outside, "pause"> | undefined {
  if (outside === undefined || awaited === undefined) return outside ?? awaited;
  return {
    pause(most = Number.POSITIVE_INFINITY) {
      for (let left = most; left > 0; left -= 2 * LOOK_MILLISECONDS) if (awaited.pause(LOOK_MILLISECONDS) || outside.pause(LOOK_MILLISECONDS)) return true;
      return false;
    },
  };
}

function milliseconds(nanoseconds: bigint): number {
  return Math.max(0, Math.ceil(Number(nanoseconds) / NANOSECONDS_PER_MILLISECOND));
}
