import { CALL_FUEL, type Transition } from "../../transition.ts";
import { Pollable, type Waitable } from "../io/pollable.ts";

/** What a future of wasi:http came to: a value, or an error. */
export interface Outcome {
  readonly tag: "ok" | "err";
  readonly val: unknown;
}

/** What the futures of wasi:http have in common: something that comes later, and is taken once. */
export abstract class Future<S extends Waitable> {
  protected readonly transition: Transition;
  protected readonly source: S;
  protected isTaken = false;

  constructor(transition: Transition, source: S) {
    transition.charge(CALL_FUEL);
    this.transition = transition;
    this.source = source;
  }

  subscribe(): Pollable {
    return new Pollable(this.transition, this.source);
  }

  get(): object | undefined {
    this.transition.charge(CALL_FUEL);
    if (!this.source.ready()) return undefined;
    if (this.isTaken) return { tag: "err" };
    this.isTaken = true;
    return { tag: "ok", val: this.outcome() };
  }

  /** What came. It is asked for once. */
  protected abstract outcome(): Outcome;
}
