import { log, Message, messaging, state } from "doteros-wasm/sdk";
import { readingOf } from "./reading.ts";

/** Tells how much was used since a meter's last reading. A meter that runs backwards was exchanged. */
export function handle(message: Message): void {
  const meter = message.subject.slice("meters.".length);
  const { kilowattHours } = readingOf(message);
  const before = state.getText(meter);
  state.putText(meter, String(kilowattHours));
  if (before === undefined) return;
  const used = kilowattHours - Number(before);
  if (used < 0) log.warn(`${meter} fell from ${before} to ${kilowattHours}`);
  messaging.publish(Message.ofJson(`usage.${meter}`, { kilowattHours: used < 0 ? kilowattHours : used }));
}
