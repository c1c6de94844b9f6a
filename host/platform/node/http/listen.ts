import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { HttpListener, HttpService, ListenOptions, TellRequest } from "../../../contract/http.ts";
import {
  HTTP_CONNECTIONS_MAX, HTTP_HEADERS_BYTES_MAX, HTTP_HEADERS_MILLISECONDS, HTTP_REQUEST_MILLISECONDS, HTTP_STALL_MILLISECONDS,
} from "../../../contract/limits.ts";
import { arrivedOf, bodyOf } from "./request.ts";
import { sendAnswer } from "./response.ts";
import { unavailable } from "./unavailable.ts";

/** How often it is looked who is too slow, in milliseconds. */
const LOOK_MILLISECONDS = 1_000;

/** How many may have connected before they are taken: many come at once. */
const BACKLOG = 4_096;

/**
 * Has a service answer those who connect to a port.
 *
 * @throws DoterosError `port-unavailable`
 */
export async function listen(service: HttpService, { port = 0, hostname = "127.0.0.1", headersMillisecondsMax = HTTP_HEADERS_MILLISECONDS, stallMillisecondsMax = HTTP_STALL_MILLISECONDS, told }: ListenOptions): Promise<HttpListener> {
  const server = createServer({
    headersTimeout: headersMillisecondsMax,
    requestTimeout: Math.max(headersMillisecondsMax, HTTP_REQUEST_MILLISECONDS),
    connectionsCheckingInterval: Math.min(LOOK_MILLISECONDS, headersMillisecondsMax),
    maxHeaderSize: HTTP_HEADERS_BYTES_MAX,
  });
  // They have a limit in bytes; those over a limit of their number would be left out without a word.
  server.maxHeadersCount = 0;
  server.maxConnections = HTTP_CONNECTIONS_MAX;
  const front = new Front(service, told);
  server.on("request", (request, response) => void front.answer(request, response, false));
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => void front.answer(request, response, true));
  server.setTimeout(stallMillisecondsMax, (socket: Socket) => front.stalled(socket));
  await start(server, port, hostname);
  const { port: found } = server.address() as AddressInfo;
  return {
    port: found,
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${found}/`,
    close: (milliseconds = 0) => front.drain(server, milliseconds),
  };
}

function start(server: Server, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(unavailable(error, port, hostname)));
    server.listen({ port, host: hostname, backlog: BACKLOG }, resolve);
  });
}

/** Takes requests from connections, and gives them their answers. */
class Front {
  readonly #service: HttpService;
  readonly #told: TellRequest | undefined;
  /** Those who wait for the capsule. */
  readonly #patient = new Set<Socket>();
  #isDraining = false;

  constructor(service: HttpService, told: TellRequest | undefined) {
    this.#service = service;
    this.#told = told;
  }

  async answer(request: IncomingMessage, response: ServerResponse, continues: boolean): Promise<void> {
    const began = this.#told === undefined ? 0 : performance.now();
    const { head, length } = arrivedOf(request);
    const { socket } = request;
    // Who hangs up is told nothing any more.
    response.on("error", () => undefined);
    const body = length === 0 ? undefined : bodyOf(request, response, length, this.#service.bodyBytesMax, continues);
    if (body === undefined) this.#patient.add(socket);
    else request.once("end", () => this.#patient.add(socket));
    const answer = await this.#service.answer(head, body);
    this.#patient.delete(socket);
    // What is left of a body that nobody reads is not waited for.
    const isLast = this.#isDraining || (body !== undefined && !request.complete);
    const isSent = !socket.destroyed;
    if (isSent) sendAnswer(response, answer, isLast);
    this.#told?.({ head, answer, bytes: answer.body.length, client: socket.remoteAddress, isSent, milliseconds: performance.now() - began });
  }

  /** Nothing came from a connection, and nothing went there, for as long as that may be. */
  stalled(socket: Socket): void {
    if (!this.#patient.has(socket)) socket.destroy();
  }

  drain(server: Server, milliseconds: number): Promise<void> {
    this.#isDraining = true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => server.closeAllConnections(), milliseconds);
      server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      server.closeIdleConnections();
    });
  }
}
