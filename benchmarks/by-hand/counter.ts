// The capsule counter on nothing but the canonical ABI: what the SDK is measured against. It makes no text and copies
// nothing but the subject, and its memory is a block that is begun anew with each message.

export { panic } from "doteros-wasm/sdk/assemblyscript/panic";

@external("doteros:capsule/state@0.1.0", "get")
declare function stateGet(key: usize, keyLength: usize, answer: usize): void;

@external("doteros:capsule/state@0.1.0", "put")
declare function statePut(key: usize, keyLength: usize, value: usize, valueLength: usize, answer: usize): void;

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

const ANSWER: usize = memory.data(16, 8);
const COUNT: usize = memory.data(8, 8);
/** The bytes of `counted.`, as one number. */
const PREFIX: u64 = 0x2e646574_6e756f63;
const PREFIX_LENGTH: usize = 8;
/** All memory of a message; its messages are short. */
const BLOCK_BYTES: usize = 16_384;
const BLOCK: usize = memory.data(16_384, 16);

let used: usize = 0;

export function cabi_realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  const at = BLOCK + used;
  used += (size + 15) & ~15;
  if (used > BLOCK_BYTES) unreachable();
  return at;
}

export function handle(
  subject: usize, subjectLength: usize,
  hasReplyTo: i32, replyTo: usize, replyToLength: usize,
  hasContentType: i32, contentType: usize, contentTypeLength: usize,
  hasDataType: i32, dataType: usize, dataTypeLength: usize,
  headers: usize, headersLength: usize,
  payload: usize, payloadLength: usize,
): usize {
  count(subject, subjectLength);
  used = 0;
  // The imports' results and this one have their fault at the same place, so the last answer is the outcome.
  return ANSWER;
}

function count(subject: usize, subjectLength: usize): void {
  stateGet(subject, subjectLength, ANSWER);
  if (load<u8>(ANSWER) != 0) return;
  const counted = load<u8>(ANSWER, 4) == 0 ? 0 : load<u64>(load<usize>(ANSWER, 8));
  store<u64>(COUNT, counted + 1);
  statePut(subject, subjectLength, COUNT, 8, ANSWER);
  if (load<u8>(ANSWER) != 0) return;
  const topicLength = PREFIX_LENGTH + subjectLength;
  const topic = cabi_realloc(0, 0, 1, topicLength);
  store<u64>(topic, PREFIX);
  memory.copy(topic + PREFIX_LENGTH, subject, subjectLength);
  messagingPublish(topic, topicLength, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, COUNT, 8, ANSWER);
}
