import { DEAD_LETTER_HEADERS, deadLetterSubject } from "../../contract/dead-letter.ts";
import { DoterosError } from "../../contract/error.ts";
import type { Capsule, Host, Subscription } from "../../contract/host.ts";
import type { FetchRequest, HttpAnswer, HttpOptions, HttpRequestBody, HttpService } from "../../contract/http.ts";
import { mediaTypeOf, type RequestHead, requestHeaders, requestSubject, responseOf } from "../../contract/http-message.ts";
import { streamHeader } from "../../contract/http-stream.ts";
import { HTTP_ANSWER_MILLISECONDS, HTTP_BODIES_BYTES_MAX, HTTP_REQUESTS_MAX, HTTP_REQUESTS_MOST, PAYLOAD_BYTES_MAX, TYPE_NAME_LENGTH_MAX } from "../../contract/limits.ts";
import type { Message } from "../../contract/message.ts";
import type { Platform } from "../../contract/platform.ts";
import { hexOf } from "../hex.ts";
import { wholeNumber } from "../whole-number.ts";
import { bodyOf, fetchResponse, headOf } from "./fetch-request.ts";
import { plainAnswer } from "./plain-answer.ts";

/** What tells the answers of one service from those of another, in bytes. */
const TOKEN_BYTES = 8;
/** How often it is looked which requests have waited too long, in milliseconds. */
const SWEEP_MILLISECONDS = 1_000;
const NANOSECONDS_PER_MILLISECOND = 1e6;
const NO_BODY = new Uint8Array();

/** A request that waits for its answer. */
interface Waiting {
  readonly since: number;
  readonly answer: (answer: HttpAnswer) => void;
}

/** What the answer is to a request that the capsule failed on, by the code of why. All else is 500. */
const FAILURE_STATUS: ReadonlyMap<string, number> = new Map([["fuel-exhausted", 504], ["capsule-fault", 502]]);
/** The same for what went wrong before the capsule had it. */
const ERROR_STATUS: ReadonlyMap<string, number> = new Map([["limit-exceeded", 413], ["invalid-message", 431], ["timeout", 408], ["closed", 503], ["mailbox-full", 503]]);

/** Answers requests by a capsule: each is a message to it, and what it replies is the answer, once that is committed. */
export class CapsuleHttpService implements HttpService {
  readonly bodyBytesMax: number;
  readonly #host: Host;
  readonly #platform: Platform;
  readonly #requestsMax: number;
  readonly #patience: number;
  readonly #subject: string;
  readonly #replies: string;
  readonly #subscriptions: readonly Subscription[];
  /** By the number of the request; the one that waits longest comes first. */
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  /** Requests that are on their way, and the bytes that their bodies may have. */
  #requests = 0;
  #bytes = 0;
  #cancelSweep: (() => void) | undefined;
  #isClosed = false;

  /** @throws RangeError; DoterosError `missing-export` for a capsule that answers no requests */
  constructor(host: Host, capsule: Capsule, { requestsMax = HTTP_REQUESTS_MAX, answerMillisecondsMax = HTTP_ANSWER_MILLISECONDS }: HttpOptions, platform: Platform) {
    mustAnswer(capsule);
    this.bodyBytesMax = capsule.manifest.limits?.payloadBytesMax ?? PAYLOAD_BYTES_MAX;
    this.#host = host;
    this.#platform = platform;
    this.#requestsMax = wholeNumber("requestsMax", requestsMax, HTTP_REQUESTS_MOST);
    this.#patience = answerMillisecondsMax * NANOSECONDS_PER_MILLISECOND;
    this.#subject = requestSubject(capsule.name);
    this.#replies = `_HTTP.${hexOf(platform.random(TOKEN_BYTES))}.`;
    this.#subscriptions = [host.subscribe(`${this.#replies}>`, this.#replied), host.subscribe(deadLetterSubject(capsule.name), this.#failed)];
  }

  readonly fetch = async (request: FetchRequest): Promise<Response> =>
    fetchResponse(request.method, await this.answer(headOf(request), bodyOf(request, this.bodyBytesMax)));

