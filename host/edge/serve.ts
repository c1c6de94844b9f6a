import { covers } from "../bus/subject.ts";
import { DoterosError } from "../contract/error.ts";
import type { Capsule, Host, LoadOptions, NeutralHostOptions, PublishOptions } from "../contract/host.ts";
import { PAYLOAD_BYTES_MAX } from "../contract/limits.ts";
import type { FetchRequest, HttpService } from "../contract/http.ts";
import type { Message } from "../contract/message.ts";
import { createHost } from "../index.ts";
import { anyPlatform } from "../runtime/any-platform.ts";
import { bodyOf, fetchResponse, headOf, readBody } from "../runtime/http/fetch-request.ts";
import { CapsuleHttpService, answersHttp } from "../runtime/http/service.ts";
import { adoptCapsule, type PreparedCapsule } from "../runtime/prepared-capsule.ts";
import { Collector } from "./collector.ts";
import { messageJson } from "./message-json.ts";
import { type RequestContext, subjectOf } from "./request.ts";

/** How a capsule is served. */
export interface ServeOptions extends Omit<LoadOptions, "isolation"> {
  /** The headers of requests that the capsule sees, in lower case. Default: none. */
  readonly headers?: readonly string[];
  /** What its host is made of. Default: it is in memory, and so is the capsule's state. */
  readonly host?: NeutralHostOptions;
}

/** A capsule that answers requests, as workers export it. */
export interface CapsuleServer {
  /** Answers a request. It rejects with what no request is to be told: what a function of the host's user threw. */
  fetch(this: void, request: FetchRequest, environment?: unknown, context?: RequestContext): Promise<Response>;
}

/** What is there once the first request has come. */
interface Running {
  readonly host: Host;
  readonly capsule: Capsule;
  /** Takes all messages that are sent while a request is answered. */
  collector: Collector | undefined;
  /** What answers requests, when the capsule does so itself. */
  readonly service: HttpService | undefined;
}

/**
 * Serves a prepared capsule over HTTP. One that exports wasi:http/incoming-handler answers all requests itself. To any other `POST /SUBJECT` is a message, whose answer tells in JSON what was published. 422 says why
 * the capsule gave it up, 404 that it does not listen there, 413 that the payload is longer than it may be. One request is
 * answered after the other. The host is made with the first one.
 */
export function serveCapsule(prepared: PreparedCapsule, options: ServeOptions = {}): CapsuleServer {
  const service = new Service(prepared, options);
  return {
    fetch(request, _environment, context) {
      const answered = service.answer(request);
      // Who hangs up must not leave the others behind a message that is half done.
      context?.waitUntil(answered.catch(() => undefined));
      return answered;
    },
  };
}

/** What a host cannot go on after. */
const LOST: ReadonlySet<string> = new Set(["store-failed", "closed"]);
/** What is the request's fault, and how HTTP says so. All else is ours. */
const STATUS: ReadonlyMap<string, number> = new Map([["invalid-subject", 400], ["invalid-message", 400], ["limit-exceeded", 413]]);
const NONE: ReadonlyMap<string, number> = new Map();
/** The headers that have what messages have of their own. */
const TEXTS = [["contentType", "content-type"], ["dataType", "doteros-data-type"], ["replyTo", "doteros-reply-to"]] as const;

