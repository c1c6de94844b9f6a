import { BIG_TAG, MAJOR, SIMPLE } from "./cbor-item.ts";

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads what AnswerWriter writes. */
export class AnswerReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** @throws RangeError when it goes on past the end */
  value(): unknown {
    const first = this.#bytes[this.#at];
    if (first === undefined) throw new RangeError("the answer goes on past the end");
    this.#at += 1;
    switch (first & 0xe0) {
      case 0:
        return this.#argument(first);
      case MAJOR.negative:
        return -1 - this.#argument(first);
      case MAJOR.bytes:
        return this.#string(first).slice();
      case MAJOR.text:
        return DECODER.decode(this.#string(first));
      case MAJOR.array:
        return Array.from({ length: this.#length(first) }, () => this.value());
      case MAJOR.map:
        return Object.fromEntries(Array.from({ length: this.#length(first) }, () => [this.value() as string, this.value()]));
      case BIG_TAG & 0xe0:
        return this.#bigint(first !== BIG_TAG);
      default:
        return this.#simple(first);
    }
  }

  #bigint(isNegative: boolean): bigint {
    let value = 0n;
    for (const byte of this.value() as Uint8Array) value = value * 256n + BigInt(byte);
    return isNegative ? -1n - value : value;
  }

  #simple(first: number): unknown {
    if (first === SIMPLE.float64) return this.#view.getFloat64((this.#at += 8) - 8);
    if (first === SIMPLE.true || first === SIMPLE.false) return first === SIMPLE.true;
    return first === SIMPLE.null ? null : undefined;
  }

  #string(first: number): Uint8Array {
    const length = this.#length(first);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** How many items or bytes there are, each of which takes a byte at least. */
  #length(first: number): number {
    const length = this.#argument(first);
    if (length > this.#bytes.length - this.#at) throw new RangeError("the answer goes on past the end");
    return length;
  }

  #argument(first: number): number {
    const info = first & 31;
    if (info < 24) return info;
    const size = 1 << (info - 24);
    const at = this.#at;
    this.#at += size;
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at);
    return size === 4 ? this.#view.getUint32(at) : Number(this.#view.getBigUint64(at));
  }
}
