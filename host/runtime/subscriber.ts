import { Mailbox, type WhenFull } from "../bus/mailbox.ts";
import { DoterosError } from "../contract/error.ts";
import type { SubscriptionCounters } from "../contract/host.ts";
import type { Message } from "../contract/message.ts";
import type { KeptMailbox } from "./kept-mailbox.ts";
import type { Runnable } from "./scheduler.ts";
import type { Surroundings } from "./surroundings.ts";

/** How many messages a handler gets before the next one has its turn. */
const SLICE_MESSAGES = 64;

/** What a subscriber is made of. */
export interface SubscriberOptions {
  readonly handler: (message: Message, sequence: number) => unknown;
  readonly full: WhenFull;
  readonly messagesMax: number;
  /** The name under which what waits for it is kept; undefined when nothing is. */
  readonly durable: string | undefined;
}

/** Calls a handler of the host's own with the messages in its mailbox. */
export class Subscriber implements Runnable {
  readonly mailbox: Mailbox;
  queued = false;
  #delivered = 0;
  readonly #handler: SubscriberOptions["handler"];
  readonly #around: Surroundings;
  readonly #kept: KeptMailbox | undefined;

  /** @throws DoterosError `wrong-value` when it is to be durable and cannot be */
  constructor(around: Surroundings, { handler, full, messagesMax, durable }: SubscriberOptions) {
    const { scheduler, journal } = around;
    this.#around = around;
    this.#handler = handler;
    const kept = durable === undefined ? undefined : `subscriber/${durable}`;
    this.mailbox = new Mailbox({ messagesMax, full, arrived: () => scheduler.wake(this), kept });
    if (kept === undefined) return;
    if (journal === undefined) throw notDurable("nothing is kept here", "make the host with a store");
    if (full !== "block") throw notDurable(`it has full: "${full}"`, "leave that out: what is kept is not dropped");
    this.#kept = journal.mailbox(kept, this.mailbox);
    for (const { message, sequence } of journal.waiting(kept)) this.mailbox.receive(message, sequence);
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
      this.#deliver(message, this.mailbox.sequence);
    }
    return this.mailbox.size > 0;
  }

  #deliver(message: Message, sequence: number): void {
    try {
      // A copy: others get the same bytes, and a handler may do with its own what it likes.
      const done = this.#handler({ ...message, payload: new Uint8Array(message.payload) }, sequence);
      if (done instanceof Promise) void this.#wait(done, sequence);
      else this.#handled(sequence);
    } catch (error) {
      this.#around.report(error);
      this.#handled(sequence);
    }
  }

  async #wait(done: Promise<unknown>, sequence: number): Promise<void> {
    const { scheduler, report } = this.#around;
    scheduler.hold();
    await done.catch(report);
    this.#handled(sequence);
    scheduler.release();
  }

  #handled(sequence: number): void {
    if (this.#kept !== undefined) this.#around.journal?.handled(this.#kept, sequence);
  }

  /** Drops what still waits; what is kept of it waits on. */
  end(): void {
    this.mailbox.dropped += this.mailbox.clear();
  }
}

function notDurable(why: string, help: string): DoterosError {
  return new DoterosError("wrong-value", `the subscription cannot be durable: ${why}`, { help });
}
