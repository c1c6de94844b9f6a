import type { Message } from "./message.ts";

/**
 * What became of a message that a receiver was given. `full`: it was taken, but now more are waiting than should, and the
 * sender is to wait until there is room. `rejected`: it was not taken.
 */
export type Reception = "taken" | "full" | "rejected";

/** Whoever gets messages. */
export interface Receiver {
  /** The name of its mailbox in the store; undefined when what waits for it is not kept. */
  readonly kept: string | undefined;

  /**
   * Whether it may have messages before what they come from is durable. A capsule may: what comes of them is committed
   * later. What leaves the host must not.
   */
  readonly ahead: boolean;

  /** How many messages more than should are waiting; not more than 0 while there is room. */
  readonly excess: number;

  /** Takes a message, and calls nobody: what it leads to happens later. `sequence` orders the messages of a store. */
  receive(message: Message, sequence: number): Reception;

  /** Calls `callback` once, as soon as what is waiting now has shrunk to what should wait. */
  whenRoom(callback: () => void): void;
}

/** Whoever sends messages, and learns how that went. */
export interface Sender {
  /** The receiver took the message, and the sender is to wait for `receiver.whenRoom`. */
  full(receiver: Receiver): void;

  /** The receiver did not take the message. */
  rejected(receiver: Receiver): void;

  /** Everything it had sent was given to whom it concerns. */
  sent(): void;
}

/**
 * Who subscribes to what. Subjects and patterns are NATS's: tokens joined by `.`; in a pattern `*` stands for one token and
 * `>`, as the last, for one or more.
 */
export interface Bus {
  /**
   * Gives `receiver` the messages on subjects that match `pattern`. A receiver gets a message once, however many of its
   * patterns match. Of the receivers with the same pattern and the same `queue` name one gets it: they take turns.
   *
   * @returns What ends the subscription.
   * @throws DoterosError `invalid-subject`
   */
  subscribe(pattern: string, receiver: Receiver, queue?: string): () => void;

  /** Who gets a message on `subject`, which is known to be valid. Where a queue takes turns, this is a turn. */
  route(subject: string): readonly Receiver[];
}
