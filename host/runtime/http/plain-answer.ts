import type { HttpAnswer } from "../../contract/http.ts";
import type { HeaderPair } from "../../contract/http-message.ts";

/** What clients are told, and nothing more. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [400, "Bad Request"],
  [408, "Request Timeout"],
  [413, "Content Too Large"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
]);
const ENCODER = new TextEncoder();

/** An answer that is the host's own, and why, which is for logs alone. */
export function plainAnswer(status: number, code: string, reason: string, headers: readonly HeaderPair[] = []): HttpAnswer {
  const body = ENCODER.encode(`${status} ${WORDS.get(status) ?? ""}\n`);
  return { status, headers: [["content-type", "text/plain; charset=utf-8"], ...headers], body, trailers: [], failure: { code, reason } };
}
