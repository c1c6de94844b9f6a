import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { DISPOSE } from "./dispose.ts";
import { Pollable, type Waitable, wait } from "./pollable.ts";

/** A unit more for each so many bytes that cross over, as a power of two: for 16 bytes. */
const BYTES_PER_UNIT_BITS = 4;
/** How much is read at a time, in bytes: `read` may answer with less than was asked for. */
const READ_BYTES_MAX = 1_048_576;

/** Where the bytes of an input stream come from. It is ready when a read would not have to wait. */
export interface Source extends Waitable {
  /**
   * Bytes that are there, at most `most`, of which there may be none yet; undefined at the end.
   *
   * @throws ComponentError as `failStream` does
   */
  read(most: number): Uint8Array | undefined;
  /** Nobody reads from it any more. */
  close?(): void;
}

/** A source of bytes in memory. */
export function bytesSource(bytes: Uint8Array): Source {
  let at = 0;
  return {
    ready: () => true,
    read(most) {
      if (at === bytes.length) return undefined;
      const start = at;
      at = Math.min(bytes.length, at + most);
      return bytes.subarray(start, at);
    },
  };
}

/** The resource `input-stream` of wasi:io. */
export class InputStream {
  readonly #transition: Transition;
  readonly #source: Source;

  constructor(transition: Transition, source: Source) {
    this.#transition = transition;
    this.#source = source;
  }

  read(length: bigint): Uint8Array {
    this.#transition.charge(CALL_FUEL);
    const bytes = this.#source.read(length < READ_BYTES_MAX ? Number(length) : READ_BYTES_MAX) ?? refuse({ tag: "closed" });
    this.#transition.charge(bytes.length >> BYTES_PER_UNIT_BITS);
    return bytes;
  }

  blockingRead(length: bigint): Uint8Array {
    for (;;) {
      const bytes = this.read(length);
      if (bytes.length > 0 || length === 0n) return bytes;
      wait(this.#transition, [this.#source]);
    }
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length);
  }

  blockingSkip(length: bigint): bigint {
    return BigInt(this.blockingRead(length).length);
  }

  subscribe(): Pollable {
    return new Pollable(this.#transition, this.#source);
  }

  [DISPOSE](): void {
    this.#source.close?.();
  }
}
