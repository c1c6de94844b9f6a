import type { Receiver, Reception } from "../contract/bus.ts";
import type { Message } from "../contract/message.ts";

/** What a mailbox does with one message more than should wait. */
export type WhenFull = "block" | "drop-oldest" | "reject";

/** Someone who waits until the messages that were there are taken. */
interface Waiter {
  /** How many messages must have been taken, counted from the first ever. */
  readonly taken: number;
  readonly callback: () => void;
  next: Waiter | undefined;
}

/**
 * The messages that wait for one consumer, in order.
 *
 * There is one queue, and never a second one for senders that wait: a mailbox that blocks takes every message at once, so
 * that the order is that of sending, and it is the sender who waits until the mailbox is back within its bound. That makes
 * waiting a matter of manners between those who send, and a mailbox something that cannot lose a message or lock up.
 */
export class Mailbox implements Receiver {
  readonly #messagesMax: number;
  readonly #full: WhenFull;
  readonly #arrived: () => void;
  /** A ring: its length is a power of two, so that a place is found by masking. */
  #ring: (Message | undefined)[] = new Array<Message | undefined>(16).fill(undefined);
  #added = 0;
  #taken = 0;
  /** Waiters, linked in the order of what they wait for: that only grows. */
  #firstWaiter: Waiter | undefined;
  #lastWaiter: Waiter | undefined;
  /** Messages that were dropped as the oldest. */
  dropped = 0;
  /** Messages that were not taken. */
  rejected = 0;

  /**
   * @param messagesMax how many messages may wait before senders wait
   * @param full what happens to the next one then
   * @param arrived called for each message that is added; it must call nobody back
   */
  constructor(messagesMax: number, full: WhenFull, arrived: () => void) {
    this.#messagesMax = messagesMax;
    this.#full = full;
    this.#arrived = arrived;
  }

  /** How many messages wait. */
  get size(): number {
    return this.#added - this.#taken;
  }

  get excess(): number {
    return this.#added - this.#taken - this.#messagesMax;
  }

  receive(message: Message): Reception {
    if (this.excess >= 0 && this.#full !== "block") {
      if (this.#full === "reject") {
        this.rejected += 1;
        return "rejected";
      }
      this.take();
      this.dropped += 1;
    }
    const ring = this.#added - this.#taken < this.#ring.length ? this.#ring : this.#grow();
    ring[this.#added & (ring.length - 1)] = message;
    this.#added += 1;
    this.#arrived();
    return this.excess > 0 ? "full" : "taken";
  }

  /** The oldest message, which is then gone from here; undefined when none waits. */
  take(): Message | undefined {
    if (this.#added === this.#taken) return undefined;
    const at = this.#taken & (this.#ring.length - 1);
    const message = this.#ring[at];
    this.#ring[at] = undefined;
    this.#taken += 1;
    if (this.#firstWaiter !== undefined) this.#release();
    return message;
  }

  whenRoom(callback: () => void): void {
    const taken = this.#added - this.#messagesMax;
    if (taken <= this.#taken) {
      callback();
      return;
    }
    const waiter: Waiter = { taken, callback, next: undefined };
    if (this.#lastWaiter === undefined) this.#firstWaiter = waiter;
    else this.#lastWaiter.next = waiter;
    this.#lastWaiter = waiter;
  }

  /** Drops all that wait, and answers how many they were. Those who wait for room have it. */
  clear(): number {
    const { size } = this;
    while (this.take() !== undefined);
    return size;
  }

  #release(): void {
    let waiter = this.#firstWaiter;
    while (waiter !== undefined && waiter.taken <= this.#taken) {
      this.#firstWaiter = waiter.next;
      if (waiter.next === undefined) this.#lastWaiter = undefined;
      waiter.callback();
      waiter = this.#firstWaiter;
    }
  }

  #grow(): (Message | undefined)[] {
    const old = this.#ring;
    const ring = new Array<Message | undefined>(old.length * 2).fill(undefined);
    for (let at = this.#taken; at < this.#added; at += 1) ring[at & (ring.length - 1)] = old[at & (old.length - 1)];
    this.#ring = ring;
    return ring;
  }
}
