import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { HTTP_CONNECTIONS_MAX, HTTP_HEADERS_BYTES_MAX } from "../../../../contract/limits.ts";
import { arrivedOf } from "../request.ts";
import { CELL, type FromCapsule, type FromClient, type FromConnections, type StreamThreadData, WINDOW_BYTES } from "./wire.ts";

/** Has connections, and passes on what comes over them and goes there, in a thread that never waits for a capsule. */
export function serveConnections(data: StreamThreadData, main: MessagePort): void {
  const { port, hostname, headersMillisecondsMax, stallMillisecondsMax, requestsMax } = data;
  const server = createServer({ headersTimeout: headersMillisecondsMax, requestTimeout: 0, connectionsCheckingInterval: Math.min(1_000, headersMillisecondsMax), maxHeaderSize: HTTP_HEADERS_BYTES_MAX });
  server.maxHeadersCount = 0;
  server.maxConnections = HTTP_CONNECTIONS_MAX;
  const tell = (said: FromConnections, moved: readonly MessagePort[] = []): void => main.postMessage(said, moved);
  const exchanges = new Set<Exchange>();
  server.on("request", (request, response) => {
    if (exchanges.size >= requestsMax) return void response.writeHead(503, { "retry-after": "1", "content-type": "text/plain; charset=utf-8", connection: "close" }).end("503 Service Unavailable\n");
    const { port1, port2 } = new MessageChannel();
    const exchange: Exchange = new Exchange(request, response, port1, () => exchanges.delete(exchange));
    exchanges.add(exchange);
    tell({ kind: "request", head: arrivedOf(request).head, client: request.socket.remoteAddress, port: port2, cell: exchange.cell }, [port2]);
  });
  server.setTimeout(stallMillisecondsMax, (socket: Socket) => {
    for (const exchange of exchanges) if (exchange.isOf(socket) && exchange.waitsForCapsule) return;
    socket.destroy();
  });
  server.on("error", (error: NodeJS.ErrnoException) => tell({ kind: "unavailable", code: error.code ?? "", message: error.message }));
  server.listen({ port, host: hostname }, () => tell({ kind: "listening", port: (server.address() as AddressInfo).port }));
  main.on("message", ({ drain }: { readonly drain: number }) => {
    const timer = setTimeout(() => server.closeAllConnections(), drain);
    server.close(() => {
      clearTimeout(timer);
      tell({ kind: "drained" });
    });
    server.closeIdleConnections();
  });
}

/** One request and its response. */
class Exchange {
  readonly cell = new Int32Array(new SharedArrayBuffer(CELL.length * Int32Array.BYTES_PER_ELEMENT));
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #port: MessagePort;
  /** Bytes of the request that the capsule has not taken, and of the response that have not left. */
  #untaken = 0;
  #unsent = 0;

  constructor(request: IncomingMessage, response: ServerResponse, port: MessagePort, over: () => void) {
    this.#request = request;
    this.#response = response;
    this.#port = port;
    request.on("data", (chunk: Buffer) => this.#sent(chunk)).on("end", () => this.#post({ chunk: undefined })).on("error", () => undefined);
    response.on("error", () => undefined).on("close", () => {
      Atomics.store(this.cell, CELL.gone, 1);
      this.#wake();
      port.close();
      over();
    });
    port.on("message", (said: FromCapsule) => this.#said(said));
  }

  isOf(socket: Socket): boolean {
    return this.#request.socket === socket;
  }

  /** Whether it is not the client's turn. */
  get waitsForCapsule(): boolean {
    return this.#unsent === 0 && (this.#untaken > 0 || this.#request.complete);
  }

  #sent(chunk: Buffer): void {
    this.#untaken += chunk.length;
    if (this.#untaken >= WINDOW_BYTES) this.#request.pause();
    this.#post({ chunk: new Uint8Array(chunk) });
  }

  #post(said: FromClient): void {
    this.#port.postMessage(said, []);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.cell, CELL.count, 1);
    Atomics.notify(this.cell, CELL.count);
  }

  #said(said: FromCapsule): void {
    const response = this.#response;
    switch (said.kind) {
      case "taken":
        this.#untaken -= said.bytes;
        if (this.#untaken < WINDOW_BYTES && this.#request.isPaused()) this.#request.resume();
        return;
      case "begin":
        response.writeHead(said.status, said.headers.flat()).flushHeaders();
        return;
      case "chunk":
        this.#unsent += said.bytes.length;
        response.write(said.bytes, () => {
          this.#unsent -= said.bytes.length;
          Atomics.add(this.cell, CELL.left, said.bytes.length);
          this.#wake();
        });
        return;
      case "end":
        if (said.trailers.length > 0) response.addTrailers(said.trailers.map(([name, value]): [string, string] => [name, value]));
        response.end();
        return;
      case "failed":
        // What has begun cannot be taken back, but it must not look whole.
        if (response.headersSent) response.destroy();
        else response.writeHead(said.status, [...said.headers.flat(), "connection", "close"]).end(said.body);
    }
  }
}
