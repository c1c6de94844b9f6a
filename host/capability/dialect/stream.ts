import { DoterosError } from "../../contract/error.ts";
import { CALL_FUEL, type Transition } from "../transition.ts";
import { refuse } from "./dialect.ts";

/** A unit more for each so many bytes that cross over, as a power of two: for 16 bytes. */
const BYTES_PER_UNIT_BITS = 4;
/** How much may be written at a time, in bytes. */
const WRITE_BYTES = 65_536n;
/** What one call of `poll` may ask about costs, in units of fuel. */
const POLLABLE_FUEL = 100;

/** Why a stream failed. */
export class IoError {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toDebugString(): string {
    return this.#text;
  }
}

/** What is waited for: what is in memory is always there. */
export class Pollable {
  readonly #transition: Transition;

  constructor(transition: Transition) {
    transition.charge(CALL_FUEL);
    this.#transition = transition;
  }

  ready(): boolean {
    this.#transition.charge(CALL_FUEL);
    return true;
  }

  block(): void {
    this.#transition.charge(CALL_FUEL);
  }
}

/** Which of them are ready, by their places in the list: all. */
export function poll(transition: Transition, pollables: readonly Pollable[]): number[] {
  transition.charge(CALL_FUEL + pollables.length * POLLABLE_FUEL);
  if (pollables.length === 0) throw new DoterosError("trap", "wasi:io/poll#poll was called with nothing to wait for");
  return Array.from(pollables.keys());
}

/** Bytes to be read one after the other. */
export class InputStream {
  readonly #transition: Transition;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(transition: Transition, bytes: Uint8Array) {
    this.#transition = transition;
    this.#bytes = bytes;
  }

  read(length: bigint): Uint8Array {
    const start = this.#at;
    this.skip(length);
    this.#transition.charge((this.#at - start) >> BYTES_PER_UNIT_BITS);
    return this.#bytes.subarray(start, this.#at);
  }

  blockingRead(length: bigint): Uint8Array {
    return this.read(length);
  }

  skip(length: bigint): bigint {
    this.#transition.charge(CALL_FUEL);
    const left = this.#bytes.length - this.#at;
    if (left === 0) refuse({ tag: "closed" });
    const skipped = length < BigInt(left) ? Number(length) : left;
    this.#at += skipped;
    return BigInt(skipped);
  }

  blockingSkip(length: bigint): bigint {
    return this.skip(length);
  }

  subscribe(): Pollable {
    return new Pollable(this.#transition);
  }
}

/** What was written to a stream. */
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

/** Where a body is written to. */
export class OutputStream {
  readonly #transition: Transition;
  readonly #body: Body;

  constructor(transition: Transition, body: Body) {
    this.#transition = transition;
    this.#body = body;
  }

  checkWrite(): bigint {
    this.#transition.charge(CALL_FUEL);
    return WRITE_BYTES;
  }

  write(bytes: Uint8Array): void {
    this.#mustFit(bytes.length);
    this.#body.add(bytes);
  }

  blockingWriteAndFlush(bytes: Uint8Array): void {
    this.write(bytes);
  }

  flush(): void {
    this.#transition.charge(CALL_FUEL);
  }

  blockingFlush(): void {
    this.flush();
  }

  subscribe(): Pollable {
    return new Pollable(this.#transition);
  }

  writeZeroes(length: bigint): void {
    this.#mustFit(Number(length));
    this.#body.add(new Uint8Array(Number(length)));
  }

  blockingWriteZeroesAndFlush(length: bigint): void {
    this.writeZeroes(length);
  }

  splice(source: InputStream, length: bigint): bigint {
    const bytes = source.read(length);
    this.write(bytes);
    return BigInt(bytes.length);
  }

  blockingSplice(source: InputStream, length: bigint): bigint {
    return this.splice(source, length);
  }

  #mustFit(length: number): void {
    const most = this.#transition.limits.payloadBytesMax;
    this.#transition.charge(CALL_FUEL);
    if (this.#body.length + length > most) refuse({ tag: "last-operation-failed", val: new IoError(`a value has ${most} bytes at most`) });
    this.#transition.charge(length >> BYTES_PER_UNIT_BITS);
  }
}
