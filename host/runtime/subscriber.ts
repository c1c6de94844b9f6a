import { Mailbox, type WhenFull } from "../bus/mailbox.ts";
import type { SubscriptionCounters } from "../contract/host.ts";
import type { Message } from "../contract/message.ts";
import type { Runnable } from "./scheduler.ts";
import type { Surroundings } from "./surroundings.ts";

/** How many messages a handler gets before the next one has its turn. */
const SLICE_MESSAGES = 64;

/** Calls a handler of the host's own with the messages in its mailbox. */
export class Subscriber implements Runnable {
  readonly mailbox: Mailbox;
  queued = false;
  #delivered = 0;
  readonly #handler: (message: Message) => void;
  readonly #report: Surroundings["report"];

  constructor({ scheduler, report }: Surroundings, handler: (message: Message) => void, full: WhenFull, messagesMax: number) {
    this.#handler = handler;
    this.#report = report;
    this.mailbox = new Mailbox(messagesMax, full, () => scheduler.wake(this));
  }

  get counters(): SubscriptionCounters {
    const { dropped, rejected } = this.mailbox;
    return { delivered: this.#delivered, dropped, rejected };
  }

  run(): boolean {
    for (let left = SLICE_MESSAGES; left > 0; left -= 1) {
      const message = this.mailbox.take();
      if (message === undefined) return false;
      this.#delivered += 1;
      try {
        // A copy: others get the same bytes, and a handler may do with its own what it likes.
        this.#handler({ ...message, payload: new Uint8Array(message.payload) });
      } catch (error) {
        this.#report(error);
      }
    }
    return this.mailbox.size > 0;
  }

  /** Drops what still waits. */
  end(): void {
    this.mailbox.dropped += this.mailbox.clear();
  }
}
