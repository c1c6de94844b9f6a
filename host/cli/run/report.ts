import type { DoterosError } from "../../contract/error.ts";
import type { LogLine } from "../../contract/log.ts";
import type { Message } from "../../contract/message.ts";
import type { Summary } from "./summary.ts";

/** Where a run tells what happens, as it happens. */
export interface Report {
  /** A message that the capsule published. */
  message(message: Message, sequence: number): void;
  /** A row or a message that failed. */
  error(error: DoterosError): void;
  /** A line that the capsule logged. */
  log(line: LogLine): void;
  /** The end. */
  summary(summary: Summary): void;
}
