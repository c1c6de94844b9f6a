import { DEAD_LETTER_HEADERS, deadLetterSubject } from "../contract/dead-letter.ts";
import { HTTP_ANSWER_BYTES_MAX } from "../contract/limits.ts";
import type { Message } from "../contract/message.ts";

/** Why a message was given up. */
export interface GivenUp {
  readonly code: string;
  readonly message: string;
}

/** What comes of one message: what was published, and whether the capsule gave it up. */
export class Collector {
  readonly #letters: string;
  readonly published: Message[] = [];
  /** How many messages are not among them, because there was too much already. */
  omitted = 0;
  /** Undefined when the capsule handled everything. */
  failure: GivenUp | undefined;
  #bytes = 0;
  #isFirst = true;

  constructor(capsule: string) {
    this.#letters = deadLetterSubject(capsule);
  }

  /** Takes the next message that anybody sent. The first one is the request's own. */
  add(message: Message): void {
    if (this.#isFirst) {
      this.#isFirst = false;
      return;
    }
    if (message.subject === this.#letters) {
      const header = (name: string): string => message.headers.findLast(([key]) => key === name)?.[1] ?? "";
      this.failure ??= { code: header(DEAD_LETTER_HEADERS.code), message: header(DEAD_LETTER_HEADERS.reason) };
      return;
    }
    this.#bytes += message.payload.length;
    if (this.#bytes > HTTP_ANSWER_BYTES_MAX) this.omitted += 1;
    else this.published.push(message);
  }
}
