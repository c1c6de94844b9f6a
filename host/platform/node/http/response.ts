import type { ServerResponse } from "node:http";
import type { HttpAnswer } from "../../../contract/http.ts";

/** Statuses of responses that have no body, and those of them that may not even say how long it is. */
const NOT_MODIFIED = 304;
const BODILESS: ReadonlySet<number> = new Set([204, 205, NOT_MODIFIED]);
/**
 * Sends an answer.
 *
 * @param isLast whether the connection is not to be used again
 */
export function sendAnswer(response: ServerResponse, { status, headers, body, trailers }: HttpAnswer, isLast: boolean): void {
  const isHead = response.req.method === "HEAD";
  const hasBody = !isHead && !BODILESS.has(status);
  const withTrailers = hasBody && trailers.length > 0 && response.req.httpVersion === "1.1";
  const flat: string[] = [];
  for (const [name, value] of headers) {
    // Without a body it may say how long it would be; what is sent has the length that it has.
    if (name.toLowerCase() === "content-length" && (hasBody || status === 204 || body.length > 0)) continue;
    flat.push(name, value);
  }
  if (withTrailers) flat.push("trailer", trailers.map(([name]) => name).join(", "));
  else if (hasBody || (isHead && body.length > 0)) flat.push("content-length", String(body.length));
  if (isLast) flat.push("connection", "close");
  response.writeHead(status, flat);
  if (withTrailers) {
    response.write(body);
    response.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]));
    response.end();
  } else if (hasBody) response.end(body);
  else response.end();
}
