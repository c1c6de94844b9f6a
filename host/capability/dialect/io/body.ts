import { failStream } from "./io-error.ts";
import type { Sink } from "./output-stream.ts";

/** How much may be written at a time, in bytes. */
const WRITE_BYTES = 65_536;

/** What was written to a stream, in memory. */
export class Body {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  /** All bytes, after `room` bytes for something else. */
  bytes(room: number): Uint8Array {
    const whole = new Uint8Array(room + this.#length);
    let at = room;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}

/** Where a body is written that may have so many bytes. */
export function bodySink(body: Body, most: number): Sink {
  return {
    ready: () => true,
    room: () => WRITE_BYTES,
    write(bytes) {
      if (body.length + bytes.length > most) failStream(`a value has ${most} bytes at most`);
      body.add(bytes);
    },
    flush: () => undefined,
  };
}
