import type { Failure } from "../failure.ts";
import type { Arrival, LoadOrder } from "./order.ts";

/** A capsule that lives in a thread, as the thread sees it. */
export interface Inhabitant {
  /** Which one it is, for the two sides. */
  readonly key: number;
  /** How long the thread may say nothing beyond what fuel allows. */
  readonly silenceMilliseconds: number;
  readonly fuelPerMessage: number;
  /** What a new thread has to know. */
  order(): LoadOrder;
  /** It was started in a thread, or could not be. */
  arrived(arrival: Arrival): void;
  /** Whether someone waits for its first start. */
  readonly isEntering: boolean;
  /**
   * The thread is lost, with these errands of it.
   *
   * @param hadEntries whether it had first starts: then no message is known to be why
   */
  lost(errands: readonly Errand[], failure: Failure, hadEntries: boolean): void;
  /** More may be sent. */
  goOn(): void;
  /** Nothing is sent any more. */
  stop(): void;
}

/** Something that a thread has to answer. */
export interface Errand {
  readonly guest: Inhabitant;
  /** Messages in it; 0 for a load. */
  readonly count: number;
  /** Whether the thread had no other messages: then it is this one that it did not survive. */
  readonly isAlone: boolean;
  /** The answer is there. */
  readonly landed: (answer: Arrival | Uint8Array, errand: Errand) => void;
}
