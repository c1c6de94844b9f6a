import { ComponentError, DoterosError } from "../../contract/error.ts";
import type { HeaderPair } from "../../contract/http-message.ts";
import { beginExchange, toBeExchanged } from "../dialect/http/begin-exchange.ts";
import { BodyError, errorText, type HttpErrorCode } from "../dialect/http/error-code.ts";
import type { Exchange } from "../dialect/http/exchange.ts";
import { Fields } from "../dialect/http/fields.ts";
import type { ReceivedResponse } from "../dialect/http/incoming-response.ts";
import { isToken } from "../dialect/http/method.ts";
import { Body } from "../dialect/io/body.ts";
import { wait } from "../dialect/io/pollable.ts";
import { accessOf, deniedText, requestText } from "../dialect/sockets/access.ts";
import { NETWORK_WINDOW_BYTES } from "../../contract/limits.ts";
import type { Transition } from "../transition.ts";

/** As long as the host waits at all. */
const PATIENTLY = { connectMilliseconds: undefined, firstByteMilliseconds: undefined, betweenBytesMilliseconds: undefined };
/** Methods whose requests have no body, whatever the plugin gives. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** A response, all of it. */
export interface WholeResponse {
  readonly status: number;
  /** In JSON, each name once. */
  readonly headers: string;
  readonly body: Uint8Array;
}

/** A request as plugins write it, in JSON. */
interface WrittenRequest {
  readonly url?: unknown;
  readonly method?: unknown;
  readonly headers?: unknown;
  /** What some kits call them. */
  readonly header?: unknown;
}

/**
 * Makes a request, and waits for all of the response.
 *
 * @param text the request, in JSON: `url`, and perhaps `method` and `headers`
 * @throws DoterosError `trap` when it is none, was not granted or did not come to its end; `memory-exhausted` when the response is
 *   larger than the memory that the plugin may have
 * @throws ComponentError the fault `denied` when the policy refuses it
 */
export function fetchWhole(transition: Transition, text: string, body: Uint8Array): WholeResponse {
  const request = readRequest(transition, text);
  const { asked, url } = inWords(() => toBeExchanged(request, PATIENTLY));
  const access = accessOf(transition);
  if (access?.isGranted(asked.host, asked.port) !== true) throw new DoterosError("trap", deniedText(asked.host, asked.port));
  transition.mustBeAllowed("http.request", requestText(asked.method, url));
  const content = WITHOUT_BODY.has(asked.method) ? new Uint8Array() : body;
  return inWords(() => {
    const exchange = beginExchange(access, asked, content.length > 0);
    return received(transition, exchange, content);
  });
}

/** Sends what a request has for a body, and takes in the response. */
function received(transition: Transition, { target, source }: Exchange, content: Uint8Array): WholeResponse {
  try {
    for (let at = 0; at < content.length; ) {
      const room = target.sink.room();
      if (room === 0) wait(transition, [target.sink]);
      target.sink.write(content.subarray(at, at + room));
      at += room;
    }
    if (content.length > 0) target.finish(undefined);
    wait(transition, [source]);
    const response = source.take();
    return { status: response.status, headers: headersText(response.headers), body: readWhole(transition, response.body) };
  } finally {
    source.close?.();
  }
}

function readWhole(transition: Transition, { source }: ReceivedResponse["body"]): Uint8Array {
  const { memoryBytesMax } = transition.limits;
  const whole = new Body();
  for (;;) {
    const bytes = source.read(NETWORK_WINDOW_BYTES);
    if (bytes === undefined) return whole.bytes(0);
    transition.charge(bytes.length);
    whole.add(bytes);
    if (whole.length > memoryBytesMax) throw new DoterosError("memory-exhausted", `the response has more than the ${memoryBytesMax} bytes that it may have`);
    if (bytes.length === 0) wait(transition, [source]);
  }
}

/** @throws DoterosError `trap` */
function readRequest(transition: Transition, text: string): Parameters<typeof toBeExchanged>[0] {
  const written = parse(text);
  const { url } = written;
  const at = urlOf(url);
  if (at.username !== "" || at.password !== "") wrong("a URL has no user and no password; say them in the header authorization");
  // Kits write null for what is not said.
  const said = written.method ?? "GET";
  const method = typeof said === "string" ? said.toUpperCase() : "";
  if (!isToken(method)) wrong(`${JSON.stringify(said)} is no method`);
  const headers = readHeaders(transition, written.headers ?? written.header ?? {});
  return { method, scheme: at.protocol.slice(0, -1), authority: at.host, path: `${at.pathname}${at.search}`, headers };
}

function parse(text: string): WrittenRequest {
  try {
    const written: unknown = JSON.parse(text);
    if (typeof written === "object" && written !== null) return written;
  } catch {
    // It is told as everything else that is no request.
  }
  return wrong("a request is an object in JSON, with url");
}

function urlOf(url: unknown): URL {
  try {
    return new URL(typeof url === "string" ? url : "");
  } catch {
    return wrong(`${JSON.stringify(url)} is no URL`);
  }
}

/** Headers as wasi:http has them: so the same are refused. */
function readHeaders(transition: Transition, written: unknown): readonly HeaderPair[] {
  if (typeof written !== "object" || written === null) wrong("headers are an object in JSON");
  const fields = new Fields(transition, [], true);
  for (const [name, value] of Object.entries(written)) {
    if (typeof value !== "string") wrong(`the header ${name} is no text`);
    try {
      fields.append(name, new TextEncoder().encode(value));
    } catch (error) {
      if (!(error instanceof ComponentError)) throw error;
      wrong(`the header ${name}: ${(error.payload as { readonly tag: string }).tag}`);
    }
  }
  return fields.pairs;
}

/** Headers by their names, those of one name together. */
function headersText(pairs: readonly HeaderPair[]): string {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return JSON.stringify(Object.fromEntries(values));
}

/** Does something of wasi:http. What that answers with an error code ends a plugin, which has no way to be told one. */
function inWords<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof ComponentError)) throw error;
    const { val } = error.payload as { readonly val?: unknown };
    throw new DoterosError("trap", errorText(val instanceof BodyError ? val.code : (error.payload as HttpErrorCode)), { cause: error });
  }
}

/** @throws DoterosError `trap` always */
function wrong(what: string): never {
  throw new DoterosError("trap", what);
}
