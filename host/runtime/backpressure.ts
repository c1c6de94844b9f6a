import type { Receiver } from "../contract/bus.ts";

/**
 * Who waits for whose mailbox. A capsule that sends to a full mailbox waits before it takes its next message; if whoever
 * empties that mailbox waits for the capsule in turn, directly or through others, both would wait for ever. So before
 * anyone waits, this is asked, and who would close such a circle does not wait. The waits there are never form a circle,
 * and so there is always one who goes on.
 */
export class Backpressure {
  readonly #waits = new Map<Receiver, ReadonlySet<Receiver>>();

  /** A capsule takes its messages from `mailbox`, and waits for those in `waitsFor` whenever there are any. */
  join(mailbox: Receiver, waitsFor: ReadonlySet<Receiver>): void {
    this.#waits.set(mailbox, waitsFor);
  }

  /** The capsule of `mailbox` is gone. */
  leave(mailbox: Receiver): void {
    this.#waits.delete(mailbox);
  }

  /** Whether whoever empties `full` waits, itself or through others, for `mailbox` to be emptied. */
  wouldCircle(mailbox: Receiver, full: Receiver): boolean {
    const seen = new Set<Receiver>([full]);
    for (const receiver of seen) {
      if (receiver === mailbox) return true;
      // What is added to a set while it is iterated is reached, too.
      for (const next of this.#waits.get(receiver) ?? []) seen.add(next);
    }
    return false;
  }
}
