import { covers } from "../../bus/subject.ts";
import { DEAD_LETTER_HEADERS, deadLetterSubject } from "../../contract/dead-letter.ts";
import { DoterosError } from "../../contract/error.ts";
import type { Capsule, Host, SubscribeOptions } from "../../contract/host.ts";
import type { Message } from "../../contract/message.ts";
import { InFlight } from "./in-flight.ts";
import type { Report } from "./report.ts";

/** The ways a capsule fails on a message, as dead letters name them. */
const CODES = ["capsule-fault", "trap", "mailbox-full", "internal"] as const;

/** Rows on their way between two mailboxes, generously counted. */
const SLACK = 16;

/** What a watch looks at. */
export interface WatchOptions {
  readonly host: Host;
  readonly capsule: Capsule;
  readonly report: Report;
  /** The patterns to show; empty for what the capsule publishes. */
  readonly show: readonly string[];
  /** What the input is called. */
  readonly input: string;
  /** Whether messages wait in a store until they are shown. */
  readonly durable: boolean;
  /** How many messages can wait in one mailbox. */
  readonly messagesMax: number;
  /** Resolves when what was shown so far is written. */
  readonly written: () => Promise<void>;
  /** Called when the capsule failed on a message for good. */
  readonly failed: () => void;
}

/** Sees what comes out of a host: shows messages as they are published, and names what was dead-lettered. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #patterns: readonly string[];
  readonly #deadLetters: string;
  /** Rows that may come back as dead letters. */
  readonly #sent: InFlight;
  /** Rows that come by where the capsule's own messages do, and are not to be taken for them. */
  readonly #echoes: InFlight;

  /** @throws DoterosError `invalid-subject` for a pattern to show that is none. */
  constructor(options: WatchOptions) {
    const { host, capsule, show, messagesMax, durable, written } = options;
    const { publish = [], request = [] } = capsule.manifest.capabilities;
    this.#options = options;
    this.#patterns = show.length > 0 ? show : [...publish, ...request];
    this.#deadLetters = deadLetterSubject(capsule.name);
    // A row can wait in the capsule's mailbox and, once it failed or was copied, in that of the watch.
    this.#sent = new InFlight(2 * messagesMax + SLACK);
    this.#echoes = new InFlight(2 * messagesMax + SLACK);
    const kept = (name: string): SubscribeOptions => (durable ? { durable: `run/${capsule.name}/${name}` } : {});
    // Where messages are kept, one that was shown waits until it is written.
    const shown = (): void | Promise<void> => (durable ? written() : undefined);
    for (const [at, pattern] of this.#patterns.entries()) {
      const seen = (message: Message, sequence: number): void | Promise<void> => {
        this.#seen(at, message, sequence);
        return shown();
      };
      host.subscribe(pattern, seen, kept(`show/${pattern}`));
    }
    const died = (message: Message): void | Promise<void> => {
      this.#deadLetter(message);
      return shown();
    };
    host.subscribe(this.#deadLetters, died, kept("dead-letters"));
  }

  /** To be called before a row is sent. */
  sending(line: number, subject: string, payload: string): void {
    this.#sent.add(line, subject, payload);
    if (this.#hidesEchoes && this.#patterns.some((pattern) => covers(pattern, subject))) this.#echoes.add(line, subject, payload);
  }

  /** Without patterns of the user's own, only what the capsule says is shown: no rows, no dead letters. */
  get #hidesEchoes(): boolean {
    return this.#options.show.length === 0;
  }

  /** A message that matches the pattern at `at`. When it matches an earlier one too, it was shown there. */
  #seen(at: number, message: Message, sequence: number): void {
    if (this.#patterns.slice(0, at).some((pattern) => covers(pattern, message.subject))) return;
    if (this.#hidesEchoes) {
      if (message.subject === this.#deadLetters) return;
      if (this.#echoes.take(message.subject, textOf(message)) !== undefined) return;
    }
    this.#options.report.message(message, sequence);
  }

  #deadLetter(message: Message): void {
    const { capsule, report, input, failed } = this.#options;
    const header = (name: string): string => message.headers.find(([key]) => key === name)?.[1] ?? "";
    const attempts = Number(header(DEAD_LETTER_HEADERS.attempts));
    // A row that never reached the capsule was named already.
    if (attempts === 0) return;
    const subject = header(DEAD_LETTER_HEADERS.subject);
    const line = this.#sent.take(subject, textOf(message));
    const code = CODES.find((known) => known === header(DEAD_LETTER_HEADERS.code)) ?? "capsule-fault";
    const reason = header(DEAD_LETTER_HEADERS.reason);
    const tried = attempts > 1 ? ` ${attempts} times` : "";
    failed();
    report.error(
      new DoterosError(code, `${capsule.name} failed${tried} on ${subject}: ${reason}`, {
        ...(line === undefined ? {} : { where: `${input}:${line}` }),
        help: `the message is on ${this.#deadLetters}; see it with --show '${this.#deadLetters}'`,
      }),
    );
  }
}

function textOf({ payload }: Message): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");
}
