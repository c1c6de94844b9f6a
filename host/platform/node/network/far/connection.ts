import { connect, type Socket } from "node:net";
import { NETWORK_RELEASE_MILLISECONDS_MAX, NETWORK_WINDOW_BYTES } from "../../../../contract/limits.ts";
import type { Endpoint, NetworkOrder } from "../../../../contract/network.ts";
import type { FarEnd, FarSide } from "./end.ts";
import { failed } from "./failure.ts";

/** A connection over TCP. What arrives is read as long as not too much of it waits for the capsule. */
export class Connection implements FarEnd {
  readonly #side: FarSide;
  readonly #socket: Socket;
  /** Bytes that arrived and were not taken. */
  #waiting = 0;

  constructor(side: FarSide, socket: Socket) {
    this.#side = side;
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      // A copy of its own: what Node gives may be a part of something that it uses again.
      const bytes = new Uint8Array(chunk);
      this.#waiting += bytes.length;
      if (this.#waiting >= NETWORK_WINDOW_BYTES) socket.pause();
      side.tell({ event: "bytes", bytes });
    });
    socket.on("end", () => side.tell({ event: "end", trailers: [] }));
    socket.on("error", (error) => side.tell(failed(error)));
    socket.on("close", () => side.forget());
  }

  take(order: NetworkOrder): void {
    const socket = this.#socket;
    switch (order.order) {
      case "write":
        return this.#write(order.bytes);
      case "taken":
        this.#waiting -= order.count;
        if (socket.isPaused() && this.#waiting < NETWORK_WINDOW_BYTES) socket.resume();
        return;
      case "finish":
        socket.end();
        return;
      case "set":
        if (order.option === "keep-alive") socket.setKeepAlive(order.value > 0, order.value * 1_000);
        return;
      case "release":
        return this.#release();
      default:
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #write(bytes: Uint8Array): void {
    this.#socket.write(bytes, (error) => {
      if (error === null || error === undefined) this.#side.tell({ event: "sent", count: bytes.length });
    });
  }

  #release(): void {
    const socket = this.#socket;
    const timer = setTimeout(() => socket.destroy(), NETWORK_RELEASE_MILLISECONDS_MAX);
    socket.once("close", () => clearTimeout(timer));
    socket.end(() => socket.destroy());
  }
}

/** Connects. */
export function beginConnection(side: FarSide, remote: Endpoint, local: Endpoint | undefined): FarEnd {
  const from = local === undefined ? {} : { localAddress: local.address, localPort: local.port };
  const socket = connect({ host: remote.address, port: remote.port, allowHalfOpen: true, noDelay: true, ...from });
  socket.once("connect", () => side.tell({ event: "open", ...endsOf(socket) }));
  return new Connection(side, socket);
}

/** Both ends of a socket that is connected. */
export function endsOf({ localAddress = "", localPort = 0, remoteAddress = "", remotePort = 0 }: Socket): { local: Endpoint; remote: Endpoint } {
  return { local: { address: localAddress, port: localPort }, remote: { address: remoteAddress, port: remotePort } };
}
