import type { Bus, Sender } from "../contract/bus.ts";
import type { Message } from "../contract/message.ts";
import { give } from "./give.ts";
import type { Journal } from "./journal.ts";

/**
 * Sends messages to whom they concern, and counts them. Where transitions are kept, those who may not have a message before
 * it is durable get it from the journal later.
 */
export class Post {
  readonly counters = { published: 0, unheard: 0, repeated: 0 };
  readonly #bus: Bus;
  readonly #journal: Journal | undefined;

  constructor(bus: Bus, journal: Journal | undefined) {
    this.#bus = bus;
    this.#journal = journal;
  }

  /** Sends a message whose subject is known to be valid. Answers whether all whom it concerns have it; if not, they will. */
  send(message: Message, sender: Sender): boolean {
    const receivers = this.#bus.route(message.subject);
    this.counters.published += 1;
    if (receivers.length === 0) {
      this.counters.unheard += 1;
      return true;
    }
    const journal = this.#journal;
    if (journal === undefined) {
      for (const receiver of receivers) give(receiver, message, 0, sender);
      return true;
    }
    const sequence = journal.nextSequence();
    let isGiven = true;
    for (const receiver of receivers) {
      if (receiver.ahead) {
        give(receiver, message, sequence, sender);
        if (receiver.kept !== undefined) journal.arrived(receiver.kept);
      } else {
        journal.gate({ receiver, message, sequence, sender });
        isGiven = false;
      }
    }
    return isGiven;
  }
}
