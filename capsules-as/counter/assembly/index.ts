// The smallest capsule that does all three things: for each message it reads its state, writes it and publishes.
// It counts the messages of each subject and tells the count on `counted.<subject>`.
//
// A count is eight bytes, an unsigned integer, least significant byte first: in the state, under the subject itself,
// and in the payload that is published.

import { Message, bytesOfU64, messaging, state, u64Of } from "doteros-wasm/sdk/assemblyscript";

export function handle(message: Message): void {
  const before = state.get(message.subject);
  const count = bytesOfU64(before === null ? 1 : u64Of(before) + 1);
  state.put(message.subject, count);
  messaging.publish(new Message("counted." + message.subject, count));
}
