import { createSocket, type Socket } from "node:dgram";
import { DATAGRAMS_WAITING_MAX } from "../../../../contract/limits.ts";
import type { Endpoint, NetworkOrder } from "../../../../contract/network.ts";
import type { FarEnd, FarSide } from "./end.ts";
import { failed } from "./failure.ts";

/** A socket for datagrams. Those that arrive while too many wait for the capsule are lost, as they may be. */
class Datagrams implements FarEnd {
  readonly #side: FarSide;
  readonly #socket: Socket;
  #waiting = 0;

  constructor(side: FarSide, local: Endpoint) {
    this.#side = side;
    const isSix = local.address.includes(":");
    this.#socket = createSocket({ type: isSix ? "udp6" : "udp4", ipv6Only: isSix });
    this.#socket.on("message", (message, { address, port }) => {
      if (this.#waiting >= DATAGRAMS_WAITING_MAX) return;
      this.#waiting += 1;
      side.tell({ event: "datagram", bytes: new Uint8Array(message), from: { address, port } });
    });
    this.#socket.on("error", (error) => side.tell(failed(error)));
    this.#socket.on("close", () => side.forget());
    this.#socket.bind({ address: local.address, port: local.port, exclusive: true }, () => {
      const { address, port } = this.#socket.address();
      side.tell({ event: "open", local: { address, port }, remote: undefined });
    });
  }

  take(order: NetworkOrder): void {
    if (order.order === "send") this.#send(order.bytes, order.to);
    else if (order.order === "taken") this.#waiting -= order.count;
    else if (order.order === "set") this.#set(order.option, order.value);
    else if (order.order === "release") this.close();
  }

  close(): void {
    this.#socket.close();
  }

  #send(bytes: Uint8Array, { address, port }: Endpoint): void {
    this.#socket.send(bytes, port, address, (error) => {
      if (error !== null) this.#side.tell(failed(error));
      this.#side.tell({ event: "sent", count: 1 });
    });
  }

  #set(option: string, value: number): void {
    if (option === "hop-limit") this.#socket.setTTL(value);
    else if (option === "receive-buffer") this.#socket.setRecvBufferSize(value);
    else if (option === "send-buffer") this.#socket.setSendBufferSize(value);
  }
}

/** Takes a port for datagrams. */
export function beginDatagrams(side: FarSide, local: Endpoint): FarEnd {
  return new Datagrams(side, local);
}
