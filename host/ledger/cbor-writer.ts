import { DoterosError } from "../contract/error.ts";
import { LEDGER_ENTRY_BYTES_MAX } from "../contract/limits.ts";
import { PACK_HEAD_BYTES, writePackHead } from "../contract/packed-entries.ts";

/** What is set aside at a time, at least: some two hundred entries fit. */
const BLOCK_BYTES = 65_536;
/** What is set aside beyond what is needed, at most. */
const SPARE_BYTES_MAX = 16_777_216;
/** Texts up to this length are tried as ASCII first; one by one beats the encoder's call up to about here. Below 256. */
const SHORT_TEXT_LENGTH = 160;
/** The longest head of an item. */
const HEAD_BYTES_MAX = 9;

const UINT = 0x00;
const BYTES = 0x40;
const TEXT = 0x60;
const ARRAY = 0x80;
const FALSE = 0xf4;
const NULL = 0xf6;

const encoder = new TextEncoder();

/**
 * Writes CBOR items in the deterministic encoding, as entries of a pack, into blocks of memory that are cut into pieces and
 * never written twice: what is returned is the caller's to keep, and nothing is copied.
 */
export class CborWriter {
  #block = new Uint8Array(BLOCK_BYTES);
  /** Where the pack begins. */
  #first = 0;
  /** Where the entry begins, or the next one. */
  #start = PACK_HEAD_BYTES;
  #at = PACK_HEAD_BYTES;

  /** What was written since the last `begin`, in bytes. */
  get length(): number {
    return this.#at - this.#start;
  }

  /** Forgets what was written since the last `end`. */
  begin(): void {
    this.#at = this.#start;
  }

