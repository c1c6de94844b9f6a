import type { Transition } from "../capability/transition.ts";
import type { Message } from "../contract/message.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { Guest } from "./guest.ts";

/** Asked when a capsule came to its end well and would send something. */
interface Veto {
  /** Why it may not. */
  overflow(): Failure | undefined;
}

/**
 * Has a guest handle a message with the instance that is there. What that came to is in the transition, open to nobody any
 * more. Its index is the one that the transition has.
 *
 * @returns why it failed, or undefined when it did not
 */
export function attemptAt(guest: Guest, transition: Transition, message: Message, attempt: number, veto: Veto): Failure | undefined {
  transition.begin(transition.index, attempt);
  const failure = guest.call(message) ?? (transition.outputs.length === 0 ? undefined : veto.overflow());
  transition.end();
  return failure;
}

/** The same with a new instance. */
export async function attemptAnew(guest: Guest, transition: Transition, message: Message, attempt: number, veto: Veto): Promise<Failure | undefined> {
  try {
    await guest.renew();
  } catch (error) {
    transition.begin(transition.index, attempt);
    transition.end();
    guest.payForNone();
    return failureOf(error);
  }
  return attemptAt(guest, transition, message, attempt, veto);
}
