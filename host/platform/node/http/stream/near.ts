import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { DoterosError } from "../../../../contract/error.ts";
import type { HeaderPair } from "../../../../contract/http-message.ts";
import type { BodyStream } from "../../../../contract/http-stream.ts";
import { CELL, type FromCapsule, type FromClient, WINDOW_BYTES } from "./wire.ts";

const NOTHING = new Uint8Array();

/** The bodies of one request, in the thread of the capsule. */
export class NearStream implements BodyStream {
  readonly #port: MessagePort;
  readonly #cell: Int32Array;
  readonly #chunks: Uint8Array[] = [];
  #hasEnded = false;
  /** How often something had come when it was looked last. */
  #seen = 0;
  #written = 0;
  /** How many bytes of the response there were. */
  bytes = 0;

  constructor(port: MessagePort, cell: Int32Array) {
    this.#port = port;
    this.#cell = cell;
  }

  readable(): boolean {
    this.#receive();
    return this.#chunks.length > 0 || this.#hasEnded || this.isGone;
  }

  read(most: number): Uint8Array | undefined {
    this.#receive();
    const [first] = this.#chunks;
    if (first === undefined) {
      if (this.#hasEnded) return undefined;
      if (this.isGone) throw new DoterosError("closed", "who sent the request hung up before its end");
      return NOTHING;
    }
    const part = first.subarray(0, most);
    if (part.length === first.length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(most);
    this.#post({ kind: "taken", bytes: part.length });
    return part;
  }

  begin(status: number, headers: readonly HeaderPair[]): void {
    this.#post({ kind: "begin", status, headers });
  }

  room(): number | undefined {
    this.#receive();
    // What left is counted in 32 bits, round and round.
    return this.isGone ? undefined : WINDOW_BYTES - ((this.#written - Atomics.load(this.#cell, CELL.left)) | 0);
  }

  write(bytes: Uint8Array): void {
    const own = new Uint8Array(bytes);
    this.#written = (this.#written + own.length) | 0;
    this.bytes += own.length;
    this.#post({ kind: "chunk", bytes: own }, [own.buffer]);
  }

  finish(trailers: readonly HeaderPair[]): void {
    this.#post({ kind: "end", trailers });
  }

  /** The capsule failed on it. */
  fail(status: number, headers: readonly HeaderPair[], body: Uint8Array): void {
    this.#post({ kind: "failed", status, headers, body });
  }

  /** Whether nobody is there any more. */
  get isGone(): boolean {
    return Atomics.load(this.#cell, CELL.gone) !== 0;
  }

  pause(milliseconds = Number.POSITIVE_INFINITY): boolean {
    return Atomics.wait(this.#cell, CELL.count, this.#seen, milliseconds) !== "timed-out";
  }

  close(): void {
    this.#port.close();
  }

  #receive(): void {
    // First how often, then what: so nothing is missed that comes in between.
    this.#seen = Atomics.load(this.#cell, CELL.count);
    for (let received = receiveMessageOnPort(this.#port); received !== undefined; received = receiveMessageOnPort(this.#port)) {
      const { chunk } = received.message as FromClient;
      if (chunk === undefined) this.#hasEnded = true;
      else this.#chunks.push(chunk);
    }
  }

  #post(said: FromCapsule, moved: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(said, moved);
  }
}
