import type { NetworkEnd, NetworkEvent } from "../../../contract/network.ts";
import { refuse } from "../dialect.ts";
import type { Sink } from "./output-stream.ts";

/** Bytes that leave over the network, of which only so many may be on their way. */
export class OutputWindow {
  readonly #end: NetworkEnd;
  readonly #poll: () => void;
  readonly #size: number;
  readonly #fail: () => never;
  #unsent = 0;
  #isFlushing = false;
  #state: "open" | "stopped" | "failed" = "open";

  /**
   * @param poll takes in what arrived
   * @param fail answers a write to what failed
   */
  constructor(end: NetworkEnd, poll: () => void, size: number, fail: () => never) {
    this.#end = end;
    this.#poll = poll;
    this.#size = size;
    this.#fail = fail;
  }

  receive(event: NetworkEvent): void {
    if (event.event === "sent") this.#unsent -= event.count;
    else if (event.event === "failed" && this.#state === "open") this.#state = "failed";
  }

  /** Nothing is written any more. Answers whether it is this that ended it. */
  stop(): boolean {
    const wasOpen = this.#state === "open";
    if (wasOpen) this.#state = "stopped";
    return wasOpen;
  }

  sink(close: () => void): Sink {
    return {
      ready: () => {
        this.#poll();
        if (this.#state !== "open") return true;
        if (!this.#isFlushing) return this.#unsent < this.#size;
        this.#isFlushing = this.#unsent > 0;
        return !this.#isFlushing;
      },
      room: () => {
        this.#mustBeOpen();
        return Math.max(0, this.#size - this.#unsent);
      },
      write: (bytes) => {
        this.#mustBeOpen();
        if (bytes.length === 0) return;
        this.#unsent += bytes.length;
        // What is sent is gone here, and may be a part of something that is not.
        this.#end.send({ order: "write", bytes: bytes.slice() });
      },
      flush: () => {
        this.#mustBeOpen();
        this.#isFlushing = this.#unsent > 0;
      },
      close,
    };
  }

  #mustBeOpen(): void {
    this.#poll();
    if (this.#state === "failed") this.#fail();
    if (this.#state === "stopped") refuse({ tag: "closed" });
  }
}
