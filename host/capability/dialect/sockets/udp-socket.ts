import { DATAGRAMS_WAITING_MAX, NETWORK_WINDOW_BYTES } from "../../../contract/limits.ts";
import type { Endpoint, NetworkEnd, NetworkEvent, NetworkFailure, SocketOption } from "../../../contract/network.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { DISPOSE } from "../io/dispose.ts";
import { Pollable, wait } from "../io/pollable.ts";
import type { NetworkAccess } from "./access.ts";
import { type Family, localEndpoint, remoteEndpoint, type SocketAddress, socketAddressOf } from "./address.ts";
import { type DatagramChannel, IncomingDatagramStream, OutgoingDatagramStream } from "./datagram-stream.ts";
import { codeOf, refuseAs } from "./error-code.ts";
import { bufferSize, mustBePositive } from "./tcp-options.ts";

const HOP_LIMIT_DEFAULT = 64;

/** The resource `udp-socket` of wasi:sockets. */
export class UdpSocket {
  readonly #transition: Transition;
  readonly #access: NetworkAccess;
  readonly #family: Family;
  #state: "unbound" | "binding" | "bound" = "unbound";
  #end: NetworkEnd | undefined;
  #channel: DatagramChannel | undefined;
  #local: Endpoint | undefined;
  #remote: Endpoint | undefined;
  /** How often it was told to talk to one only, and that was not done yet: which changes its own address. */
  #connects = 0;
  #failure: NetworkFailure | undefined;
  readonly #options = new Map<SocketOption, number>();

  constructor(transition: Transition, access: NetworkAccess, family: Family) {
    transition.charge(CALL_FUEL);
    this.#transition = transition;
    this.#access = access;
    this.#family = family;
  }

  /** Who sends has to have some port, and who only sends does not listen: what others send there is lost. */
  startBind(_network: unknown, address: SocketAddress): void {
    this.#charge();
    const local = localEndpoint(address, this.#family);
    if (this.#state !== "unbound") refuseAs(this.#state === "binding" ? "concurrency-conflict" : "invalid-state");
    if (local.port !== 0 && !this.#access.mayListen(local.port, local.address)) refuseAs("access-denied");
    const end = this.#access.begin({ kind: "datagrams", local });
    this.#state = "binding";
    this.#end = end;
    this.#channel = { end, access: this.#access, transition: this.#transition, family: this.#family, remote: undefined, waiting: [], unsent: 0, failure: undefined };
    end.receive = (event) => this.#receive(event);
  }

  finishBind(): void {
    this.#charge();
    if (this.#state !== "binding") refuseAs("not-in-progress");
    if (this.#local === undefined && this.#failure === undefined) refuseAs("would-block");
    this.#state = this.#failure === undefined ? "bound" : "unbound";
    if (this.#failure !== undefined) {
      const code = codeOf(this.#failure);
      this.#failure = undefined;
      this.#end?.close();
      refuseAs(code);
    }
    for (const [option, value] of this.#options) this.#end?.send({ order: "set", option, value });
  }

  stream(address: SocketAddress | undefined): [IncomingDatagramStream, OutgoingDatagramStream] {
    this.#charge();
    const channel = this.#state === "bound" ? this.#channel : undefined;
    const remote = address === undefined ? undefined : remoteEndpoint(address, this.#family);
    if (channel === undefined) return refuseAs("invalid-state");
    if (remote !== undefined && !this.#access.mayConnect(remote.address, remote.port)) refuseAs("access-denied");
    if (remote !== undefined || this.#remote !== undefined) {
      channel.end.send({ order: "connect", to: remote });
      this.#connects += 1;
    }
    this.#remote = remote;
    channel.remote = remote;
    return [new IncomingDatagramStream(channel), new OutgoingDatagramStream(channel)];
  }

  localAddress(): SocketAddress {
    this.#charge();
    if (this.#state !== "bound" || this.#local === undefined) return refuseAs("invalid-state");
    wait(this.#transition, [{ ready: () => this.#isConnected() }]);
    return socketAddressOf(this.#local);
  }

  remoteAddress(): SocketAddress {
    this.#charge();
    return this.#remote === undefined ? refuseAs("invalid-state") : socketAddressOf(this.#remote);
  }

  addressFamily(): Family {
    this.#charge();
    return this.#family;
  }

  unicastHopLimit(): number {
    return this.#get("hop-limit", HOP_LIMIT_DEFAULT);
  }

  setUnicastHopLimit(value: number): void {
    this.#set("hop-limit", mustBePositive(value));
  }

  receiveBufferSize(): bigint {
    return BigInt(this.#get("receive-buffer", NETWORK_WINDOW_BYTES));
  }

  setReceiveBufferSize(value: bigint): void {
    this.#set("receive-buffer", Number(bufferSize(value)));
  }

  sendBufferSize(): bigint {
    return BigInt(this.#get("send-buffer", NETWORK_WINDOW_BYTES));
  }

  setSendBufferSize(value: bigint): void {
    this.#set("send-buffer", Number(bufferSize(value)));
  }

  subscribe(): Pollable {
    return new Pollable(this.#transition, {
      ready: () => {
        this.#access.poll();
        return this.#state !== "binding" || this.#local !== undefined || this.#failure !== undefined;
      },
    });
  }

  [DISPOSE](): void {
    this.#end?.send({ order: "release" });
  }

  #charge(): void {
    this.#transition.charge(CALL_FUEL);
    this.#access.poll();
  }

  #isConnected(): boolean {
    this.#access.poll();
    return this.#connects === 0;
  }

  #get(option: SocketOption, otherwise: number): number {
    this.#charge();
    return this.#options.get(option) ?? otherwise;
  }

  #set(option: SocketOption, value: number): void {
    this.#charge();
    this.#options.set(option, value);
    if (this.#state === "bound") this.#end?.send({ order: "set", option, value });
  }

  #receive(event: NetworkEvent): void {
    const channel = this.#channel as DatagramChannel;
    if (event.event === "open") {
      if (this.#local !== undefined) this.#connects -= 1;
      this.#local = event.local;
    }
    if (event.event === "sent") channel.unsent -= event.count;
    else if (event.event === "datagram") this.#keep(channel, event.bytes, event.from);
    else if (event.event === "failed") {
      if (this.#state === "binding") this.#failure = event.failure;
      else channel.failure = event.failure;
    }
  }

  /** What comes from someone whom it may not talk to is as if it had not come. */
  #keep(channel: DatagramChannel, bytes: Uint8Array, from: Endpoint): void {
    if (channel.waiting.length < DATAGRAMS_WAITING_MAX && this.#access.mayHearOf(from.address, from.port)) channel.waiting.push({ bytes, from });
    else channel.end.send({ order: "taken", count: 1 });
  }
}
