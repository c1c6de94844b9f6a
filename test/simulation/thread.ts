import type { Platform, ThreadEvents, ThreadPort } from "../../host/contract/platform.ts";
import { ThreadEnd } from "../../host/runtime/thread/thread-end.ts";
import type { Random } from "../component/random.ts";
import type { Clock } from "./platform.ts";

/** A thread is lost once in so many batches, and hangs once in so many. */
const LOST_ONCE_IN = 12;
const HANGS_ONCE_IN = 40;
/** How long something may be on its way, in milliseconds. */
const LATENCY_MAX = 4;

/** What is on its way in one direction: it takes its time, and arrives in order. */
class Wire {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #arrive: (message: unknown) => void;
  readonly #underWay: unknown[] = [];

  constructor(clock: Clock, random: Random, arrive: (message: unknown) => void) {
    this.#clock = clock;
    this.#random = random;
    this.#arrive = arrive;
  }

  send(message: unknown): void {
    this.#underWay.push(message);
    this.#clock.schedule(this.#random.below(LATENCY_MAX), () => this.#arrive(this.#underWay.shift()));
  }
}

/** Threads that are none: what runs in them runs here, and they are lost, and hang, when chance wants it. */
export function simulatedThreads(clock: Clock, random: Random, platform: Platform, isOver: () => boolean): (events: ThreadEvents) => ThreadPort {
  return (events) => {
    let isLost = false;
    let hangs = false;
    const toHost = new Wire(clock, random, (answer) => {
      if (!isLost && !isOver()) events.message(answer);
    });
    const end = new ThreadEnd(platform, (answer) => toHost.send(answer));
    const toThread = new Wire(clock, random, (order) => {
      if (!isLost && !hangs && !isOver()) end.receive(order);
    });
    const lose = (): void => {
      if (isLost || isOver()) return;
      isLost = true;
      events.ended("was lost in a simulation");
    };
    return {
      post(message, moved = []) {
        // What is moved is gone from where it was.
        toThread.send(message instanceof Uint8Array ? structuredClone(message, { transfer: [...moved] }) : message);
        if (!(message instanceof Uint8Array)) return;
        if (random.once(LOST_ONCE_IN)) clock.schedule(random.below(2 * LATENCY_MAX), lose);
        else if (random.once(HANGS_ONCE_IN)) hangs = true;
      },
      terminate() {
        isLost = true;
      },
    };
  };
}
