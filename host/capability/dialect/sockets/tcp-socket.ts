import type { Endpoint, NetworkEnd, NetworkEvent, NetworkFailure } from "../../../contract/network.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { DISPOSE } from "../io/dispose.ts";
import { InputStream } from "../io/input-stream.ts";
import { OutputStream } from "../io/output-stream.ts";
import { Pollable } from "../io/pollable.ts";
import type { NetworkAccess } from "./access.ts";
import { type Family, localEndpoint, peerEndpoint, type SocketAddress, socketAddressOf } from "./address.ts";
import { codeOf, refuseAs } from "./error-code.ts";
import { TcpConnection } from "./tcp-connection.ts";
import { backlogSize, bufferSize, mustBePositive, probeCount, TcpOptions, wholeSeconds } from "./tcp-options.ts";

type State = "unbound" | "binding" | "bound" | "starting" | "listening" | "connecting" | "connected" | "closed";

/** The resource `tcp-socket` of wasi:sockets. */
export class TcpSocket {
  readonly #transition: Transition;
  readonly #access: NetworkAccess;
  readonly #family: Family;
  readonly #options: TcpOptions;
  #state: State = "unbound";
  /** What is under way, or is open: a port, or a connection. */
  #end: NetworkEnd | undefined;
  #local: Endpoint | undefined;
  #remote: Endpoint | undefined;
  #failure: NetworkFailure | undefined;
  #connection: TcpConnection | undefined;
  /** Those who connected and were not accepted. */
  readonly #accepted: TcpSocket[] = [];

  constructor(transition: Transition, access: NetworkAccess, family: Family, options = new TcpOptions()) {
    transition.charge(CALL_FUEL);
    this.#transition = transition;
    this.#access = access;
    this.#family = family;
    this.#options = options;
  }

