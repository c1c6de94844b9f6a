import type { Message } from "../contract/message.ts";
import type { Batch, MailboxRow } from "../contract/store.ts";

/** Messages that wait, by their sequence. */
export interface Waiting {
  /** Those with a sequence after `sequence`, in order. */
  after(sequence: number): Iterable<readonly [sequence: number, message: Message]>;
}

/**
 * What the store knows of a mailbox, and what it is to learn with the next batch. A message that came and was handled
 * since the last batch never gets there.
 */
export class KeptMailbox {
  readonly name: string;
  /** Where messages wait in memory. */
  waiting: Waiting;
  /** The sequence up to which the store was told, which holds for all that came in order. */
  #told: number;
  #handled: number[] = [];
  /** A message that was taken and is being worked at while batches are made. */
  #inHand: readonly [sequence: number, message: Message] | undefined;

  constructor(name: string, waiting: Waiting, told: number) {
    this.name = name;
    this.waiting = waiting;
    this.#told = told;
  }

  /** Work at a message that was taken goes on for a while. */
  hold(sequence: number, message: Message): void {
    this.#inHand = [sequence, message];
  }

  /** A message that was taken needs no more work. */
  handled(sequence: number): void {
    this.#inHand = undefined;
    if (sequence <= this.#told) this.#handled.push(sequence);
  }

  /** Adds what the store is to learn to a batch. */
  tell(arrivals: MailboxRow[], handled: Batch["handled"][number][], encode: (message: Message) => Uint8Array): void {
    const mailbox = this.name;
    for (const sequence of this.#handled) handled.push({ mailbox, sequence });
    this.#handled = [];
    const told = this.#told;
    if (this.#inHand !== undefined && this.#inHand[0] > told) this.#arrive(this.#inHand, arrivals, encode);
    for (const row of this.waiting.after(told)) this.#arrive(row, arrivals, encode);
  }

  /** Adds a message to a batch that comes here when that is committed. */
  tellOf(sequence: number, message: Message, arrivals: MailboxRow[], encode: (message: Message) => Uint8Array): void {
    this.#arrive([sequence, message], arrivals, encode);
  }

  #arrive([sequence, message]: readonly [number, Message], arrivals: MailboxRow[], encode: (message: Message) => Uint8Array): void {
    arrivals.push({ mailbox: this.name, sequence, message: encode(message) });
    this.#told = sequence;
  }
}
