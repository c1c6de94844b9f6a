import { messageProblem } from "../bus/message-problem.ts";
import { checkSubject } from "../bus/subject.ts";
import { DoterosError } from "../contract/error.ts";
import type { PublishOptions } from "../contract/host.ts";
import type { Message } from "../contract/message.ts";

const ENCODER = new TextEncoder();

/**
 * Makes a message of what the host's user wants to send. The payload is a copy, because it will be read later.
 *
 * @throws DoterosError `invalid-subject` or `invalid-message`
 */
export function makeMessage(subject: string, payload: Uint8Array | string, options: PublishOptions): Message {
  const { replyTo, contentType, dataType, headers = [] } = options;
  if (typeof subject !== "string") throw new DoterosError("invalid-subject", "the subject is not text");
  checkSubject(subject);
  if (typeof payload !== "string" && !(payload instanceof Uint8Array)) throw invalid("the payload is neither bytes nor text");
  const bytes = typeof payload === "string" ? ENCODER.encode(payload) : new Uint8Array(payload);
  const message: Message = { subject, replyTo, contentType, dataType, headers, payload: bytes };
  const problem = messageProblem(message);
  if (problem !== undefined) throw invalid(problem.text);
  return message;
}

function invalid(text: string): DoterosError {
  return new DoterosError("invalid-message", text);
}
