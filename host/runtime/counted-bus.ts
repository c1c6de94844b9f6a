import type { Bus, Receiver, Sender } from "../contract/bus.ts";
import type { Message } from "../contract/message.ts";

/** A bus that counts what is sent on it. */
export class CountedBus implements Bus {
  readonly #bus: Bus;
  readonly counters = { published: 0, unheard: 0 };

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  subscribe(pattern: string, receiver: Receiver, queue?: string): () => void {
    return this.#bus.subscribe(pattern, receiver, queue);
  }

  publish(message: Message, sender: Sender): number {
    const receivers = this.#bus.publish(message, sender);
    this.counters.published += 1;
    if (receivers === 0) this.counters.unheard += 1;
    return receivers;
  }
}
