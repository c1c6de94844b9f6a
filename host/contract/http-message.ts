import type { Message } from "./message.ts";

// How requests and responses of HTTP are messages. What comes before the headers of HTTP, a message has as its first headers;
// the names of the others are in lower case, and their values have a character for each byte.

/** A header or a trailer: its name, and its value. */
export type HeaderPair = readonly [name: string, value: string];

/** A request, before its body. */
export interface RequestHead {
  /** As HTTP writes it: `GET`. */
  readonly method: string;
  /** With the query: `/readings?of=oslo`; undefined for none. */
  readonly path: string | undefined;
  /** `http` or `https`; undefined when it is not known. */
  readonly scheme: string | undefined;
  /** `example.com:8080`; undefined when it is not known. */
  readonly authority: string | undefined;
  readonly headers: readonly HeaderPair[];
}

/** A response, before its body, and what comes after it. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly trailers: readonly HeaderPair[];
}

const METHOD = "http-method";
const PATH = "http-path";
const SCHEME = "http-scheme";
const AUTHORITY = "http-authority";
const STATUS = "http-status";
/** Each trailer is the value of one such header: `name: value`. */
const TRAILER = "http-trailer";
const TRAILER_COLON = ": ";

/** The subject that requests to a capsule go to. */
export function requestSubject(capsule: string): string {
  return `http.${capsule}`;
}

/** The headers of the message that is a request. */
export function requestHeaders({ method, path, scheme, authority, headers }: RequestHead): HeaderPair[] {
  const pairs: HeaderPair[] = [[METHOD, method]];
  if (path !== undefined) pairs.push([PATH, path]);
  if (scheme !== undefined) pairs.push([SCHEME, scheme]);
  if (authority !== undefined) pairs.push([AUTHORITY, authority]);
  for (const pair of headers) pairs.push(pair);
  return pairs;
}

/** The request that a message is; one that says nothing of it is a GET. */
export function requestOf({ headers }: Pick<Message, "headers">): RequestHead {
  let at = 0;
  const next = (name: string): string | undefined => {
    const [key, value] = headers[at] ?? [];
    if (key !== name) return undefined;
    at += 1;
    return value;
  };
  const method = next(METHOD) ?? "GET";
  const path = next(PATH);
  const scheme = next(SCHEME);
  const authority = next(AUTHORITY);
  return { method, path, scheme, authority, headers: headers.slice(at) };
}

/** The headers of the message that is a response. */
export function responseHeaders({ status, headers, trailers }: ResponseHead): HeaderPair[] {
  const pairs: HeaderPair[] = [[STATUS, String(status)]];
  for (const [name, value] of trailers) pairs.push([TRAILER, name + TRAILER_COLON + value]);
  for (const pair of headers) pairs.push(pair);
  return pairs;
}

/** The response that a message is; undefined when it is none. */
export function responseOf({ headers }: Pick<Message, "headers">): ResponseHead | undefined {
  const [first, ...rest] = headers;
  if (first?.[0] !== STATUS) return undefined;
  const count = rest.findIndex(([name]) => name !== TRAILER);
  const trailers = rest.splice(0, count < 0 ? rest.length : count).map(([, text]): HeaderPair => {
    const colon = text.indexOf(TRAILER_COLON);
    return [text.slice(0, colon), text.slice(colon + TRAILER_COLON.length)];
  });
  return { status: Number(first[1]), headers: rest, trailers };
}

/** The media type among the headers, unless it is longer than `most`. */
export function mediaTypeOf(headers: readonly HeaderPair[], most: number): string | undefined {
  const found = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return found === undefined || found.length > most ? undefined : found;
}

/** Headers that are about the connection, which is the host's and not the guest's. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "transfer-encoding", "upgrade", "host", "http2-settings",
]);

/** Whether a header, by its name in lower case, is the host's affair. */
export function isForbidden(name: string): boolean {
  return FORBIDDEN.has(name);
}
