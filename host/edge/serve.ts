import { covers } from "../bus/subject.ts";
import { DoterosError } from "../contract/error.ts";
import type { Capsule, Host, LoadOptions, NeutralHostOptions } from "../contract/host.ts";
import type { Message } from "../contract/message.ts";
import { createHost } from "../index.ts";
import { anyPlatform } from "../runtime/any-platform.ts";
import { adoptCapsule, type PreparedCapsule } from "../runtime/prepared-capsule.ts";
import { Collector } from "./collector.ts";
import { messageJson } from "./message-json.ts";
import { type HttpRequest, readBody, type RequestContext, subjectOf } from "./request.ts";

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
  fetch(request: HttpRequest, environment?: unknown, context?: RequestContext): Promise<Response>;
}

/** What is there once the first request has come. */
interface Running {
  readonly host: Host;
  readonly capsule: Capsule;
  /** Takes all messages that are sent while a request is answered. */
  collector: Collector | undefined;
}

/**
 * Serves a prepared capsule over HTTP: `POST /SUBJECT` is a message, whose answer tells in JSON what was published. 422 says why
 * the capsule gave it up, 404 that it does not listen there, 413 that the payload is longer than it may be. One request is
 * answered after the other. The host is made with the first one.
 */
export function serveCapsule(prepared: PreparedCapsule, options: ServeOptions = {}): CapsuleServer {
  let running: Promise<Running> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const answer = async (request: HttpRequest): Promise<Response> => {
    let parts: Running;
    try {
      parts = await (running ??= start(prepared, options));
    } catch (error) {
      // It may be made with the next request.
      running = undefined;
      return failed(error, NONE);
    }
    try {
      return await answerOne(parts, request, options.headers ?? []);
    } catch (error) {
      if (error instanceof DoterosError && LOST.has(error.code)) running = undefined;
      return failed(error, STATUS);
    }
  };
  return {
    fetch(request, _environment, context) {
      const answered = last.then(() => answer(request));
      last = answered.catch(() => undefined);
      // Who hangs up must not leave the others behind a message that is half done.
      context?.waitUntil(last);
      return answered;
    },
  };
}

/** What a host cannot go on after. */
const LOST: ReadonlySet<string> = new Set(["store-failed", "closed"]);
/** What is the request's fault, and how HTTP says so. All else is ours. */
const STATUS: ReadonlyMap<string, number> = new Map([["invalid-subject", 400], ["invalid-message", 400], ["limit-exceeded", 413]]);
const NONE: ReadonlyMap<string, number> = new Map();

async function start(prepared: PreparedCapsule, { headers: _headers, host: hostOptions = {}, ...load }: ServeOptions): Promise<Running> {
  const { platform = anyPlatform } = hostOptions;
  // Nobody waits for what wakes up long after a request.
  const host = await createHost({ sleep: { afterMilliseconds: "never" }, ...hostOptions });
  const capsule = await host.load(await adoptCapsule(prepared, platform), load);
  const running: Running = { host, capsule, collector: undefined };
  host.subscribe(">", (message: Message) => running.collector?.add(message));
  // What a store kept waiting comes first, and is nobody's answer.
  await host.idle();
  return running;
}

async function answerOne(running: Running, request: HttpRequest, passed: readonly string[]): Promise<Response> {
  const { host, capsule } = running;
  const { manifest } = capsule;
  if (request.method !== "POST") return respond(405, errorJson("usage", "a message is sent with POST /SUBJECT"), { allow: "POST" });
  const subject = subjectOf(request.url);
  if (!manifest.subscriptions.some((pattern) => covers(pattern, subject))) return respond(404, errorJson("invalid-subject", `${manifest.name} has not subscribed to ${JSON.stringify(subject)}`));
  const payload = await readBody(request, manifest.limits?.payloadBytesMax ?? Number.POSITIVE_INFINITY);
  const header = (name: string): string | undefined => request.headers.get(name) ?? undefined;
  const headers = passed.flatMap((name) => {
    const value = header(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const texts = { contentType: header("content-type"), dataType: header("doteros-data-type"), replyTo: header("doteros-reply-to") };
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
  running.collector = new Collector(capsule.name);
  try {
    await host.publish(subject, payload, { headers, ...given });
    await host.idle();
    return respondWith(running.collector);
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
