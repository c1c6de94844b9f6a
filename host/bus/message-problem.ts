import { HEADERS_LENGTH_MAX, PAYLOAD_BYTES_MAX, TYPE_NAME_LENGTH_MAX } from "../contract/limits.ts";
import type { Message } from "../contract/message.ts";
import { subjectProblem } from "./subject.ts";

/** What is wrong with a message. */
export interface MessageProblem {
  /** `limit` when there is too much of something that would be right. */
  readonly kind: "invalid" | "limit";
  /** In words: a whole sentence without its full stop. */
  readonly text: string;
}

/** Header names are those of HTTP and NATS, so that every bridge can carry them. */
const HEADER_NAME = /^[!#-'*+\-.0-9A-Z^-z|~]+$/;
/** What would end a header early. */
const HEADER_END = /[\r\n\0]/;

/** What is wrong with a message beside its subject, or undefined when nothing is. */
export function messageProblem(message: Message): MessageProblem | undefined {
  const { replyTo, contentType, dataType, headers, payload } = message;
  if (payload.length > PAYLOAD_BYTES_MAX) {
    return { kind: "limit", text: `the payload has ${payload.length} bytes, more than ${PAYLOAD_BYTES_MAX}` };
  }
  if (replyTo !== undefined) {
    const problem = subjectProblem(replyTo);
    if (problem !== undefined) return { kind: "invalid", text: `the reply subject ${JSON.stringify(replyTo)} ${problem}` };
  }
  return nameProblem("content type", contentType) ?? nameProblem("data type", dataType) ?? headersProblem(headers);
}

function nameProblem(what: string, name: string | undefined): MessageProblem | undefined {
  if (name === undefined) return undefined;
  if (name.length > TYPE_NAME_LENGTH_MAX) return { kind: "limit", text: `the ${what} is longer than ${TYPE_NAME_LENGTH_MAX}` };
  return HEADER_END.test(name) ? { kind: "invalid", text: `the ${what} holds a line break or a zero` } : undefined;
}

function headersProblem(headers: Message["headers"]): MessageProblem | undefined {
  if (headers.length === 0) return undefined;
  let length = 0;
  for (const [name, value] of headers) {
    if (!HEADER_NAME.test(name)) return { kind: "invalid", text: `${JSON.stringify(name.slice(0, 80))} cannot be the name of a header` };
    if (HEADER_END.test(value)) return { kind: "invalid", text: `the header ${name.slice(0, 80)} holds a line break or a zero` };
    length += name.length + value.length;
  }
  if (length <= HEADERS_LENGTH_MAX) return undefined;
  return { kind: "limit", text: `the headers are ${length} long, more than ${HEADERS_LENGTH_MAX}` };
}
