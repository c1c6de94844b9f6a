import type { DoterosError } from "../../contract/error.ts";
import type { LogLine } from "../../contract/log.ts";
import type { Message } from "../../contract/message.ts";
import { payloadText } from "../payload.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import { ToldErrors } from "../told-errors.ts";
import type { Report } from "./report.ts";
import { summaryText, type Summary } from "./summary.ts";

/** Tells a run to people: messages on standard output, everything else on standard error. */
export class TextReport implements Report {
  readonly #screen: Screen;
  readonly #quiet: boolean;
  readonly #told: ToldErrors;

  /** @param quiet Leaves out log lines and the summary. */
  constructor(screen: Screen, quiet: boolean) {
    this.#screen = screen;
    this.#quiet = quiet;
    this.#told = new ToldErrors(screen);
  }

  message(message: Message): void {
    const { encoding, text } = payloadText(message);
    const payload = encoding === "base64" ? `base64:${text}` : printable(text);
    this.#screen.print(`${this.#screen.paint("cyan", printable(message.subject))} ${payload}`.trimEnd());
  }

  error(error: DoterosError): void {
    this.#told.tell(error);
  }

  log({ capsule, level, context, message }: LogLine): void {
    if (this.#quiet) return;
    const from = printable(context === "" || context === capsule ? capsule : `${capsule}/${context}`);
    this.#screen.tell(`${this.#screen.paintError("dim", `${level} ${from}:`)} ${printable(message)}`);
  }

  summary(summary: Summary): void {
    if (!this.#quiet) this.#screen.tell(summaryText(summary, this.#screen.paintError));
  }
}
