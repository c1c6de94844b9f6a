import { loggingLog } from "./imports";
import { addressOf, bytesOf } from "./text";

/** The levels of `wasi:logging`, in its order. */
export const enum Level {
  Trace,
  Debug,
  Info,
  Warn,
  Error,
  Critical,
}

/** Writes one line of log; `context` names the part of the capsule that speaks. */
export function log(level: Level, context: string, message: string): void {
  const part = bytesOf(context);
  const line = bytesOf(message);
  loggingLog(level, addressOf(part), part.byteLength, addressOf(line), line.byteLength);
}
