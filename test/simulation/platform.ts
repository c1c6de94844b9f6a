import { nodePlatform } from "../../host/platform/node/index.ts";
import type { Platform } from "../../host/contract/platform.ts";
import type { Random } from "../component/random.ts";

/** Something that will happen. */
interface Event {
  readonly at: number;
  readonly run: () => void;
}

/**
 * Whose process it is. After a crash its ports are dead: what its code still does reaches nobody, which is what a crash in
 * the middle of it looks like from outside.
 */
export class Machine {
  crashed = false;
  /** How many more calls of its ports there are before it crashes. */
  #left: number;

  constructor(calls: number) {
    this.#left = calls;
  }

  /** To be called where a process may end: at each call of a port. True when it has ended. */
  step(): boolean {
    this.#left -= 1;
    if (this.#left <= 0) this.crashed = true;
    return this.crashed;
  }
}

/** Time as the simulation has it: nothing happens but what is taken from here. */
export class Clock {
  milliseconds = 0;
  readonly #events = new Set<Event>();

  /** Has something happen after some time. */
  schedule(milliseconds: number, run: () => void): () => void {
    const event: Event = { at: this.milliseconds + milliseconds, run };
    this.#events.add(event);
    return () => {
      this.#events.delete(event);
    };
  }

  /** Has the next thing happen; of those that are due at the same time a random one. False when there is none. */
  next(random: Random): boolean {
    const events = [...this.#events];
    if (events.length === 0) return false;
    const soonest = Math.min(...events.map(({ at }) => at));
    const event = random.pick(events.filter(({ at }) => at === soonest));
    this.#events.delete(event);
    this.milliseconds = Math.max(this.milliseconds, event.at);
    event.run();
    return true;
  }

  /** Forgets everything that would have happened. */
  clear(): void {
    this.#events.clear();
  }
}

/** A platform of which everything is made up, the same for the same seed. */
export function simulatedPlatform(clock: Clock, machine: Machine, random: Random): Platform {
  let elapsed = 0;
  const guarded = (callback: () => void) => (): void => {
    if (!machine.crashed) callback();
  };
  return {
    name: "simulation",
    now() {
      machine.step();
      // It may be set back.
      return BigInt(clock.milliseconds + random.below(50)) * 1_000_000n;
    },
    // Sometimes a turn of the scheduler is over after one message, sometimes it goes on.
    elapsed: () => (elapsed += random.once(20) ? 6_000_000 : 1_000),
    random(length) {
      machine.step();
      return Uint8Array.from({ length }, () => random.below(256));
    },
    defer(callback) {
      if (!machine.step()) clock.schedule(0, guarded(callback));
    },
    after: (milliseconds, callback) => (machine.step() ? () => undefined : clock.schedule(milliseconds, guarded(callback))),
    sha256: nodePlatform.sha256,
  };
}
