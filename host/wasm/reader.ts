import { DoterosError } from "../contract/error.ts";
import { COMPONENT_ITEMS_MAX, NAME_BYTES_MAX } from "../contract/limits.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the primitives of WebAssembly's binary format from bytes, front to back. Whatever is wrong with the bytes is a
 * `malformed` error that names the offset.
 *
 * @example
 * ```ts
 * const reader = new ByteReader(Uint8Array.of(0xe5, 0x8e, 0x26));
 * reader.u32(); // 624485
 * reader.done; // true
 * ```
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** The offset of the next byte, from the start of `bytes`. */
  position: number;
  /** The offset this reader may not pass. */
  readonly end: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** Whether everything was read. */
  get done(): boolean {
    return this.position >= this.end;
  }

  /** @throws DoterosError `malformed`, always. */
  fail(message: string, offset: number = this.position): never {
    throw new DoterosError("malformed", `${message} (at offset 0x${offset.toString(16)})`, { offset });
  }

  /** One byte. */
  byte(): number {
    if (this.position >= this.end) this.fail("unexpected end");
    return this.bytes[this.position++] as number;
  }

  /** The byte that comes next, left where it is. */
  peek(): number {
    if (this.position >= this.end) this.fail("unexpected end");
    return this.bytes[this.position] as number;
  }

  /** Steps over the next byte when it is `expected`. @returns whether it was */
  skip(expected: number): boolean {
    const found = this.peek() === expected;
    if (found) this.position++;
    return found;
  }

  /** One byte that can only be `expected`. */
  expect(expected: number, what: string): void {
    const start = this.position;
    const found = this.byte();
    if (found !== expected) this.fail(`${what}: expected 0x${expected.toString(16)}, found 0x${found.toString(16)}`, start);
  }

  /** One byte below `count`: which of so many forms follows. */
  choice(count: number, what: string): number {
    const start = this.position;
    const found = this.byte();
    return found < count ? found : this.fail(`malformed ${what}`, start);
  }

  /** What one byte stands for. */
  oneOf<T>(meanings: ReadonlyMap<number, T>, what: string): T {
    const start = this.position;
    return meanings.get(this.byte()) ?? this.fail(`malformed ${what}`, start);
  }

  /** A LEB128 number from 0 to 2^32 - 1. */
  u32(): number {
    return this.#unsigned(32);
  }

  /** A LEB128 number from 0 to 2^64 - 1; past 2^53 it is rounded, which only limits of 64-bit memories can meet. */
  u64(): number {
    return this.#unsigned(64);
  }

  #unsigned(bits: number): number {
    const start = this.position;
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (bits - shift < 7 && byte >> (bits - shift) > 0) {
        this.fail(byte >= 0x80 && bits === 32 ? "integer representation too long" : "integer too large", start);
      }
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
  }

  /** A signed LEB128 number of 33 bits: a type index when not negative, a type's opcode when negative. */
  s33(): number {
    const start = this.position;
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28) {
        const high = byte & 0x7f;
        if (byte >= 0x80 || (high > 0x0f && high < 0x70)) this.fail("invalid type index", start);
      }
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return byte & 0x40 ? result - 2 ** (shift + 7) : result;
    }
    return this.fail("integer representation too long", start);
  }

  /** How many items follow: never more than there are bytes left, so a count that lies costs nothing. */
  count(max: number, what: string): number {
    const start = this.position;
    const count = this.u32();
    if (count > max) {
      throw new DoterosError("limit-exceeded", `${count} ${what}, more than ${max} (at offset 0x${start.toString(16)})`, {
        offset: start,
      });
    }
    if (count > this.end - this.position) this.fail(`unexpected end: ${count} ${what} do not fit`, start);
    return count;
  }

  /** A count and as many items. */
  vector<T>(what: string, read: () => T, max = COMPONENT_ITEMS_MAX): T[] {
    const items: T[] = [];
    for (let count = this.count(max, what); count > 0; count--) items.push(read());
    return items;
  }

  /** A length and as many bytes of UTF-8. */
  name(): string {
    const start = this.position;
    const length = this.u32();
    if (length > NAME_BYTES_MAX) {
      throw new DoterosError("limit-exceeded", `a name of ${length} bytes, more than ${NAME_BYTES_MAX}`, { offset: start });
    }
    if (length > this.end - this.position) this.fail("unexpected end of a name", start);
    const slice = this.bytes.subarray(this.position, this.position + length);
    this.position += length;
    try {
      return strictUtf8.decode(slice);
    } catch {
      return this.fail("malformed UTF-8 encoding", start);
    }
  }

  /** A reader of the next `length` bytes; this one goes on behind them. */
  section(length: number): ByteReader {
    if (length > this.end - this.position) this.fail("unexpected end: a size reaches past the bytes there are");
    const start = this.position;
    this.position += length;
    return new ByteReader(this.bytes, start, start + length);
  }
}
