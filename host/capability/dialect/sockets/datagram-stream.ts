import { ComponentError, DoterosError } from "../../../contract/error.ts";
import { DATAGRAM_BYTES_MAX, DATAGRAMS_WAITING_MAX } from "../../../contract/limits.ts";
import type { Datagram, Endpoint, NetworkEnd, NetworkFailure } from "../../../contract/network.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { Pollable } from "../io/pollable.ts";
import type { NetworkAccess } from "./access.ts";
import { type Family, remoteEndpoint, type SocketAddress, socketAddressOf } from "./address.ts";
import { codeOf, refuseAs } from "./error-code.ts";

/** A unit more for each so many bytes that cross over, as a power of two: for 16 bytes. */
const BYTES_PER_UNIT_BITS = 4;

/** What the streams of a socket share. */
export interface DatagramChannel {
  readonly end: NetworkEnd;
  readonly access: NetworkAccess;
  readonly transition: Transition;
  readonly family: Family;
  /** The only one it talks to; undefined for anyone. */
  remote: Endpoint | undefined;
  /** What arrived. */
  readonly waiting: { readonly bytes: Uint8Array; readonly from: Endpoint }[];
  /** How many are on their way. */
  unsent: number;
  /** Why one that was sent before did not leave. */
  failure: NetworkFailure | undefined;
}

interface IncomingDatagram {
  readonly data: Uint8Array;
  readonly remoteAddress: SocketAddress;
}

interface OutgoingDatagram {
  readonly data: Uint8Array;
  readonly remoteAddress: SocketAddress | undefined;
}

/** The resource `incoming-datagram-stream` of wasi:sockets. */
export class IncomingDatagramStream {
  readonly #channel: DatagramChannel;

  constructor(channel: DatagramChannel) {
    this.#channel = channel;
  }

  receive(most: bigint): IncomingDatagram[] {
    const { transition } = this.#channel;
    transition.charge(CALL_FUEL);
    this.#sift();
    tellFailure(this.#channel);
    const { waiting, end } = this.#channel;
    const taken = waiting.splice(0, most < waiting.length ? Number(most) : waiting.length);
    if (taken.length > 0) end.send({ order: "taken", count: taken.length });
    return taken.map(({ bytes, from }) => {
      transition.charge(CALL_FUEL + (bytes.length >> BYTES_PER_UNIT_BITS));
      return { data: bytes, remoteAddress: socketAddressOf(from) };
    });
  }

  subscribe(): Pollable {
    return new Pollable(this.#channel.transition, {
      ready: () => {
        this.#sift();
        return this.#channel.failure !== undefined || this.#channel.waiting.length > 0;
      },
    });
  }

  /** Leaves out what comes from others than the one that it talks to. */
  #sift(): void {
    const { access, remote, waiting, end } = this.#channel;
    access.poll();
    if (remote === undefined) return;
    const kept = waiting.filter(({ from }) => isSame(from, remote));
    const left = waiting.length - kept.length;
    if (left === 0) return;
    waiting.splice(0, waiting.length, ...kept);
    end.send({ order: "taken", count: left });
  }
}

/** The resource `outgoing-datagram-stream` of wasi:sockets. */
export class OutgoingDatagramStream {
  readonly #channel: DatagramChannel;
  /** How many it was told that it may send. */
  #permitted = 0;

  constructor(channel: DatagramChannel) {
    this.#channel = channel;
  }

  checkSend(): bigint {
    const channel = this.#channel;
    channel.transition.charge(CALL_FUEL);
    channel.access.poll();
    tellFailure(channel);
    this.#permitted = Math.max(0, DATAGRAMS_WAITING_MAX - channel.unsent);
    return BigInt(this.#permitted);
  }

  send(datagrams: readonly OutgoingDatagram[]): bigint {
    const channel = this.#channel;
    channel.transition.charge(CALL_FUEL);
    channel.access.poll();
    tellFailure(channel);
    if (datagrams.length > this.#permitted) throw new DoterosError("trap", `${datagrams.length} datagrams were sent where check-send allowed ${this.#permitted}`);
    const ready: Datagram[] = [];
    try {
      for (const datagram of datagrams) ready.push(this.#check(datagram));
    } catch (error) {
      // What comes before the one that cannot leave is sent; that one is told of when it is sent again.
      if (ready.length === 0 || !(error instanceof ComponentError)) throw error;
    }
    this.#permitted -= ready.length;
    channel.unsent += ready.length;
    if (ready.length > 0) channel.end.send({ order: "send", datagrams: ready });
    return BigInt(ready.length);
  }

  subscribe(): Pollable {
    return new Pollable(this.#channel.transition, {
      ready: () => {
        this.#channel.access.poll();
        return this.#channel.failure !== undefined || this.#channel.unsent < DATAGRAMS_WAITING_MAX;
      },
    });
  }

  /** @throws ComponentError with why it cannot be sent */
  #check({ data, remoteAddress }: OutgoingDatagram): Datagram {
    const { access, family, remote, transition } = this.#channel;
    transition.charge(CALL_FUEL + (data.length >> BYTES_PER_UNIT_BITS));
    const to = remoteAddress === undefined ? (remote ?? refuseAs("invalid-argument")) : remoteEndpoint(remoteAddress, family);
    if (remote !== undefined && !isSame(to, remote)) refuseAs("invalid-argument");
    if (data.length > DATAGRAM_BYTES_MAX) refuseAs("datagram-too-large");
    if (remote === undefined && !access.mayConnect(to.address, to.port)) refuseAs("access-denied");
    // What is sent is gone here, and may be a part of something that is not.
    return { bytes: data.slice(), to };
  }
}

/** @throws ComponentError with why a datagram that was sent before did not arrive, as far as it is known, once */
function tellFailure(channel: DatagramChannel): void {
  const { failure } = channel;
  if (failure === undefined) return;
  channel.failure = undefined;
  refuseAs(codeOf(failure));
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}
