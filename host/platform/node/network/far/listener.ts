import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Endpoint, NetworkOrder } from "../../../../contract/network.ts";
import { Connection, endsOf } from "./connection.ts";
import type { FarEnd, FarSide } from "./end.ts";
import { failed } from "./failure.ts";

/**
 * A port that was taken. Node has no way to take one without listening there, so it listens at once, and turns away whoever
 * connects before that was asked for.
 */
class Listener implements FarEnd {
  readonly #side: FarSide;
  readonly #server: Server;
  /** How many may wait; 0 as long as nobody is let in. */
  #backlog = 0;
  /** How many were let in and not taken. */
  #waiting = 0;

  constructor(side: FarSide, local: Endpoint) {
    this.#side = side;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    this.#server.on("error", (error) => {
      const event = failed(error);
      // To Deno an address that is not this machine's is an invalid one.
      side.tell(event.failure === "invalid" ? { ...event, failure: "not-bindable" } : event);
      side.forget();
    });
    this.#server.listen({ host: local.address, port: local.port, exclusive: true, ipv6Only: local.address.includes(":") }, () => {
      const { address, port } = this.#server.address() as AddressInfo;
      side.tell({ event: "open", local: { address, port }, remote: undefined });
    });
  }

  take(order: NetworkOrder): void {
    if (order.order === "listen") this.#backlog = order.backlog;
    else if (order.order === "taken") this.#waiting -= order.count;
    else if (order.order === "release") this.close();
  }

  close(): void {
    this.#server.close(() => this.#side.forget());
  }

  #accept(socket: Socket): void {
    if (this.#waiting >= this.#backlog) return void socket.destroy();
    this.#waiting += 1;
    const made = this.#side.adopt((side) => new Connection(side, socket));
    this.#side.tell({ event: "accepted", made, ...endsOf(socket) });
  }
}

/** Takes a port. */
export function beginListener(side: FarSide, local: Endpoint): FarEnd {
  return new Listener(side, local);
}