  async answer(head: RequestHead, body: HttpRequestBody | undefined, stream?: string): Promise<HttpAnswer> {
    const bytes = body?.bytesMax ?? 0;
    if (bytes > this.bodyBytesMax) return plainAnswer(413, "limit-exceeded", `its body has more than ${this.bodyBytesMax} bytes`);
    if (this.#isClosed) return plainAnswer(503, "closed", "no more requests are answered");
    if (this.#requests >= this.#requestsMax || this.#bytes + bytes > HTTP_BODIES_BYTES_MAX) {
      return plainAnswer(503, "mailbox-full", `${this.#requests} requests wait already`, [["retry-after", "1"]]);
    }
    this.#requests += 1;
    this.#bytes += bytes;
    try {
      return await this.#ask(head, body === undefined ? NO_BODY : await body.read(), stream);
    } catch (error) {
      return refusal(error);
    } finally {
      this.#requests -= 1;
      this.#bytes -= bytes;
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#cancelSweep?.();
    for (const number of this.#waiting.keys()) this.#settle(number, plainAnswer(503, "closed", "it was not answered before the end"));
  }

  #ask(head: RequestHead, payload: Uint8Array, stream: string | undefined): Promise<HttpAnswer> {
    const number = (this.#count += 1);
    const replyTo = this.#replies + String(number);
    const contentType = mediaTypeOf(head.headers, TYPE_NAME_LENGTH_MAX);
    return new Promise((resolve) => {
      this.#waiting.set(number, { since: this.#platform.elapsed(), answer: resolve });
      this.#sweepSoon();
      const message = { replyTo, headers: stream === undefined ? requestHeaders(head) : [streamHeader(stream), ...requestHeaders(head)], ...(contentType === undefined ? {} : { contentType }) };
      this.#host.publish(this.#subject, payload, message).catch((error: unknown) => this.#settle(number, refusal(error)));
    });
  }

  readonly #replied = (message: Message): void => {
    const response = responseOf(message);
    const { payload: body } = message;
    if (response !== undefined) this.#settle(this.#numberOf(message.subject), { ...response, body, failure: undefined });
  };

  /** A message was given up. It may be one of ours. */
  readonly #failed = ({ replyTo, headers }: Message): void => {
    if (replyTo?.startsWith(this.#replies) !== true) return;
    const header = (name: string): string => headers.findLast(([key]) => key === name)?.[1] ?? "";
    const code = header(DEAD_LETTER_HEADERS.code);
    this.#settle(this.#numberOf(replyTo), plainAnswer(FAILURE_STATUS.get(code) ?? 500, code, header(DEAD_LETTER_HEADERS.reason)));
  };

  #numberOf(subject: string): number {
    return Number(subject.slice(this.#replies.length));
  }

  #settle(number: number, answer: HttpAnswer): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    waiting?.answer(answer);
  }

  #sweepSoon(): void {
    if (this.#cancelSweep !== undefined || this.#patience === Number.POSITIVE_INFINITY) return;
    this.#cancelSweep = this.#platform.after(SWEEP_MILLISECONDS, this.#sweep, true);
  }

  readonly #sweep = (): void => {
    this.#cancelSweep = undefined;
    const before = this.#platform.elapsed() - this.#patience;
    for (const [number, { since }] of this.#waiting) {
      if (since > before) break;
      this.#settle(number, plainAnswer(504, "timeout", "the capsule has not answered in time"));
    }
    if (this.#waiting.size > 0) this.#sweepSoon();
  };
}

/** The answer to a request that the capsule did not have. */
function refusal(error: unknown): HttpAnswer {
  const { code, message } = error instanceof DoterosError ? error : { code: "internal", message: String(error) };
  return plainAnswer(ERROR_STATUS.get(code) ?? 500, code, message);
}

/** Whether a capsule answers requests of HTTP. */
export function answersHttp({ handler }: Pick<Capsule, "handler">): boolean {
  return handler.startsWith("wasi:http/incoming-handler@");
}

function mustAnswer({ name, handler }: Capsule): void {
  if (answersHttp({ handler })) return;
  throw new DoterosError("missing-export", `${name} does not answer requests of HTTP: it handles messages with ${handler}`, {
    where: handler,
    help: "build it for the world wasi:http/proxy",
  });
}