  startBind(_network: unknown, address: SocketAddress): void {
    this.#charge();
    this.#mustRest();
    if (this.#state !== "unbound") refuseAs("invalid-state");
    const local = localEndpoint(address, this.#family);
    if (!this.#access.mayListen(local.port, local.address)) refuseAs("access-denied");
    this.#begin(this.#access.begin({ kind: "listener", local }), "binding");
  }

  finishBind(): void {
    this.#finish("binding", "unbound");
    this.#state = "bound";
  }

  startConnect(_network: unknown, address: SocketAddress): void {
    this.#charge();
    this.#mustRest();
    if (this.#state !== "unbound" && this.#state !== "bound") refuseAs("invalid-state");
    const remote = peerEndpoint(address, this.#family);
    if (!this.#access.mayConnect(remote.address, remote.port)) refuseAs("access-denied");
    // The port that was taken is given back for the connection to have it.
    this.#end?.close();
    this.#begin(this.#access.begin({ kind: "connection", remote, local: this.#local }), "connecting");
  }

  finishConnect(): [InputStream, OutputStream] {
    this.#finish("connecting", "closed");
    return this.#connected();
  }

  startListen(): void {
    this.#charge();
    this.#mustRest();
    if (this.#state !== "bound") refuseAs("invalid-state");
    this.#end?.send({ order: "listen", backlog: this.#options.backlog });
    this.#state = "starting";
  }

  finishListen(): void {
    this.#charge();
    if (this.#state !== "starting") refuseAs("not-in-progress");
    this.#state = "listening";
  }

  accept(): [TcpSocket, InputStream, OutputStream] {
    this.#charge();
    if (this.#state !== "listening") refuseAs("invalid-state");
    const socket = this.#accepted.shift() ?? refuseAs("would-block");
    this.#end?.send({ order: "taken", count: 1 });
    return [socket, ...socket.#connected()];
  }

  localAddress(): SocketAddress {
    this.#charge();
    if (this.#state === "binding" || this.#local === undefined) refuseAs("invalid-state");
    return socketAddressOf(this.#local);
  }

  remoteAddress(): SocketAddress {
    this.#charge();
    if (this.#state !== "connected" || this.#remote === undefined) refuseAs("invalid-state");
    return socketAddressOf(this.#remote);
  }

  isListening(): boolean {
    this.#charge();
    return this.#state === "listening";
  }

  addressFamily(): Family {
    this.#charge();
    return this.#family;
  }

  setListenBacklogSize(value: bigint): void {
    this.#charge();
    const backlog = backlogSize(value);
    if (this.#state === "connecting" || this.#state === "connected") refuseAs("invalid-state");
    this.#options.backlog = backlog;
    if (this.#state === "listening") this.#end?.send({ order: "listen", backlog });
  }

  keepAliveEnabled(): boolean {
    return this.#charged().keepAlive;
  }

  setKeepAliveEnabled(value: boolean): void {
    this.#charged().keepAlive = value;
    this.#apply();
  }

  keepAliveIdleTime(): bigint {
    return this.#charged().idleTime;
  }

  setKeepAliveIdleTime(value: bigint): void {
    this.#charged().idleTime = wholeSeconds(value);
    this.#apply();
  }

  keepAliveInterval(): bigint {
    return this.#charged().interval;
  }

  setKeepAliveInterval(value: bigint): void {
    this.#charged().interval = wholeSeconds(value);
  }

  keepAliveCount(): number {
    return this.#charged().probes;
  }

  setKeepAliveCount(value: number): void {
    this.#charged().probes = probeCount(value);
  }

  hopLimit(): number {
    return this.#charged().hopLimit;
  }

  setHopLimit(value: number): void {
    this.#charged().hopLimit = mustBePositive(value);
  }

  receiveBufferSize(): bigint {
    return this.#charged().receiveBuffer;
  }

  setReceiveBufferSize(value: bigint): void {
    this.#charged().receiveBuffer = bufferSize(value);
  }

  sendBufferSize(): bigint {
    return this.#charged().sendBuffer;
  }

  setSendBufferSize(value: bigint): void {
    this.#charged().sendBuffer = bufferSize(value);
  }

  subscribe(): Pollable {
    return new Pollable(this.#transition, {
      ready: () => {
        this.#access.poll();
        if (this.#state === "listening") return this.#accepted.length > 0;
        if (this.#state === "binding" || this.#state === "connecting") return this.#isDone();
        return true;
      },
    });
  }

  shutdown(which: "receive" | "send" | "both"): void {
    this.#charge();
    if (this.#state !== "connected") refuseAs("invalid-state");
    this.#connection?.shutDown(which);
  }

  [DISPOSE](): void {
    for (const socket of this.#accepted) socket[DISPOSE]();
    // Streams may be left of a connection.
    if (this.#state === "connected") this.#connection?.letGo();
    else this.#end?.close();
    this.#state = "closed";
  }

  #charge(): void {
    this.#transition.charge(CALL_FUEL);
    this.#access.poll();
  }

  #charged(): TcpOptions {
    this.#charge();
    return this.#options;
  }

  #apply(): void {
    if (this.#state === "connected" && this.#end !== undefined) this.#options.apply(this.#end);
  }

  /** @throws ComponentError `concurrency-conflict` while something is under way */
  #mustRest(): void {
    if (this.#state === "binding" || this.#state === "starting" || this.#state === "connecting") refuseAs("concurrency-conflict");
  }

  #isDone(): boolean {
    return this.#failure !== undefined || (this.#state === "binding" ? this.#local : this.#remote) !== undefined;
  }

  #begin(end: NetworkEnd, state: State): void {
    this.#state = state;
    this.#end = end;
    end.receive = (event) => this.#receive(event);
  }

  /** Ends what was under way. @throws ComponentError with why it failed: then the socket is in state `otherwise` */
  #finish(state: State, otherwise: State): void {
    this.#charge();
    if (this.#state !== state) refuseAs("not-in-progress");
    if (!this.#isDone()) refuseAs("would-block");
    if (this.#failure === undefined) return;
    const code = codeOf(this.#failure);
    this.#failure = undefined;
    this.#state = otherwise;
    this.#end?.close();
    this.#end = undefined;
    refuseAs(code);
  }

  #receive(event: NetworkEvent): void {
    this.#connection?.receive(event);
    if (event.event === "failed") {
      this.#failure = event.failure;
    } else if (event.event === "open") {
      this.#local = event.local;
      if (event.remote !== undefined) this.#attach(event.remote);
    } else if (event.event === "accepted") {
      const socket = new TcpSocket(this.#transition, this.#access, this.#family, this.#options.copy());
      socket.#begin(event.made, "connecting");
      socket.#local = event.local;
      socket.#attach(event.remote);
      this.#accepted.push(socket);
    }
  }

  #attach(remote: Endpoint): void {
    this.#remote = remote;
    this.#connection = new TcpConnection(this.#end as NetworkEnd, () => this.#access.poll());
  }

  #connected(): [InputStream, OutputStream] {
    this.#state = "connected";
    if (this.#options.keepAlive) this.#apply();
    const { source, sink } = (this.#connection as TcpConnection).streams();
    return [new InputStream(this.#transition, source), new OutputStream(this.#transition, sink)];
  }
}
