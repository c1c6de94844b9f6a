import type { AnsweredRequest } from "../../contract/http.ts";
import { JsonReport } from "../run/json-report.ts";
import type { Report } from "../run/report.ts";
import { TextReport } from "../run/text-report.ts";
import { printable } from "../printable.ts";
import type { Screen } from "../screen.ts";
import type { ServeOptions } from "./options.ts";

/** Tells what is going on while a capsule is served. */
export interface ServeReport extends Pick<Report, "error" | "log"> {
  /** Requests are answered from now on. */
  listening(capsule: string, url: string): void;
  /** A request was answered. */
  answered(request: AnsweredRequest): void;
  /** No more requests are taken. */
  draining(): void;
}

/** @returns one for machines, or one for people */
export function reportTo(screen: Screen, { json, quiet, verbose }: Pick<ServeOptions, "json" | "quiet" | "verbose">): ServeReport {
  return json ? new JsonServeReport(screen) : new TextServeReport(screen, quiet, verbose);
}

class JsonServeReport extends JsonReport implements ServeReport {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    super(screen);
    this.#screen = screen;
  }

  listening(capsule: string, url: string): void {
    this.#line({ type: "listening", capsule, url });
  }

  answered({ head, answer, bytes, client, isSent, milliseconds }: AnsweredRequest): void {
    const { method, path } = head;
    const { status, failure } = answer;
    this.#line({ type: "request", client, method, path, status, bytes, milliseconds: rounded(milliseconds), ...(isSent ? {} : { gone: true }), ...(failure === undefined ? {} : { failure }) });
  }

  draining(): void {
    this.#line({ type: "draining" });
  }

  #line(value: object): void {
    this.#screen.print(printable(JSON.stringify(value)));
  }
}

class TextServeReport extends TextReport implements ServeReport {
  readonly #screen: Screen;
  readonly #quiet: boolean;
  readonly #verbose: boolean;

  constructor(screen: Screen, quiet: boolean, verbose: boolean) {
    super(screen, quiet);
    this.#screen = screen;
    this.#quiet = quiet;
    this.#verbose = verbose;
  }

  listening(capsule: string, url: string): void {
    this.#screen.print(`serving ${capsule} at ${url}`);
  }

  answered({ head, answer, bytes, client, isSent, milliseconds }: AnsweredRequest): void {
    const { status, failure } = answer;
    if (failure === undefined && !this.#verbose) return;
    if (this.#quiet) return;
    const request = printable(`${head.method} ${head.path ?? ""}`);
    const end = `${isSent ? "" : ", and nobody was there to have it"}${failure === undefined ? "" : `: ${printable(`${failure.code}: ${failure.reason}`)}`}`;
    this.#screen.tell(`${this.#screen.paintError("dim", client ?? "-")} ${request} ${status}, ${bytes} bytes, ${rounded(milliseconds)} ms${end}`);
  }

  draining(): void {
    if (!this.#quiet) this.#screen.tell("no more requests are taken; those that there are have their answers first. Once more ends at once");
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
