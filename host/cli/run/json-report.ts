import type { DoterosError } from "../../contract/error.ts";
import type { LogLine } from "../../contract/log.ts";
import type { Message } from "../../contract/message.ts";
import { messageJson } from "../payload.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { ToldErrors } from "../told-errors.ts";
import type { Report } from "./report.ts";
import type { Summary } from "./summary.ts";

/** Tells a run to machines: one JSON object on each line of standard output, the summary last. Errors are told to people, too. */
export class JsonReport implements Report {
  readonly #screen: Screen;
  readonly #told: ToldErrors;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#told = new ToldErrors(screen);
  }

  message(message: Message, sequence: number): void {
    this.#line(messageJson(message, { type: "message", ...(sequence === 0 ? {} : { sequence }) }));
  }

  error(error: DoterosError): void {
    this.#told.tell(error);
    this.#line(JSON.stringify({ type: "error", ...error.toJSON() }));
  }

  log(line: LogLine): void {
    this.#line(JSON.stringify({ type: "log", ...line }));
  }

  summary(summary: Summary): void {
    this.#line(JSON.stringify({ type: "summary", ...summary }));
  }

  /** Control characters are spelled out inside of strings, where alone they can be, so that no terminal obeys them. */
  #line(json: string): void {
    this.#screen.print(printable(json));
  }
}
