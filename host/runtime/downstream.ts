import type { Receiver, Sender } from "../contract/bus.ts";
import { MAILBOX_OVERFLOW_MESSAGES_MAX } from "../contract/limits.ts";
import type { Backpressure } from "./backpressure.ts";
import type { Failure } from "./failure.ts";

/** What became of the messages that a capsule sent. */
interface Counters {
  rejected: number;
  overflowed: number;
}

/**
 * The mailboxes that a capsule sends to, as far as they are full. They take its messages all the same, in order; it is the
 * capsule that waits, before its next message, until they have room again, except in a circle (see Backpressure). In a circle
 * the overflow has a bound of its own: past it, a transition that would send more fails.
 */
export class Downstream implements Sender {
  readonly #backpressure: Backpressure;
  readonly #mailbox: Receiver;
  readonly #counters: Counters;
  readonly #hasRoom: () => void;
  /** The mailboxes that must have room before the next message. */
  readonly #waitsFor = new Set<Receiver>();
  /** Those of them that do not know it yet. */
  #unasked: Receiver[] = [];
  /** A mailbox that this capsule filled without waiting, up to the bound for that. */
  #overfull: Receiver | undefined;

  /**
   * @param mailbox the capsule's own
   * @param hasRoom called when one of those it waits for has room
   */
  constructor(backpressure: Backpressure, mailbox: Receiver, counters: Counters, hasRoom: () => void) {
    this.#backpressure = backpressure;
    this.#mailbox = mailbox;
    this.#counters = counters;
    this.#hasRoom = hasRoom;
    backpressure.join(mailbox, this.#waitsFor);
  }

  /** Whether the capsule has to wait. */
  get isFull(): boolean {
    return this.#waitsFor.size > 0;
  }

  full(receiver: Receiver): void {
    if (this.#waitsFor.has(receiver)) return;
    if (!this.#backpressure.wouldCircle(this.#mailbox, receiver)) {
      this.#waitsFor.add(receiver);
      this.#unasked.push(receiver);
      return;
    }
    this.#counters.overflowed += 1;
    if (receiver.excess >= MAILBOX_OVERFLOW_MESSAGES_MAX) this.#overfull = receiver;
  }

  rejected(): void {
    this.#counters.rejected += 1;
  }

  sent(): void {
    const unasked = this.#unasked;
    if (unasked.length === 0) return;
    this.#unasked = [];
    for (const receiver of unasked) {
      receiver.whenRoom(() => {
        this.#waitsFor.delete(receiver);
        this.#hasRoom();
      });
    }
  }

  /** Why the capsule may not send more, when it overfilled the mailbox of another that waits for it. */
  overflow(): Failure | undefined {
    if (this.#overfull === undefined) return undefined;
    if (this.#overfull.excess >= MAILBOX_OVERFLOW_MESSAGES_MAX) {
      const reason = `it sends to a capsule that sends to it, and ${MAILBOX_OVERFLOW_MESSAGES_MAX} messages too many are on the way`;
      return { code: "mailbox-full", reason, bug: undefined };
    }
    this.#overfull = undefined;
    return undefined;
  }
}
