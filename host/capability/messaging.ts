import { messageProblem } from "../bus/message-problem.ts";
import type { Messaging } from "../contract/capsule-world.ts";
import type { Message } from "../contract/message.ts";
import { fault } from "./fault.ts";
import type { Permission } from "./permission.ts";
import type { Transition } from "./transition.ts";

/** The most bytes that UTF-8 has for one of UTF-16's units. */
const UTF8_BYTES_MAX = 3;

/** The subjects that answers to a capsule's requests come in on. */
export function inboxPattern(capsule: string): string {
  return `_INBOX.${capsule}.>`;
}

/**
 * Lets a capsule send messages, once the transition is committed. A request is a message whose reply subject the host
 * made: `_INBOX.<capsule>.<transition index>.<how many requests so far>`, which no two requests share.
 */
export function messaging(transition: Transition, publishing: Permission, requesting: Permission): Messaging {
  return {
    publish(message) {
      transition.mustBeOpen();
      publishing.check(message.subject);
      transition.mustBeAllowed("publish", message.subject);
      send(transition, message);
    },
    request(message) {
      transition.mustBeOpen();
      requesting.check(message.subject);
      transition.mustBeAllowed("request", message.subject);
      if (message.replyTo !== undefined) fault("invalid", "a request has no reply subject of its own: the host makes one");
      const replyTo = `_INBOX.${transition.identity.name}.${transition.index}.${transition.requests + 1}`;
      send(transition, { ...message, replyTo });
      transition.requests += 1;
      return replyTo;
    },
  };
}

/** How long the texts of a message are, in UTF-16 code units. */
function textLength({ subject, replyTo = "", contentType = "", dataType = "", headers }: Message): number {
  let length = subject.length + replyTo.length + contentType.length + dataType.length;
  for (const [name, value] of headers) length += name.length + value.length;
  return length;
}

/**
 * Sends a message when the transition is committed, whoever may.
 *
 * @throws ComponentError the faults `invalid` and `limit`
 */
export function send(transition: Transition, message: Message): void {
  const { publishPerMessageMax, payloadBytesMax } = transition.limits;
  if (transition.outputs.length >= publishPerMessageMax) fault("limit", `${publishPerMessageMax} messages were sent already`);
  const { length } = message.payload;
  if (length > payloadBytesMax) fault("limit", `the payload has ${length} bytes, more than ${payloadBytesMax}`);
  const problem = messageProblem(message);
  if (problem !== undefined) fault(problem.kind, problem.text);
  transition.grow(message.payload.length + UTF8_BYTES_MAX * textLength(message));
  transition.outputs.push(message);
}
