import type { NetworkEnd, NetworkEvent } from "../../../contract/network.ts";
import type { Source } from "./input-stream.ts";

/** Bytes that arrive from the network, until the capsule reads them. */
export class InputQueue {
  readonly #end: NetworkEnd;
  readonly #poll: () => void;
  readonly #fail: () => never;
  #chunks: Uint8Array[] = [];
  #state: "open" | "ended" | "failed" = "open";

  /**
   * @param poll takes in what arrived
   * @param fail answers a read of what failed
   */
  constructor(end: NetworkEnd, poll: () => void, fail: () => never) {
    this.#end = end;
    this.#poll = poll;
    this.#fail = fail;
  }

  receive(event: NetworkEvent): void {
    if (this.#state !== "open") {
      if (event.event === "bytes") this.#taken(event.bytes.length);
    } else if (event.event === "bytes") {
      this.#chunks.push(event.bytes);
    } else if (event.event === "end") {
      this.#state = "ended";
    } else if (event.event === "failed") {
      this.#state = "failed";
    }
  }

  /** Nothing is read any more. What still arrives is taken, so that it does not hold up what leaves. */
  stop(): void {
    for (const chunk of this.#chunks) this.#taken(chunk.length);
    this.#chunks = [];
    this.#state = "ended";
  }

  source(close: () => void): Source {
    return {
      ready: () => {
        this.#poll();
        return this.#chunks.length > 0 || this.#state !== "open";
      },
      read: (most) => {
        this.#poll();
        return this.#read(most);
      },
      close,
    };
  }

  #read(most: number): Uint8Array | undefined {
    const [chunk] = this.#chunks;
    if (chunk === undefined) {
      if (this.#state === "failed") this.#fail();
      return this.#state === "ended" ? undefined : new Uint8Array();
    }
    const bytes = chunk.subarray(0, most);
    if (bytes.length === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(most);
    if (bytes.length > 0) this.#taken(bytes.length);
    return bytes;
  }

  #taken(count: number): void {
    this.#end.send({ order: "taken", count });
  }
}
