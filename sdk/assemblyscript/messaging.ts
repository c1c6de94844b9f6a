import { ANSWER, hasFault } from "./fault";
import { addressOf, textAt, wellFormed } from "./memory";
import { Message } from "./message";

// Messages to others. They leave in order when the message at hand is committed, and never when it fails.

@external("doteros:capsule/messaging@0.1.0", "publish")
declare function messagingPublish(
  subject: usize, subjectLength: usize,
  hasReplyTo: i32, replyTo: usize, replyToLength: usize,
  hasContentType: i32, contentType: usize, contentTypeLength: usize,
  hasDataType: i32, dataType: usize, dataTypeLength: usize,
  headers: usize, headersLength: usize,
  payload: usize, payloadLength: usize,
  answer: usize,
): void;

@external("doteros:capsule/messaging@0.1.0", "request")
declare function messagingRequest(
  subject: usize, subjectLength: usize,
  hasReplyTo: i32, replyTo: usize, replyToLength: usize,
  hasContentType: i32, contentType: usize, contentTypeLength: usize,
  hasDataType: i32, dataType: usize, dataTypeLength: usize,
  headers: usize, headersLength: usize,
  payload: usize, payloadLength: usize,
  answer: usize,
): void;

/** Sends `message` to everyone who subscribes to its subject. */
export function publish(message: Message): void {
  if (hasFault()) return;
  const subject = wellFormed(message.subject);
  const replyTo = optional(message.replyTo);
  const contentType = optional(message.contentType);
  const dataType = optional(message.dataType);
  const headers = message.__headers();
  messagingPublish(
    addressOf(subject), subject.length,
    isThere(replyTo), address(replyTo), length(replyTo),
    isThere(contentType), address(contentType), length(contentType),
    isThere(dataType), address(dataType), length(dataType),
    <usize>(headers >> 32), <usize>headers,
    message.payload.dataStart, message.payload.byteLength,
    ANSWER,
  );
}

/**
 * Sends `message` with a reply subject that the host makes for it, and returns that subject: an answer, if one comes,
 * arrives later as a message of its own with that subject. Empty after a fault. `message.replyTo` must be null.
 */
export function request(message: Message): string {
  if (hasFault()) return "";
  const subject = wellFormed(message.subject);
  const replyTo = optional(message.replyTo);
  const contentType = optional(message.contentType);
  const dataType = optional(message.dataType);
  const headers = message.__headers();
  messagingRequest(
    addressOf(subject), subject.length,
    isThere(replyTo), address(replyTo), length(replyTo),
    isThere(contentType), address(contentType), length(contentType),
    isThere(dataType), address(dataType), length(dataType),
    <usize>(headers >> 32), <usize>headers,
    message.payload.dataStart, message.payload.byteLength,
    ANSWER,
  );
  return hasFault() ? "" : textAt(load<usize>(ANSWER, 4), load<usize>(ANSWER, 8));
}

@inline
function optional(text: string | null): string | null {
  return text === null ? null : wellFormed(text);
}

@inline
function isThere(text: string | null): i32 {
  return changetype<usize>(text) != 0 ? 1 : 0;
}

@inline
function address(text: string | null): usize {
  return changetype<usize>(text);
}

@inline
function length(text: string | null): usize {
  return text === null ? 0 : text.length;
}
