import type { IncomingMessage, ServerResponse } from "node:http";
import { DoterosError } from "../../../contract/error.ts";
import type { HttpRequestBody } from "../../../contract/http.ts";
import { type HeaderPair, isForbidden, type RequestHead } from "../../../contract/http-message.ts";

/** A request as it came in, before its body. */
export interface Arrived {
  readonly head: RequestHead;
  /** How long its body says that it is, in bytes; undefined when it does not say, 0 when there is none. */
  readonly length: number | undefined;
}

/** Reads what comes before the body. */
export function arrivedOf({ method = "GET", url = "", rawHeaders }: IncomingMessage): Arrived {
  const headers: HeaderPair[] = [];
  let length: number | undefined = 0;
  let authority: string | undefined;
  let connection = "";
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = rawHeaders[at + 1] as string;
    if (isForbidden(name)) {
      if (name === "host") authority ??= value;
      else if (name === "transfer-encoding") length = undefined;
      else if (name === "connection") connection += `,${value}`;
      continue;
    }
    if (name === "content-length" && length !== undefined) length = Number(value);
    headers.push([name, value]);
  }
  const plain: RequestHead = { method, path: url, scheme: "http", authority, headers: withoutNamed(headers, connection) };
  return { head: url.startsWith("/") || url === "*" ? plain : fromAbsolute(plain, url), length };
}

/** What `Connection` names is about the connection, too. */
function withoutNamed(headers: HeaderPair[], connection: string): HeaderPair[] {
  if (connection === "" || connection === ",keep-alive" || connection === ",close") return headers;
  const named = new Set(connection.toLowerCase().split(",").map((name) => name.trim()));
  return headers.filter(([name]) => !named.has(name));
}

/** A request to a proxy has the whole address. */
function fromAbsolute(head: RequestHead, url: string): RequestHead {
  if (!URL.canParse(url)) return head;
  const { pathname, search, protocol, host } = new URL(url);
  return { ...head, path: pathname + search, scheme: protocol.slice(0, -1), authority: host };
}

/**
 * The body of a request, which is not read before it is asked for.
 *
 * @param continues whether who sends it waits to be told to go on
 */
export function bodyOf(request: IncomingMessage, response: ServerResponse, length: number | undefined, most: number, continues: boolean): HttpRequestBody {
  const read = async (): Promise<Uint8Array> => {
    if (continues) response.writeContinue();
    return length === undefined ? readChunks(request, most) : readLength(request, length);
  };
  return { bytesMax: length ?? most, read };
}

/** What is known to be so long has its place from the beginning. */
function readLength(request: IncomingMessage, length: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const bytes = new Uint8Array(length);
    let at = 0;
    request.on("data", (chunk: Buffer) => {
      bytes.set(chunk, at);
      at += chunk.length;
    });
    endOf(request, () => resolve(bytes), reject);
  });
}

function readChunks(request: IncomingMessage, most: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= most) chunks.push(chunk);
      else {
        request.removeAllListeners("data").pause();
        reject(new DoterosError("limit-exceeded", `its body has more than ${most} bytes`));
      }
    });
    endOf(request, () => resolve(Buffer.concat(chunks, length)), reject);
  });
}

function endOf(request: IncomingMessage, ended: () => void, failed: (error: DoterosError) => void): void {
  const lost = (): void => {
    if (!request.complete) failed(new DoterosError("closed", "who sent the request hung up before its end"));
  };
  request.once("end", ended).once("error", lost).once("close", lost);
}
