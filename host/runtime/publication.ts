import type { Receiver, Sender } from "../contract/bus.ts";
import { DoterosError } from "../contract/error.ts";

/** One message that the host's user sends, and how that goes. */
export class Publication implements Sender {
  #full: Receiver[] | undefined;
  #rejections = 0;

  full(receiver: Receiver): void {
    (this.#full ??= []).push(receiver);
  }

  rejected(): void {
    this.#rejections += 1;
  }

  sent(): void {
    // Whoever publishes looks for itself.
  }

  /** Whether everyone took the message and has room for the next. */
  get taken(): boolean {
    return this.#full === undefined && this.#rejections === 0;
  }

  /**
   * Resolves when all mailboxes have room again.
   *
   * @param check called when there was a wait, to throw when nobody is going to handle the message any more
   * @throws DoterosError `mailbox-full` when a subscription did not take the message
   */
  async finish(check: () => void): Promise<void> {
    const full = this.#full ?? [];
    await Promise.all(full.map(roomIn));
    if (full.length > 0) check();
    if (this.#rejections === 0) return;
    const who = this.#rejections === 1 ? "a subscription" : `${this.#rejections} subscriptions`;
    throw new DoterosError("mailbox-full", `${who} did not take the message: too many wait for it already`, {
      help: 'publish more slowly, or subscribe with full: "block", which makes publish wait',
    });
  }
}

function roomIn(receiver: Receiver): Promise<void> {
  return new Promise((resolve) => {
    receiver.whenRoom(resolve);
  });
}
