import type { Space } from "../space.ts";
import { CALL_FUEL, type Transition } from "../transition.ts";
import { IncomingValue, type OutgoingValue } from "./blob-value.ts";
import { faultText, inTerms, refuse } from "./dialect.ts";
import type { Body } from "./io/body.ts";

/** What stands before the bytes of an object, and alone for a container: when it was made, in nanoseconds since 1970. */
const HEAD_BYTES = 8;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** The head of something that is made now. */
export function head(transition: Transition, into: Uint8Array = new Uint8Array(HEAD_BYTES)): Uint8Array {
  new DataView(into.buffer).setBigUint64(0, transition.time());
  return into;
}

/** When something was made, in seconds since 1970. */
function madeAt(value: Uint8Array): bigint {
  return new DataView(value.buffer, value.byteOffset).getBigUint64(0) / NANOSECONDS_PER_SECOND;
}

/** A container of wasi:blobstore. */
export class Container {
  readonly #name: string;
  /** The names of the containers there are. */
  readonly #all: Space;
  readonly #objects: Space;

  constructor(name: string, all: Space, objects: Space) {
    this.#name = name;
    this.#all = all;
    this.#objects = objects;
  }

  name(): string {
    this.#objects.transition.charge(CALL_FUEL);
    return this.#name;
  }

  info(): object {
    const value = inTerms(faultText, () => this.#all.get(this.#name)) ?? refuse(`there is no container named ${this.#name}`);
    return { name: this.#name, createdAt: madeAt(value) };
  }

  /** @param start the first byte; @param end the last one */
  getData(name: string, start: bigint, end: bigint): IncomingValue {
    if (end < start) refuse("the range ends before it starts");
    const bytes = this.#object(name).subarray(HEAD_BYTES);
    const most = BigInt(bytes.length);
    const part = bytes.subarray(Number(start < most ? start : most), Number(end < most ? end + 1n : most));
    return new IncomingValue(this.#objects.transition, part);
  }

  writeData(name: string, value: OutgoingValue): void {
    inTerms(faultText, () => value.goTo((body) => this.write(name, body)));
  }

  /** Puts an object. @throws ComponentError the fault */
  write(name: string, body: Pick<Body, "bytes">): void {
    if (!this.#all.holds(this.#name)) refuse({ tag: "invalid", val: `there is no container named ${this.#name}` });
    this.#objects.put(name, head(this.#objects.transition, body.bytes(HEAD_BYTES)), HEAD_BYTES);
  }

  listObjects(): ObjectNames {
    return inTerms(faultText, () => new ObjectNames(this.#objects.transition, [...this.#objects.keys()]));
  }

  deleteObject(name: string): void {
    inTerms(faultText, () => this.#objects.delete(name));
  }

  deleteObjects(names: readonly string[]): void {
    for (const name of names) this.deleteObject(name);
  }

  hasObject(name: string): boolean {
    return inTerms(faultText, () => this.#objects.get(name)) !== undefined;
  }

  objectInfo(name: string): object {
    const value = this.#object(name);
    return { name, container: this.#name, createdAt: madeAt(value), size: BigInt(value.length - HEAD_BYTES) };
  }

  clear(): void {
    this.deleteObjects(inTerms(faultText, () => [...this.#objects.keys()]));
  }

  /** What is kept of an object. */
  #object(name: string): Uint8Array {
    return inTerms(faultText, () => this.#objects.get(name)) ?? refuse(`there is no object named ${name} in ${this.#name}`);
  }
}

/** The names of objects, which are handed out one after the other. */
export class ObjectNames {
  readonly #transition: Transition;
  readonly #names: readonly string[];
  #at = 0;

  constructor(transition: Transition, names: readonly string[]) {
    this.#transition = transition;
    this.#names = names;
  }

  readStreamObjectNames(length: bigint): [names: readonly string[], isEnd: boolean] {
    const start = this.#at;
    const [, isEnd] = this.skipStreamObjectNames(length);
    return [this.#names.slice(start, this.#at), isEnd];
  }

  skipStreamObjectNames(count: bigint): [skipped: bigint, isEnd: boolean] {
    const left = this.#names.length - this.#at;
    const skipped = count < BigInt(left) ? Number(count) : left;
    this.#transition.charge(CALL_FUEL + skipped);
    this.#at += skipped;
    return [BigInt(skipped), this.#at === this.#names.length];
  }
}
