import { DoterosError } from "../contract/error.ts";

const UINT = 0;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const NAMES: readonly string[] = ["an integer", "a negative integer", "bytes", "text", "an array", "a map", "a tag", "a simple value"];

/** By how long the argument is (1, 2, 4, 8 bytes): what a shorter one could hold. */
const SHORTER_BELOW: readonly number[] = [24, 0x100, 0x10000, 0x100000000];
/** Texts up to this length are tried as ASCII first. */
const SHORT_TEXT_LENGTH = 32;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads CBOR items of which it is known what they must be, and nothing but the deterministic encoding. Bytes that it
 * returns are views of the input. Every method throws DoterosError `invalid-entry` with the offset when something else is there.
 */
export class CborReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Where the next item begins, in bytes from the start. */
  get offset(): number {
    return this.#at;
  }

  /** Nothing more may come. */
  end(): void {
    if (this.#at < this.#bytes.length) this.fail("there is more after the end");
  }

  uint(): number {
    const start = this.#at;
    const value = this.#head(UINT);
    if (value > Number.MAX_SAFE_INTEGER) this.fail("the number is larger than 2^53 - 1", start);
    return value;
  }

  /** An integer of 64 bits, or null. */
  maybeUint64(): bigint | undefined {
    if (this.null()) return undefined;
    const value = this.#head(UINT);
    return value > Number.MAX_SAFE_INTEGER ? (BigInt(this.#uint32(this.#at - 8)) << 32n) | BigInt(this.#uint32(this.#at - 4)) : BigInt(value);
  }

  maybeUint(): number | undefined {
    return this.null() ? undefined : this.uint();
  }

  /** How many items the array has. They are there, or the input ends before them: each takes a byte at least. */
  array(): number {
    const start = this.#at;
    const length = this.#head(ARRAY);
    if (length > this.#bytes.length - this.#at) this.fail("the array has more items than there are bytes", start);
    return length;
  }

  /** An array of just so many items. */
  arrayOf(length: number): void {
    const start = this.#at;
    const actual = this.array();
    if (actual !== length) this.fail(`the array has ${actual} items and must have ${length}`, start);
  }

  bytes(): Uint8Array {
    const from = this.#string(BYTES);
    return this.#bytes.subarray(from, this.#at);
  }

  /** Just so many bytes. */
  bytesOf(length: number): Uint8Array {
    const start = this.#at;
    const bytes = this.bytes();
    if (bytes.length !== length) this.fail(`here are ${bytes.length} bytes and must be ${length}`, start);
    return bytes;
  }

  maybeBytes(): Uint8Array | undefined {
    return this.null() ? undefined : this.bytes();
  }

  maybeBytesOf(length: number): Uint8Array | undefined {
    return this.null() ? undefined : this.bytesOf(length);
  }

  text(): string {
    const start = this.#at;
    const from = this.#string(TEXT);
    if (this.#at - from <= SHORT_TEXT_LENGTH) {
      const text = this.#ascii(from, this.#at);
      if (text !== undefined) return text;
    }
    try {
      return decoder.decode(this.#bytes.subarray(from, this.#at));
    } catch {
      return this.fail("the text is not UTF-8", start);
    }
  }

  maybeText(): string | undefined {
    return this.null() ? undefined : this.text();
  }

  boolean(): boolean {
    const byte = this.#bytes[this.#at];
    if (byte !== FALSE && byte !== TRUE) this.fail(`here must be true or false, not ${this.#found()}`);
    this.#at += 1;
    return byte === TRUE;
  }

  /** Goes past items without a look at what is in them. */
  skip(items: number): void {
    for (let left = items; left > 0; left -= 1) {
      const major = (this.#bytes[this.#at] as number) >> 5;
      if (major === ARRAY) left += this.array();
      else if (major === BYTES || major === TEXT) this.#string(major);
      else if (major === UINT) this.#head(UINT);
      else this.#simple();
    }
  }

  /** @param offset where, in bytes from the start; default: where the next item begins */
  fail(what: string, offset: number = this.#at): never {
    throw new DoterosError("invalid-entry", `${what}, at byte ${offset}`, { offset });
  }

  /** Whether there is null, which is read then. */
  null(): boolean {
    if (this.#bytes[this.#at] !== NULL) return false;
    this.#at += 1;
    return true;
  }

  #simple(): void {
    if (!this.null()) this.boolean();
  }

  #ascii(from: number, to: number): string | undefined {
    let text = "";
    for (let at = from; at < to; at += 1) {
      const byte = this.#bytes[at] as number;
      if (byte > 0x7f) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** Goes past a string and returns where its content begins; it ends where the next item begins. */
  #string(major: number): number {
    const start = this.#at;
    const length = this.#head(major);
    if (length > this.#bytes.length - this.#at) this.fail("the string goes on past the end", start);
    this.#at += length;
    return this.#at - length;
  }

  /** The argument of a head of that major type; of more than 53 bits it is not exact. */
  #head(major: number): number {
    const start = this.#at;
    const first = this.#bytes[start];
    if (first === undefined || first >> 5 !== major) this.fail(`here must be ${NAMES[major]}, not ${this.#found()}`);
    const info = first & 31;
    this.#at = start + 1;
    if (info < 24) return info;
    if (info > 27) this.fail("the length is indefinite, or of a kind that CBOR reserves", start);
    const size = 1 << (info - 24);
    if (size > this.#bytes.length - this.#at) this.fail("the head goes on past the end", start);
    this.#at += size;
    let value = 0;
    for (let at = start + 1; at < this.#at; at += 1) value = value * 256 + (this.#bytes[at] as number);
    if (value < (SHORTER_BELOW[info - 24] as number)) this.fail("the number or length has a shorter form", start);
    return value;
  }

  #uint32(at: number): number {
    let value = 0;
    for (let index = at; index < at + 4; index += 1) value = value * 256 + (this.#bytes[index] as number);
    return value;
  }

  #found(): string {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return "the end";
    return byte === NULL ? "null" : (NAMES[byte >> 5] as string);
  }
}
