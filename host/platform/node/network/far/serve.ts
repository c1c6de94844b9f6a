import type { MessagePort } from "node:worker_threads";
import type { NetworkOrder, NetworkRequest } from "../../../../contract/network.ts";
import { packEvent, unpackOrder } from "../crossing.ts";
import { beginConnection } from "./connection.ts";
import { beginDatagrams } from "./datagrams.ts";
import type { FarEnd, FarEvent, FarSide } from "./end.ts";
import { beginExchange } from "./exchange.ts";
import { failed } from "./failure.ts";
import { beginListener } from "./listener.ts";
import { beginLookup } from "./lookup.ts";

/** What a thread for the network gets when it starts. */
export interface ThreadData {
  readonly port: MessagePort;
  /** How often something was told: whoever waits, waits for it to change. */
  readonly told: Int32Array;
}

/** What is sent to the thread: something is begun, told what to do, or ended. */
export interface ToThread {
  readonly id: number;
  readonly request?: NetworkRequest;
  readonly order?: NetworkOrder;
  /** The bytes of the order. */
  readonly buffers?: readonly ArrayBuffer[];
  readonly isOver?: true;
}

/** What the thread sends; without an end it is the thread that failed, or said that it is there. */
export interface FromThread {
  readonly id: number;
  readonly event?: FarEvent;
  /** The bytes of the event. */
  readonly buffers?: readonly ArrayBuffer[];
}

/** Does what a thread for the network does, as long as it is not ended. */
export function serveNetwork({ port, told }: ThreadData): void {
  const ends = new Map<number, FarEnd>();
  // The other side counts up.
  let last = 0;
  let isBellDue = false;
  const post = (id: number, happened?: FarEvent): void => {
    const [event, buffers = []] = happened === undefined ? [] : packEvent(happened);
    const message: FromThread = event === undefined ? { id } : { id, event, buffers };
    port.postMessage(message, buffers);
    // What arrives together is told together.
    if (!isBellDue) setImmediate(ring);
    isBellDue = true;
  };
  const ring = (): void => {
    isBellDue = false;
    Atomics.add(told, 0, 1);
    Atomics.notify(told, 0);
  };
  const sideOf = (id: number): FarSide => ({
    tell: (event) => post(id, event),
    forget: () => void ends.delete(id),
    adopt(make) {
      last -= 1;
      ends.set(last, make(sideOf(last)));
      return last;
    },
  });
  const take = ({ id, request, order, buffers = [], isOver }: ToThread): void => {
    if (request !== undefined) ends.set(id, begin(sideOf(id), request));
    if (order !== undefined) ends.get(id)?.take(unpackOrder(order, buffers));
    if (isOver !== true) return;
    ends.get(id)?.close();
    ends.delete(id);
  };
  port.on("message", (message: ToThread) => {
    try {
      take(message);
    } catch (error) {
      post(message.id, failed(error));
    }
  });
  // Nobody knows whose error it is: all that was begun here is over.
  process.on("uncaughtException", (error) => {
    post(0, failed(error));
    for (const end of ends.values()) end.close();
    ends.clear();
  });
  post(0);
}

function begin(side: FarSide, request: NetworkRequest): FarEnd {
  switch (request.kind) {
    case "lookup":
      return beginLookup(side, request.name);
    case "listener":
      return beginListener(side, request.local);
    case "connection":
      return beginConnection(side, request.remote, request.local);
    case "datagrams":
      return beginDatagrams(side, request.local);
    case "exchange":
      return beginExchange(side, request.request);
  }
}
