import { DoterosError } from "../../../contract/error.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { DISPOSE } from "./dispose.ts";
import type { InputStream } from "./input-stream.ts";
import { Pollable, type Waitable, wait } from "./pollable.ts";

/** A unit more for each so many bytes that cross over, as a power of two: for 16 bytes. */
const BYTES_PER_UNIT_BITS = 4;
/** How many zeroes are written at a time. */
const ZEROES_MAX = 1_048_576;

/** Where the bytes of an output stream go. It is ready when there is room. */
export interface Sink extends Waitable {
  /** How many bytes may be written now. @throws ComponentError as `failStream` does, or `closed` */
  room(): number;
  /** Takes bytes, even more than there is room for. They are its own now. @throws ComponentError likewise */
  write(bytes: Uint8Array): void;
  /** Sends on what it holds back. Until that is done it is not ready. @throws ComponentError likewise */
  flush(): void;
  /** Nobody writes to it any more. */
  close?(): void;
}

/** The resource `output-stream` of wasi:io. */
export class OutputStream {
  readonly #transition: Transition;
  readonly #sink: Sink;

  constructor(transition: Transition, sink: Sink) {
    this.#transition = transition;
    this.#sink = sink;
  }

  checkWrite(): bigint {
    this.#transition.charge(CALL_FUEL);
    return BigInt(this.#sink.room());
  }

  write(bytes: Uint8Array): void {
    this.#transition.charge(CALL_FUEL + (bytes.length >> BYTES_PER_UNIT_BITS));
    this.#sink.write(bytes);
  }

  blockingWriteAndFlush(bytes: Uint8Array): void {
    this.#writeAll(bytes);
    this.blockingFlush();
  }

  flush(): void {
    this.#transition.charge(CALL_FUEL);
    this.#sink.flush();
  }

  blockingFlush(): void {
    this.flush();
    wait(this.#transition, [this.#sink]);
    // What failed since is told now.
    this.#sink.room();
  }

  subscribe(): Pollable {
    return new Pollable(this.#transition, this.#sink);
  }

  [DISPOSE](): void {
    this.#sink.close?.();
  }

  writeZeroes(length: bigint): void {
    this.write(this.#zeroes(length));
  }

  blockingWriteZeroesAndFlush(length: bigint): void {
    this.blockingWriteAndFlush(this.#zeroes(length));
  }

  splice(source: InputStream, length: bigint): bigint {
    return this.#pass(source.read(this.#upTo(length)));
  }

  blockingSplice(source: InputStream, length: bigint): bigint {
    wait(this.#transition, [this.#sink]);
    return this.#pass(source.blockingRead(this.#upTo(length)));
  }

  #pass(bytes: Uint8Array): bigint {
    this.write(bytes);
    return BigInt(bytes.length);
  }

  #upTo(length: bigint): bigint {
    const room = this.checkWrite();
    return length < room ? length : room;
  }

  /** Writes more than there may be room for. */
  #writeAll(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const room = this.#sink.room();
      if (room === 0) wait(this.#transition, [this.#sink]);
      this.write(bytes.subarray(at, at + room));
      at += room;
    }
  }

  /** @throws DoterosError `trap` for more than one call may write, before there is memory for it */
  #zeroes(length: bigint): Uint8Array {
    if (length > ZEROES_MAX) throw new DoterosError("trap", `${length} zeroes were to be written to a stream at a time; it takes ${ZEROES_MAX} at most`);
    return new Uint8Array(Number(length));
  }
}
