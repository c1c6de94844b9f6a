import { invalid, type Message } from "doteros-wasm/sdk";

/** What an electricity meter shows: all it has ever counted. */
export interface Reading {
  readonly kilowattHours: number;
}

/** The reading in a message. Ends the message as invalid when there is none. */
export function readingOf(message: Message): Reading {
  const { kilowattHours } = message.json() as Partial<Reading>;
  if (typeof kilowattHours !== "number" || kilowattHours < 0) return invalid("kilowattHours is not a number from 0 on");
  return { kilowattHours };
}
