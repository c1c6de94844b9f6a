import { NETWORK_WINDOW_BYTES } from "../../../contract/limits.ts";
import type { NetworkEnd, NetworkEvent } from "../../../contract/network.ts";
import { refuse } from "../dialect.ts";
import { InputQueue } from "../io/input-queue.ts";
import { failStream } from "../io/io-error.ts";
import { OutputWindow } from "../io/output-window.ts";
import type { Source } from "../io/input-stream.ts";
import type { Sink } from "../io/output-stream.ts";

/** What a capsule has of a connection: two streams and a socket. It is given up when the capsule has none of them any more. */
export class TcpConnection {
  readonly #end: NetworkEnd;
  readonly #input: InputQueue;
  readonly #output: OutputWindow;
  #holders = 1;
  #failure: string | undefined;

  /** @param poll takes in what arrived */
  constructor(end: NetworkEnd, poll: () => void) {
    this.#end = end;
    this.#input = new InputQueue(end, poll, () => this.#fail());
    this.#output = new OutputWindow(end, poll, NETWORK_WINDOW_BYTES, () => this.#fail());
  }

  receive(event: NetworkEvent): void {
    if (event.event === "failed") this.#failure = event.reason;
    this.#input.receive(event);
    this.#output.receive(event);
  }

  /** Both streams. */
  streams(): { source: Source; sink: Sink } {
    this.#holders += 2;
    return { source: this.#input.source(() => this.letGo()), sink: this.#output.sink(() => this.letGo()) };
  }

  shutDown(which: "receive" | "send" | "both"): void {
    if (which !== "send") this.#input.stop();
    if (which !== "receive" && this.#output.stop()) this.#end.send({ order: "finish", trailers: [] });
  }

  /** One of its parts is gone. */
  letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#end.send({ order: "release" });
  }

  /** A stream tells once why it failed, and is closed then. */
  #fail(): never {
    const reason = this.#failure;
    this.#failure = undefined;
    if (reason === undefined) refuse({ tag: "closed" });
    failStream(reason);
  }
}
