import type { Receiver, Sender } from "../contract/bus.ts";
import type { Message } from "../contract/message.ts";

/** Gives a message to one receiver, and tells the sender when that was not the end of it. */
export function give(receiver: Receiver, message: Message, sequence: number, sender: Sender): void {
  const reception = receiver.receive(message, sequence);
  if (reception === "taken") return;
  if (reception === "full") sender.full(receiver);
  else sender.rejected(receiver);
}
