import { ANSWER, beginOutcome } from "./fault";
import { bytesAt, endArena, textAt } from "./memory";
import { Message } from "./message";

// The host's call as core WebAssembly sees it: the message's fields one after the other, and the outcome's address.

/** Begins a call of `handler.handle`: the message of its flat parameters. */
export function begin(
  subject: usize, subjectLength: usize,
  hasReplyTo: i32, replyTo: usize, replyToLength: usize,
  hasContentType: i32, contentType: usize, contentTypeLength: usize,
  hasDataType: i32, dataType: usize, dataTypeLength: usize,
  headers: usize, headersLength: usize,
  payload: usize, payloadLength: usize,
): Message {
  beginOutcome();
  const message = Message.__brought(textAt(subject, subjectLength), bytesAt(payload, payloadLength), headers, headersLength);
  if (hasReplyTo != 0) message.replyTo = textAt(replyTo, replyToLength);
  if (hasContentType != 0) message.contentType = textAt(contentType, contentTypeLength);
  if (hasDataType != 0) message.dataType = textAt(dataType, dataTypeLength);
  return message;
}

/** Ends the call: where the host finds its outcome. */
export function end(): usize {
  endArena();
  return ANSWER;
}