  /** Ends an entry, and answers it: what was written since `begin`. @throws DoterosError `limit-exceeded` */
  end(): Uint8Array {
    this.#limit(0);
    const entry = this.#block.subarray(this.#start, this.#at);
    writePackHead(this.#block, this.#start - PACK_HEAD_BYTES, this.#at - this.#start);
    this.#reserve(PACK_HEAD_BYTES);
    this.#start = this.#at += PACK_HEAD_BYTES;
    return entry;
  }

  /** A copy of what was written since `begin`, which is then forgotten: its memory is used again. @throws DoterosError `limit-exceeded` */
  copy(): Uint8Array<ArrayBuffer> {
    this.#limit(0);
    const bytes = this.#block.slice(this.#start, this.#at);
    this.begin();
    // What was long once seldom is again.
    if (this.#start === PACK_HEAD_BYTES && this.#block.length > SPARE_BYTES_MAX) this.#block = new Uint8Array(BLOCK_BYTES);
    return bytes;
  }

  /** The entries that were ended since the last `take`, packed. */
  take(): Uint8Array {
    this.begin();
    const end = this.#start - PACK_HEAD_BYTES;
    const pack = this.#block.subarray(this.#first, end);
    this.#first = end;
    // The next pack is likely to be as long: it would have to move.
    if (end + pack.length > this.#block.length) this.#renew(new Uint8Array(Math.max(BLOCK_BYTES, Math.min(2 * pack.length, SPARE_BYTES_MAX))));
    return pack;
  }

  /** @param value a safe integer that is not negative */
  uint(value: number): void {
    this.#reserve(HEAD_BYTES_MAX);
    this.#head(UINT, value);
  }

  /** An integer of 64 bits, or null. */
  maybeUint64(value: bigint | undefined): void {
    if (value === undefined) return this.null();
    if (value <= Number.MAX_SAFE_INTEGER) return this.uint(Number(value));
    this.#reserve(HEAD_BYTES_MAX);
    const high = Number(value >> 32n);
    this.#block[this.#at++] = UINT | 27;
    this.#uint32(high);
    this.#uint32(Number(value & 0xffffffffn));
  }

  array(length: number): void {
    this.#reserve(HEAD_BYTES_MAX);
    this.#head(ARRAY, length);
  }

  bytes(value: Uint8Array): void {
    const { length } = value;
    this.#reserve(HEAD_BYTES_MAX + length);
    this.#head(BYTES, length);
    // A call of set costs as much as a dozen bytes one by one.
    const block = this.#block;
    const start = this.#at;
    if (length > 12) block.set(value, start);
    else for (let at = 0; at < length; at += 1) block[start + at] = value[at] as number;
    this.#at = start + length;
  }

  maybeBytes(value: Uint8Array | undefined): void {
    if (value === undefined) this.null();
    else this.bytes(value);
  }

  /** Halves of surrogate pairs become U+FFFD, as everywhere where text becomes bytes. */
  text(value: string): void {
    const { length } = value;
    if (length > SHORT_TEXT_LENGTH || !this.#ascii(value, length)) this.#encoded(value);
  }

  maybeText(value: string | undefined): void {
    if (value === undefined) this.null();
    else this.text(value);
  }

  boolean(value: boolean): void {
    this.#reserve(1);
    this.#block[this.#at++] = FALSE + Number(value);
  }

  null(): void {
    this.#reserve(1);
    this.#block[this.#at++] = NULL;
  }

  /** False, and nothing is written, when there is more than ASCII in it. */
  #ascii(value: string, length: number): boolean {
    this.#reserve(HEAD_BYTES_MAX + length);
    const block = this.#block;
    let at = this.#at;
    if (length >= 24) block[at++] = TEXT | 24;
    block[at++] = length < 24 ? TEXT | length : length;
    for (let index = 0; index < length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit > 0x7f) return false;
      block[at++] = unit;
    }
    this.#at = at;
    return true;
  }

  #encoded(value: string): void {
    const bytes = encoder.encode(value);
    this.#reserve(HEAD_BYTES_MAX + bytes.length);
    this.#head(TEXT, bytes.length);
    this.#block.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #head(major: number, value: number): void {
    const block = this.#block;
    if (value < 24) {
      block[this.#at++] = major | value;
    } else if (value < 0x100) {
      block[this.#at++] = major | 24;
      block[this.#at++] = value;
    } else if (value < 0x10000) {
      block[this.#at++] = major | 25;
      block[this.#at++] = value >>> 8;
      block[this.#at++] = value;
    } else if (value < 0x100000000) {
      block[this.#at++] = major | 26;
      this.#uint32(value);
    } else {
      block[this.#at++] = major | 27;
      this.#uint32(Math.floor(value / 0x100000000));
      this.#uint32(value);
    }
  }

  /** The last 32 bits of `value`. */
  #uint32(value: number): void {
    const block = this.#block;
    block[this.#at++] = value >>> 24;
    block[this.#at++] = value >>> 16;
    block[this.#at++] = value >>> 8;
    block[this.#at++] = value;
  }

  /** Sees that `length` bytes fit: what was begun moves on to a new block when they do not. */
  #reserve(length: number): void {
    if (this.#at + length > this.#block.length) this.#move(length);
  }

  #move(length: number): void {
    this.#limit(length);
    const needed = this.#at - this.#first + length;
    this.#renew(new Uint8Array(Math.max(BLOCK_BYTES, needed + Math.min(needed, SPARE_BYTES_MAX))));
  }

  /** Sees that the entry may have `more` bytes. */
  #limit(more: number): void {
    if (this.#at - this.#start + more <= LEDGER_ENTRY_BYTES_MAX) return;
    this.#at = this.#start;
    throw new DoterosError("limit-exceeded", `the entry has more than ${LEDGER_ENTRY_BYTES_MAX.toLocaleString("en")} bytes`, {
      help: "let the handler write and send less for one message",
    });
  }

  /** Goes on in another block. */
  #renew(block: Uint8Array<ArrayBuffer>): void {
    block.set(this.#block.subarray(this.#first, this.#at));
    this.#block = block;
    this.#start -= this.#first;
    this.#at -= this.#first;
    this.#first = 0;
  }
}
