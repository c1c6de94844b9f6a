import type { Receiver, Reception } from "../contract/bus.ts";
import type { Message } from "../contract/message.ts";

const RING_LENGTH_MIN = 4;

/** What a mailbox does with one message more than should wait. */
export type WhenFull = "block" | "drop-oldest" | "reject";

/** What a mailbox is made for. */
export interface MailboxOptions {
  /** How many messages may wait before senders wait. */
  readonly messagesMax: number;
  /** What happens to the next one then. */
  readonly full: WhenFull;
  /** Called for each message that is added; it must call nobody back. */
  readonly arrived: () => void;
  /** See Receiver. Default: not kept. */
  readonly kept?: string | undefined;
  /** See Receiver. Default: false. */
  readonly ahead?: boolean;
}

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
  readonly kept: string | undefined;
  readonly ahead: boolean;
  #messagesMax: number;
  readonly #full: WhenFull;
  #arrived: () => void;
  /** A ring: its length is a power of two, so that a place is found by masking. */
  #ring: (Message | undefined)[] = [];
  /** The sequence of each message of the ring, in the same place. */
  #sequences: number[] = [];
  #added = 0;
  #taken = 0;
  /** The sequence of the message that was taken last. */
  sequence = 0;
  /** Waiters, linked in the order of what they wait for: that only grows. */
  #firstWaiter: Waiter | undefined;
  #lastWaiter: Waiter | undefined;
  /** Messages that were dropped as the oldest. */
  dropped = 0;
  /** Messages that were not taken. */
  rejected = 0;

  constructor({ messagesMax, full, arrived, kept, ahead = false }: MailboxOptions) {
    this.kept = kept;
    this.ahead = ahead;
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

  /** No message waits, and none is expected soon: what the last ones took in memory is given back. */
  shrink(): void {
    if (this.size > 0) return;
    this.#ring = [];
    this.#sequences = [];
  }

  /** From now on someone takes the messages: those that wait already, too, have just arrived. */
  serve(messagesMax: number, arrived: () => void): void {
    this.#messagesMax = messagesMax;
    this.#arrived = arrived;
    if (this.size > 0) arrived();
  }

  receive(message: Message, sequence: number): Reception {
    if (this.excess >= 0 && this.#full !== "block") {
      if (this.#full === "reject") {
        this.rejected += 1;
        return "rejected";
      }
      this.take();
      this.dropped += 1;
    }
    if (this.#added - this.#taken === this.#ring.length) this.#grow();
    const at = this.#added & (this.#ring.length - 1);
    this.#ring[at] = message;
    this.#sequences[at] = sequence;
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
    this.sequence = this.#sequences[at] as number;
    this.#taken += 1;
    if (this.#firstWaiter !== undefined) this.#release();
    return message;
  }

  /** One of those that wait, which stays; 0 is the oldest. Undefined when there are not so many. */
  peek(at: number): Message | undefined {
    return at < this.#added - this.#taken ? this.#ring[(this.#taken + at) & (this.#ring.length - 1)] : undefined;
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

  /** Those that wait and have a sequence after `sequence`, oldest first. */
  *after(sequence: number): Generator<readonly [sequence: number, message: Message]> {
    const mask = this.#ring.length - 1;
    let from = this.#added;
    while (from > this.#taken && (this.#sequences[(from - 1) & mask] as number) > sequence) from -= 1;
    for (; from < this.#added; from += 1) yield [this.#sequences[from & mask] as number, this.#ring[from & mask] as Message];
  }

  #grow(): void {
    const [old, sequences] = [this.#ring, this.#sequences];
    const mask = old.length - 1;
    const length = Math.max(RING_LENGTH_MIN, old.length * 2);
    this.#ring = new Array<Message | undefined>(length).fill(undefined);
    this.#sequences = new Array<number>(length).fill(0);
    for (let at = this.#taken; at < this.#added; at += 1) {
      const to = at & (this.#ring.length - 1);
      this.#ring[to] = old[at & mask];
      this.#sequences[to] = sequences[at & mask] as number;
    }
  }
}
