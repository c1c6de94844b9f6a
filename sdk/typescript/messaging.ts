import { publish as hostPublish, request as hostRequest } from "doteros:capsule/messaging@0.1.0";
import { answerOf } from "./fault.ts";
import { type Message, toHost } from "./message.ts";

// Messages to others. They leave in order when the message in hand has been handled, and never when it fails.

/** Sends `message` to everyone who subscribes to its subject. @throws Fault when it is refused */
export function publish(message: Message): void {
  answerOf(() => hostPublish(toHost(message)));
}

/**
 * Sends `message` with a reply subject that the host makes for it, and returns that subject: an answer, if one comes,
 * arrives later as a message of its own with that subject. `message.replyTo` must be undefined.
 *
 * @throws Fault when it is refused
 */
export function request(message: Message): string {
  return answerOf(() => hostRequest(toHost(message)));
}
