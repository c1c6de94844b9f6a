import { DoterosError } from "../contract/error.ts";
import { MODULE_BYTES_MAX } from "../contract/limits.ts";

/** Copies up to this many bytes go one by one: making a view costs more. */
const SHORT_COPY_BYTES = 48;

/**
 * Writes the primitives of WebAssembly's binary format, front to back, into bytes that grow as needed: up to what a module may
 * have, then a `limit-exceeded` error.
 *
 * @example
 * ```ts
 * const writer = new ByteWriter();
 * writer.u32(624485);
 * [...writer.finish()]; // [0xe5, 0x8e, 0x26]
 * ```
 */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param capacity bytes to set aside */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Two bytes: an opcode and what follows it. */
  pair(first: number, second: number): void {
    this.byte(first);
    this.byte(second);
  }

  /** An opcode and an index. */
  indexed(opcode: number, index: number): void {
    this.byte(opcode);
    this.u32(index);
  }

  /** A LEB128 number from 0 to 2^53 - 1. */
  u32(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  /** A signed LEB128 number from -2^53 to 2^53. */
  signed(value: number): void {
    let rest = value;
    while (rest < -64 || rest >= 64) {
      this.byte((((rest % 0x80) + 0x80) % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest & 0x7f);
  }

  /** A length and the text as UTF-8. */
  name(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u32(bytes.length);
    this.copy(bytes, 0, bytes.length);
  }

  /** The bytes of `from` between two offsets. */
  copy(from: Uint8Array, start: number, end: number): void {
    const count = end - start;
    if (this.#bytes.length - this.#length < count) this.#reserve(count);
    if (count > SHORT_COPY_BYTES) this.#bytes.set(from.subarray(start, end), this.#length);
    else for (let index = 0; index < count; index++) this.#bytes[this.#length + index] = from[start + index] as number;
    this.#length += count;
  }

  /** Leaves room for a size that is known later, and answers where. */
  openSize(): number {
    this.copy(SIZE_ROOM, 0, SIZE_ROOM.length);
    return this.#length;
  }

  /** Writes the size of all that was written since {@link openSize}, in all its room: LEB128 may be longer than it needs. */
  closeSize(from: number): void {
    let rest = this.#length - from;
    for (let at = from - SIZE_ROOM.length; at < from; at++) {
      this.#bytes[at] = (rest & 0x7f) | (at < from - 1 ? 0x80 : 0);
      rest >>>= 7;
    }
  }

  /** What was written. Nothing may be written after. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count > MODULE_BYTES_MAX) {
      throw new DoterosError("limit-exceeded", `what is written has more than ${MODULE_BYTES_MAX} bytes`);
    }
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

/** The longest LEB128 of 32 bits. */
const SIZE_ROOM = new Uint8Array(5);
