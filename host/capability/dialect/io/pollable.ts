import { DoterosError } from "../../../contract/error.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { clockOf } from "../../clock.ts";

/** What one call of `poll` may ask about costs, in units of fuel. */
const POLLABLE_FUEL = 100;
/** The most that can be waited for at a time. */
const POLLABLES_MAX = 10_000;

/** Something that can be waited for. */
export interface Waitable {
  ready(): boolean;
  /** When it is ready by itself, on the capsule's monotonic clock; undefined when something has to come from outside. */
  readonly deadline?: bigint;
}

/** The resource `pollable` of wasi:io. */
export class Pollable {
  readonly #transition: Transition;
  readonly #waitable: Waitable;

  constructor(transition: Transition, waitable: Waitable) {
    transition.charge(CALL_FUEL);
    this.#transition = transition;
    this.#waitable = waitable;
  }

  ready(): boolean {
    this.#transition.charge(CALL_FUEL);
    return this.#waitable.ready();
  }

  block(): void {
    this.#transition.charge(CALL_FUEL);
    wait(this.#transition, [this.#waitable]);
  }

  /** Which of them are ready, by their places in the list, once one is. */
  static poll(transition: Transition, pollables: readonly Pollable[]): number[] {
    transition.charge(CALL_FUEL + pollables.length * POLLABLE_FUEL);
    const count = pollables.length;
    if (count === 0 || count > POLLABLES_MAX) throw new DoterosError("trap", `wasi:io/poll#poll was called with ${count} things to wait for; it takes 1 to ${POLLABLES_MAX}`);
    return wait(transition, pollables.map((pollable) => pollable.#waitable));
  }
}

/** Waits until one of some is ready. Answers with the places of all that are. */
export function wait(transition: Transition, waitables: readonly Waitable[]): number[] {
  for (;;) {
    const ready = waitables.flatMap((waitable, at) => (waitable.ready() ? [at] : []));
    if (ready.length > 0) return ready;
    transition.charge(CALL_FUEL);
    let earliest: bigint | undefined;
    let isAwaited = false;
    for (const { deadline } of waitables) {
      if (deadline === undefined) isAwaited = true;
      else if (earliest === undefined || deadline < earliest) earliest = deadline;
    }
    clockOf(transition).sleep(earliest, isAwaited);
  }
}
