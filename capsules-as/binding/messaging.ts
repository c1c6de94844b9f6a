import { ANSWER, Fault, faultOfAnswer } from "./fault";
import { messagingPublish } from "./imports";
import { addressOf, bytesOf } from "./text";

/** Sends `text` as the payload of a message to `subject`; it leaves when the transition is committed. */
export function publishText(subject: string, contentType: string, text: string): Fault | null {
  const to = bytesOf(subject);
  const media = bytesOf(contentType);
  const payload = bytesOf(text);
  messagingPublish(
    addressOf(to), to.byteLength,
    0, 0, 0,
    1, addressOf(media), media.byteLength,
    0, 0, 0,
    0, 0,
    addressOf(payload), payload.byteLength,
    ANSWER,
  );
  return faultOfAnswer();
}
