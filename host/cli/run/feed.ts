import { setImmediate as turn } from "node:timers/promises";
import { covers } from "../../bus/subject.ts";
import { DEAD_LETTER_HEADERS, deadLetterSubject } from "../../contract/dead-letter.ts";
import { DoterosError, type ErrorCode } from "../../contract/error.ts";
import type { Capsule, Host, PublishOptions } from "../../contract/host.ts";
import { SUBJECTS_REMEMBERED_MAX } from "../../contract/limits.ts";
import { errorAt } from "../error-text.ts";
import type { Input } from "../input/open.ts";
import type { BadRow, Row } from "../input/row.ts";
import type { SubjectTemplate } from "../subject.ts";
import type { OnError } from "./options.ts";
import type { Report } from "./report.ts";
import type { Stop } from "./stop.ts";

/** Rows after which signals and timers get a turn, whatever else happens. */
const ROWS_PER_TURN = 1_024;

/** The ways to fail that are one row's own. Everything else ends the run. */
const ROW_FAILURES: ReadonlySet<ErrorCode> = new Set(["invalid-row", "invalid-subject", "invalid-message", "limit-exceeded"]);

/** What a feed stands between. */
export interface FeedOptions {
  readonly host: Host;
  readonly capsule: Capsule;
  readonly subject: SubjectTemplate;
  readonly onError: OnError;
  /** How many rows may be on their way to the store before the next one waits; 1 where nothing is kept. */
  readonly ahead: number;
  /** What the rows are from, when those that came before are to be passed over. */
  readonly source: string | undefined;
  readonly stop: Stop;
  readonly report: Report;
  /** Called before a row is sent. */
  readonly sending: (line: number, subject: string, payload: string) => void;
  /** Called after each row; the next one waits for it. */
  readonly pace: () => Promise<void>;
}

/** Sends the rows of an input to a capsule, one message each, no faster than they are handled. */
export class Feed {
  /** Rows that were read, good and bad. */
  rows = 0;
  /** Rows that could not become a message. */
  unreadable = 0;
  /** Those of them that were passed over. */
  skipped = 0;
  /** Those of them that were dead-lettered. */
  deadLettered = 0;
  readonly #options: FeedOptions;
  /** Subjects that the capsule listens on, of those met so far. */
  readonly #heard = new Set<string>();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /**
   * Sends rows until the input ends or something asks for a stop.
   *
   * @throws DoterosError when the input cannot be read further; `usage` when --subject does not fit the first row.
   */
  async send({ name, rows }: Input): Promise<void> {
    const { stop, host, onError, ahead, pace } = this.#options;
    const underWay: Promise<void>[] = [];
    for await (const row of rows) {
      if (stop.reason !== undefined) break;
      this.rows += 1;
      const sent = this.#sendOrFail(row, name);
      // Whoever waits for it later is told; until then nobody is missing it.
      sent.catch(() => undefined);
      underWay.push(sent);
      if (underWay.length >= ahead) await underWay.shift();
      if (onError === "stop") await host.idle();
      if (this.rows % ROWS_PER_TURN === 0) await turn();
      await pace();
    }
    await Promise.all(underWay);
  }

  async #sendOrFail(row: Row | BadRow, name: string): Promise<void> {
    try {
      await this.#sendRow(row);
    } catch (error) {
      if (!(error instanceof DoterosError) || !ROW_FAILURES.has(error.code)) throw error;
      await this.#failed(row, errorAt(error, `${name}:${row.line}`));
    }
  }

  async #sendRow(row: Row | BadRow): Promise<void> {
    if (row.problem !== undefined) throw new DoterosError("invalid-row", `the row ${row.problem}`);
    const subject = this.#address(row);
    const { payload } = row;
    this.#options.sending(row.line, subject, payload);
    await this.#options.host.publish(subject, payload, { contentType: "application/json", ...this.#origin(row) });
  }

  #origin({ line }: Row): PublishOptions {
    const { source } = this.#options;
    return source === undefined ? {} : { source: { name: source, sequence: line } };
  }

  /** The subject of a row, which the capsule listens on. What already fails for the first row is not the row's fault. */
  #address(row: Row): string {
    try {
      const subject = this.#options.subject.render(row);
      this.#checkHeard(subject);
      return subject;
    } catch (error) {
      if (!(error instanceof DoterosError) || this.#heard.size > 0) throw error;
      throw new DoterosError("usage", error.message, { help: error.help ?? "see doteros-wasm run --help about --subject" });
    }
  }

  #checkHeard(subject: string): void {
    if (this.#heard.has(subject)) return;
    const { name, manifest } = this.#options.capsule;
    if (!manifest.subscriptions.some((pattern) => covers(pattern, subject))) {
      const patterns = manifest.subscriptions.join(", ");
      throw new DoterosError("invalid-subject", `the row goes to ${subject}, and ${name} listens on ${patterns === "" ? "nothing" : patterns}`, {
        help: patterns === "" ? `add --grant 'subscribe=${subject}'` : "say where rows go with --subject, such as --subject 'readings.{column}'",
      });
    }
    if (this.#heard.size >= SUBJECTS_REMEMBERED_MAX) this.#heard.clear();
    this.#heard.add(subject);
  }

  async #failed(row: Row | BadRow, error: DoterosError): Promise<void> {
    const { onError, report, stop } = this.#options;
    this.unreadable += 1;
    report.error(error);
    if (onError === "stop") stop.ask("failure");
    else if (onError === "skip") this.skipped += 1;
    else await this.#deadLetter(row, error);
  }

  /** Sends a row as it is to where the messages go that the capsule fails on. */
  async #deadLetter(row: Row | BadRow, error: DoterosError): Promise<void> {
    const { host, capsule } = this.#options;
    await host.publish(deadLetterSubject(capsule.name), row.problem === undefined ? Buffer.from(row.payload) : row.raw, {
      headers: [
        [DEAD_LETTER_HEADERS.reason, error.message],
        [DEAD_LETTER_HEADERS.code, error.code],
        [DEAD_LETTER_HEADERS.attempts, "0"],
        [DEAD_LETTER_HEADERS.capsule, capsule.name],
        ["row", error.where ?? ""],
      ],
    });
    this.deadLettered += 1;
  }
}
