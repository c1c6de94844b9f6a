// The smallest capsule that does all three things: for each message it reads its state, writes it and publishes.
// It counts the messages of each subject and tells the count on `counted.<subject>`.
//
// A count is eight bytes, an unsigned integer, least significant byte first: in the state, under the subject itself,
// and in the payload that is published. No text is made and nothing is copied but the subject.

import { endMessage } from "../../binding/arena";
import { ANSWER } from "../../binding/fault";
import { messagingPublish, stateGet, statePut } from "../../binding/imports";

const COUNT: usize = memory.data(8, 8);
/** The bytes of `counted.`, as one number. */
const PREFIX: u64 = 0x2e646574_6e756f63;
const PREFIX_LENGTH: usize = 8;

/** `handler.handle`: its message's fields one after the other, of which only the subject matters here. */
export function handle(
  subject: usize, subjectLength: usize,
  hasReplyTo: i32, replyTo: usize, replyToLength: usize,
  hasContentType: i32, contentType: usize, contentTypeLength: usize,
  hasDataType: i32, dataType: usize, dataTypeLength: usize,
  headers: usize, headersLength: usize,
  payload: usize, payloadLength: usize,
): usize {
  count(subject, subjectLength);
  endMessage();
  // The imports' results and this one have their fault at the same place, so the last answer is the outcome.
  return ANSWER;
}

function count(subject: usize, subjectLength: usize): void {
  stateGet(subject, subjectLength, ANSWER);
  if (isFault()) return;
  const counted = load<u8>(ANSWER, 4) == 0 ? 0 : load<u64>(load<usize>(ANSWER, 8));
  store<u64>(COUNT, counted + 1);

  statePut(subject, subjectLength, COUNT, 8, ANSWER);
  if (isFault()) return;

  const topicLength = PREFIX_LENGTH + subjectLength;
  const topic = heap.alloc(topicLength);
  store<u64>(topic, PREFIX);
  memory.copy(topic + PREFIX_LENGTH, subject, subjectLength);
  messagingPublish(topic, topicLength, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, COUNT, 8, ANSWER);
}

@inline
function isFault(): bool {
  return load<u8>(ANSWER) != 0;
}
