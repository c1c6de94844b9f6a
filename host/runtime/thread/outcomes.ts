import type { RateGuard } from "../../capability/rate-guard.ts";
import type { Transition } from "../../capability/transition.ts";
import { CborReader } from "../../ledger/cbor-reader.ts";
import type { Failure } from "../failure.ts";
import { readOutcome } from "./outcome.ts";

/** What came of one attempt or several, in order. */
export interface Outcomes {
  /** Whether there is another. */
  readonly more: boolean;
  /** Takes the next one over into the transition, which was begun. Answers why it failed, or undefined when it did not. */
  next(): Failure | undefined;
}

/** Where the attempts were made. */
export interface Away {
  instance: number;
  nanoseconds: number;
  memoryBytes: number;
}

/** Those that a thread answered with. */
export class ReturnedOutcomes implements Outcomes {
  more: boolean;
  /** How many were taken over. */
  done = 0;
  /** Whether the last of them had failed. */
  failed = false;
  readonly #input: CborReader;
  readonly #away: Away;
  readonly #parts: { readonly transition: Transition; readonly rates: RateGuard | undefined };

  constructor(bytes: Uint8Array, away: Away, parts: { readonly transition: Transition; readonly rates: RateGuard | undefined }) {
    this.#input = new CborReader(bytes);
    this.#away = away;
    this.#parts = parts;
    this.more = this.#readMore();
  }

  next(): Failure | undefined {
    const failure = readOutcome(this.#input, this.#parts.transition, this.#away, this.#parts.rates);
    this.done += 1;
    this.failed = failure !== undefined;
    this.more = this.#readMore();
    return failure;
  }

  #readMore(): boolean {
    if (this.#input.boolean()) return true;
    this.#away.nanoseconds += this.#input.uint();
    this.#away.memoryBytes = this.#input.uint();
    return false;
  }
}

/** The one outcome of an attempt that nothing came back from. */
export class LostOutcome implements Outcomes {
  more = true;
  done = 0;
  readonly failed = true;
  readonly #failure: Failure;

  constructor(failure: Failure) {
    this.#failure = failure;
  }

  next(): Failure {
    this.more = false;
    this.done = 1;
    return this.#failure;
  }
}
