import { DoterosError } from "../../contract/error.ts";
import type { FetchRequest, HttpAnswer, HttpRequestBody } from "../../contract/http.ts";
import { type HeaderPair, isForbidden, type RequestHead } from "../../contract/http-message.ts";

/** Statuses of responses that have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The bytes of a body.
 *
 * @throws DoterosError `limit-exceeded` when there are more than `most`, of which no more are read
 */
export async function readBody({ headers, body }: Pick<FetchRequest, "headers" | "body">, most: number): Promise<Uint8Array> {
  if (Number(headers.get("content-length") ?? 0) > most) throw tooLong(most);
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return joined(chunks, length);
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw tooLong(most);
    }
    chunks.push(value);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLong(most: number): DoterosError {
  return new DoterosError("limit-exceeded", `the payload has more than ${most} bytes`);
}

/** What comes before the body of a request. */
export function headOf({ method, url, headers }: FetchRequest): RequestHead {
  const { pathname, search, protocol, host } = new URL(url);
  const pairs: HeaderPair[] = [];
  headers.forEach((value, name) => {
    if (!isForbidden(name)) pairs.push([name, value]);
  });
  return { method, path: pathname + search, scheme: protocol.slice(0, -1), authority: host, headers: pairs };
}

/** The body of a request that has one. */
export function bodyOf(request: FetchRequest, most: number): HttpRequestBody | undefined {
  if (request.body === null) return undefined;
  const said = request.headers.get("content-length");
  return { bytesMax: said === null ? most : Number(said), read: () => readBody(request, most) };
}

/** An answer as a response of the Fetch standard, which has no trailers. */
export function fetchResponse(method: string, { status, headers, body }: HttpAnswer): Response {
  const has = method !== "HEAD" && !BODILESS.has(status);
  return new Response(has ? body : null, { status, headers: [...headers] });
}
