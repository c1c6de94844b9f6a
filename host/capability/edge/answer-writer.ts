import { ANSWER_DEPTH_MAX } from "../../contract/limits.ts";
import { BIG_TAG, MAJOR, SIMPLE } from "./cbor-item.ts";

/** Engines differ in the bits that they have for it. */
const NAN_BITS = 0x7ff8_0000_0000_0000n;
const FIRST_BYTES = 256;
const ENCODER = new TextEncoder();

/** Writes values as CBOR (RFC 8949): those of WIT's types as JavaScript has them. */
export class AnswerWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** @throws TypeError for what no WIT type has */
  value(value: unknown, depth: number): void {
    if (depth > ANSWER_DEPTH_MAX) throw new TypeError(`it is nested more than ${ANSWER_DEPTH_MAX} deep`);
    switch (typeof value) {
      case "undefined":
        return this.#byte(SIMPLE.undefined);
      case "boolean":
        return this.#byte(SIMPLE[`${value}`]);
      case "number":
        return this.#number(value);
      case "bigint":
        return this.#bigint(value);
      case "string":
        return this.#string(MAJOR.text, ENCODER.encode(value));
      case "object":
        return value === null ? this.#byte(SIMPLE.null) : this.#object(value, depth + 1);
      default:
        throw new TypeError(`there is a ${typeof value} in it`);
    }
  }

  /** What was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  #object(value: object, depth: number): void {
    if (value instanceof Uint8Array) return this.#string(MAJOR.bytes, value);
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      const items = Array.from(value as ArrayLike<unknown>);
      this.#head(MAJOR.array, items.length);
      for (const item of items) this.value(item, depth);
      return;
    }
    const members = Object.entries(value);
    this.#head(MAJOR.map, members.length);
    for (const [key, member] of members) {
      this.#string(MAJOR.text, ENCODER.encode(key));
      this.value(member, depth);
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value < 0 ? this.#head(MAJOR.negative, -1 - value) : this.#head(0, value);
    this.#reserve(9);
    this.#bytes[this.#at] = SIMPLE.float64;
    this.#view.setFloat64(this.#at + 1, value);
    if (Number.isNaN(value)) this.#view.setBigUint64(this.#at + 1, NAN_BITS);
    this.#at += 9;
  }

  #bigint(value: bigint): void {
    const isNegative = value < 0n;
    this.#byte(isNegative ? BIG_TAG + 1 : BIG_TAG);
    const hex = (isNegative ? -1n - value : value).toString(16);
    const digits = hex.length % 2 === 0 ? hex : `0${hex}`;
    this.#string(MAJOR.bytes, Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
  }

  #string(major: number, bytes: Uint8Array): void {
    this.#head(major, bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #head(major: number, value: number): void {
    if (value < 24) return this.#byte(major | value);
    this.#reserve(9);
    const size = value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x100000000 ? 4 : 8;
    this.#bytes[this.#at] = major | (24 + Math.log2(size));
    if (size === 1) this.#view.setUint8(this.#at + 1, value);
    else if (size === 2) this.#view.setUint16(this.#at + 1, value);
    else if (size === 4) this.#view.setUint32(this.#at + 1, value);
    else this.#view.setBigUint64(this.#at + 1, BigInt(value));
    this.#at += 1 + size;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const wider = new Uint8Array(2 * (this.#at + more));
    wider.set(this.#bytes);
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}