/** Answers requests, of which each has the host for itself: what is published meanwhile came of it. */
class Service {
  readonly #prepared: PreparedCapsule;
  readonly #options: ServeOptions;
  #running: Promise<Running> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(prepared: PreparedCapsule, options: ServeOptions) {
    this.#prepared = prepared;
    this.#options = options;
  }

  async answer(request: FetchRequest): Promise<Response> {
    let running: Running;
    try {
      running = await (this.#running ??= start(this.#prepared, this.#options));
    } catch (error) {
      // It may be made with the next request.
      this.#running = undefined;
      return failed(error, NONE);
    }
    try {
      return await this.#answer(running, request);
    } catch (error) {
      if (error instanceof DoterosError && LOST.has(error.code)) this.#running = undefined;
      return failed(error, STATUS);
    }
  }

  async #answer(running: Running, request: FetchRequest): Promise<Response> {
    if (running.service !== undefined) return this.#serve(running, running.service, request);
    const { name, subscriptions, limits } = running.capsule.manifest;
    if (request.method !== "POST") return respond(405, errorJson("usage", "a message is sent with POST /SUBJECT"), { allow: "POST" });
    const subject = subjectOf(request.url);
    if (!subscriptions.some((pattern) => covers(pattern, subject))) return respond(404, errorJson("invalid-subject", `${name} has not subscribed to ${JSON.stringify(subject)}`));
    // Not in its turn yet: a body may take its time.
    const payload = await readBody(request, limits?.payloadBytesMax ?? PAYLOAD_BYTES_MAX);
    const message = publishOptions(request, this.#options.headers ?? []);
    return this.#inTurn(() => handle(running, subject, payload, message));
  }

  /** Has the capsule answer. */
  async #serve({ host }: Running, service: HttpService, request: FetchRequest): Promise<Response> {
    const body = bodyOf(request, service.bodyBytesMax);
    const payload = await body?.read();
    return this.#inTurn(async () => {
      const answered = service.answer(headOf(request), body && payload && { bytesMax: body.bytesMax, read: () => Promise.resolve(payload) });
      await host.idle();
      return fetchResponse(request.method, await answered);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

async function start(prepared: PreparedCapsule, { headers: _headers, host: hostOptions = {}, ...load }: ServeOptions): Promise<Running> {
  const { platform = anyPlatform } = hostOptions;
  // Nobody waits for what wakes up long after a request.
  const host = await createHost({ sleep: { afterMilliseconds: "never" }, ...hostOptions });
  try {
    const capsule = await host.load(await adoptCapsule(prepared, platform), load);
    // No request waits for another's timer.
    const service = answersHttp(capsule) ? new CapsuleHttpService(host, capsule, { answerMillisecondsMax: Number.POSITIVE_INFINITY }, platform) : undefined;
    const running: Running = { host, capsule, collector: undefined, service };
    host.subscribe(">", (message: Message) => running.collector?.add(message));
    // What a store kept waiting comes first, and is nobody's answer.
    await host.idle();
    return running;
  } catch (error) {
    await host.close();
    throw error;
  }
}

/** What the message of a request has beside its subject and its payload. */
function publishOptions({ headers }: FetchRequest, passed: readonly string[]): PublishOptions {
  const options: { -readonly [name in keyof PublishOptions]: PublishOptions[name] } = {};
  for (const [name, header] of TEXTS) {
    const text = headers.get(header);
    if (text !== null) options[name] = text;
  }
  options.headers = passed.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return options;
}

async function handle(running: Running, subject: string, payload: Uint8Array, options: PublishOptions): Promise<Response> {
  const { host, capsule } = running;
  const collector = (running.collector = new Collector(capsule.name));
  try {
    await host.publish(subject, payload, options);
    await host.idle();
    return respondWith(collector);
  } finally {
    running.collector = undefined;
  }
}

function respondWith({ published, omitted, failure }: Collector): Response {
  const rest = `"published":[${published.map(messageJson).join(",")}]${omitted === 0 ? "" : `,"omitted":${omitted}`}}`;
  return respond(failure === undefined ? 200 : 422, failure === undefined ? `{${rest}` : `{"error":${JSON.stringify(failure)},${rest}`);
}

/** What went wrong that was not the capsule's: the request, or the host. */
function failed(error: unknown, statuses: ReadonlyMap<string, number>): Response {
  if (!(error instanceof DoterosError)) throw error;
  return respond(statuses.get(error.code) ?? 500, errorJson(error.code, error.message));
}

function errorJson(code: string, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

function respond(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(`${body}\n`, { status, headers: { "content-type": "application/json", ...headers } });
}
