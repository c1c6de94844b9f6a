import { Agent, type ClientRequest, type IncomingMessage, request as beginRequest } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { HTTP_HEADERS_BYTES_MAX, NETWORK_WINDOW_BYTES } from "../../../../contract/limits.ts";
import type { ExchangeRequest, NetworkFailure, NetworkOrder } from "../../../../contract/network.ts";
import { Alarm } from "./alarm.ts";
import type { FarEnd, FarSide } from "./end.ts";
import { failed } from "./failure.ts";

const CUT = { event: "failed", failure: "incomplete", reason: "the connection ended before the response did" } as const;

/**
 * A request over HTTP and its response, on a connection of its own: what one capsule left on a connection can be nothing to
 * another. It makes the connection itself, because what the runtime would make it with may go to a proxy that the environment
 * names.
 */
class Exchange implements FarEnd {
  readonly #side: FarSide;
  readonly #request: ClientRequest;
  readonly #asked: ExchangeRequest;
  readonly #alarm: Alarm;
  #response: IncomingMessage | undefined;
  /** Bytes that arrived and were not taken. */
  #waiting = 0;
  #isOver = false;

  constructor(side: FarSide, asked: ExchangeRequest) {
    this.#side = side;
    this.#asked = asked;
    this.#alarm = new Alarm((failure) => this.#fail(failure, "it took too long"));
    this.#alarm.set("timeout", asked.connectMilliseconds);
    const request = beginRequest({
      host: asked.host,
      port: asked.port,
      method: asked.method,
      path: asked.path,
      headers: headersOf(asked),
      setHost: false,
      maxHeaderSize: HTTP_HEADERS_BYTES_MAX,
      agent: ownAgent(() => this.#connect()),
    });
    this.#request = request;
    request.on("response", (response) => this.#respond(response));
    request.on("error", (error) => this.#end(failed(error)));
    request.on("upgrade", (_response, socket: Socket) => {
      socket.destroy();
      this.#fail("protocol", "the server wants another protocol");
    });
    request.on("close", () => {
      // A response that began tells itself how it ended: the rest of it may still be in a buffer.
      if (this.#response === undefined) this.#end(CUT);
    });
  }

  take(order: NetworkOrder): void {
    if (order.order === "write") {
      const { bytes } = order;
      this.#request.write(bytes, (error) => {
        if (error === null || error === undefined) this.#tellSent(bytes.length);
      });
    } else if (order.order === "finish") {
      if (order.trailers.length > 0) this.#request.addTrailers(order.trailers as [string, string][]);
      this.#request.end();
    } else if (order.order === "taken") {
      this.#waiting -= order.count;
      if (this.#response?.isPaused() === true && this.#waiting < NETWORK_WINDOW_BYTES) this.#response.resume();
    } else if (order.order === "release") {
      this.close();
    }
  }

  close(): void {
    this.#finish();
    this.#request.destroy();
  }

  #connect(): Socket {
    const { host, port, isSecure, firstByteMilliseconds } = this.#asked;
    const connected = (): void => this.#alarm.set("read-timeout", firstByteMilliseconds);
    if (!isSecure) return connect({ host, port }, connected);
    // What a variable of the environment says about certificates does not count.
    return connectSecurely({ host, port, rejectUnauthorized: true, ALPNProtocols: ["http/1.1"], ...(isIP(host) === 0 ? { servername: host } : {}) }, connected);
  }

  #respond(response: IncomingMessage): void {
    const { betweenBytesMilliseconds } = this.#asked;
    this.#response = response;
    this.#alarm.set("read-timeout", betweenBytesMilliseconds);
    this.#side.tell({ event: "response", status: response.statusCode ?? 0, headers: pairsOf(response.rawHeaders) });
    response.on("data", (chunk: Buffer) => {
      const bytes = new Uint8Array(chunk);
      this.#waiting += bytes.length;
      // Nobody is late while it is the capsule that does not read.
      const isFull = this.#waiting >= NETWORK_WINDOW_BYTES;
      if (isFull) response.pause();
      this.#alarm.set("read-timeout", isFull ? undefined : betweenBytesMilliseconds);
      this.#side.tell({ event: "bytes", bytes });
    });
    response.on("resume", () => this.#alarm.set("read-timeout", betweenBytesMilliseconds));
    response.on("error", (error) => this.#end(failed(error)));
    response.on("close", () => this.#end(CUT));
    response.on("end", () => {
      this.#end(response.complete ? { event: "end", trailers: pairsOf(response.rawTrailers) } : CUT);
      // Whether the rest of the request goes out is nobody's concern any more.
      this.#request.destroy();
    });
  }

  #tellSent(count: number): void {
    if (!this.#isOver) this.#side.tell({ event: "sent", count });
  }

  #fail(failure: NetworkFailure, reason: string): void {
    this.#end({ event: "failed", failure, reason });
    this.#request.destroy();
  }

  #end(event: Parameters<FarSide["tell"]>[0]): void {
    if (this.#isOver) return;
    this.#side.tell(event);
    this.#finish();
  }

  #finish(): void {
    this.#isOver = true;
    this.#alarm.set("timeout", undefined);
    this.#side.forget();
  }
}

/** Makes a request. */
export function beginExchange(side: FarSide, asked: ExchangeRequest): FarEnd {
  return new Exchange(side, asked);
}

/** The proxies that an agent is to know of, whatever the environment says. Node 20 has no such option, and no proxies. */
const NO_PROXIES = { proxyEnv: {} };

/** One that keeps no connection. */
function ownAgent(connection: () => Socket): Agent {
  return Object.assign(new Agent({ keepAlive: false, ...NO_PROXIES }), { createConnection: connection });
}

/** Headers as Node takes them: those of one name together. The host is the one that it goes to. */
function headersOf({ headers, host, port, isSecure }: ExchangeRequest): Record<string, string | string[]> {
  const together = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const known = together.get(key);
    if (known === undefined) together.set(key, [value]);
    else known.push(value);
  }
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return {
    ...Object.fromEntries([...together].map(([key, values]) => [key, values.length === 1 ? (values[0] as string) : values])),
    host: port === (isSecure ? 443 : 80) ? name : `${name}:${port}`,
  };
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([(raw[at] as string).toLowerCase(), raw[at + 1] as string]);
  return pairs;
}
