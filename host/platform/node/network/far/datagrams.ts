import { createSocket, type Socket } from "node:dgram";
import { DATAGRAMS_WAITING_MAX } from "../../../../contract/limits.ts";
import type { Datagram, Endpoint, NetworkOrder } from "../../../../contract/network.ts";
import type { FarEnd, FarSide } from "./end.ts";
import { failed } from "./failure.ts";

/** A socket for datagrams. Those that arrive while too many wait for the capsule are lost, as they may be. */
class Datagrams implements FarEnd {
  readonly #side: FarSide;
  readonly #socket: Socket;
  #waiting = 0;
  #peer: "none" | "connecting" | "connected" = "none";
  /** What is to be done when it is connected. */
  readonly #later: (() => void)[] = [];

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
    this.#socket.bind({ address: local.address, port: local.port, exclusive: true }, () => this.#tellOpen(undefined));
  }

  take(order: NetworkOrder): void {
    if (this.#peer === "connecting" && order.order !== "taken") this.#later.push(() => this.take(order));
    else if (order.order === "send") for (const datagram of order.datagrams) this.#send(datagram);
    else if (order.order === "connect") this.#connect(order.to);
    else if (order.order === "taken") this.#waiting -= order.count;
    else if (order.order === "set") this.#set(order.option, order.value);
    else if (order.order === "release") this.close();
  }

  close(): void {
    this.#socket.close();
  }

  #send({ bytes, to: { address, port } }: Datagram): void {
    const sent = (error: Error | null): void => {
      if (error !== null) this.#side.tell(failed(error));
      this.#side.tell({ event: "sent", count: 1 });
    };
    if (this.#peer === "connected") this.#socket.send(bytes, sent);
    else this.#socket.send(bytes, port, address, sent);
  }

  #connect(to: Endpoint | undefined): void {
    if (this.#peer === "connected") this.#socket.disconnect();
    this.#peer = "none";
    if (to === undefined) return this.#tellOpen(undefined);
    this.#peer = "connecting";
    const settle = (error?: unknown): void => {
      // Where the system does not want to keep to one, the near end does.
      this.#peer = error === undefined || error === null ? "connected" : "none";
      this.#tellOpen(to);
      for (const act of this.#later.splice(0)) act();
    };
    try {
      this.#socket.connect(to.port, to.address, settle);
    } catch (error) {
      settle(error);
    }
  }

  #tellOpen(remote: Endpoint | undefined): void {
    const { address, port } = this.#socket.address();
    this.#side.tell({ event: "open", local: { address, port }, remote });
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
