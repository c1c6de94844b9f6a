import { DEAD_LETTER_HEADERS, deadLetterSubject } from "../contract/dead-letter.ts";
import type { Message } from "../contract/message.ts";
import type { Failure } from "./failure.ts";

/** A reason is cut at so many characters: it travels in a header. */
const REASON_LENGTH_MAX = 4_096;

/** The message that is sent when a capsule failed on `message` for the last time. */
export function deadLetter(capsule: string, index: number, message: Message, attempts: number, { code, reason }: Failure): Message {
  return {
    ...message,
    subject: deadLetterSubject(capsule),
    headers: [
      ...message.headers,
      [DEAD_LETTER_HEADERS.reason, headerText(reason)],
      [DEAD_LETTER_HEADERS.code, code],
      [DEAD_LETTER_HEADERS.subject, message.subject],
      [DEAD_LETTER_HEADERS.attempts, String(attempts)],
      [DEAD_LETTER_HEADERS.capsule, capsule],
      [DEAD_LETTER_HEADERS.index, String(index)],
    ],
  };
}

/** Whether a message is a dead letter, as far as its looks tell. */
export function isDeadLetter({ subject, headers }: Message): boolean {
  return headers.some(([name, value]) => name === DEAD_LETTER_HEADERS.capsule && subject === deadLetterSubject(value));
}

/** What a capsule says may hold anything; a header holds no line breaks. */
function headerText(reason: string): string {
  const text = reason.length > REASON_LENGTH_MAX ? `${reason.slice(0, REASON_LENGTH_MAX)}…` : reason;
  return text.toWellFormed().replaceAll(/\p{Cc}/gu, " ");
}
