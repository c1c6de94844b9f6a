import { DoterosError } from "../../../contract/error.ts";
import { type HeaderPair, isForbidden } from "../../../contract/http-message.ts";
import { HEADERS_LENGTH_MAX } from "../../../contract/limits.ts";
import { CALL_FUEL, type Transition } from "../../transition.ts";
import { refuse } from "../dialect.ts";
import { isToken } from "./method.ts";

/** What a pair costs that crosses over, in units of fuel. */
const PAIR_FUEL = 200;
/** What the value of a header may hold: no control characters. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The resource `fields` of wasi:http: headers, or trailers, in order. */
export class Fields {
  readonly #transition: Transition;
  #pairs: HeaderPair[];
  readonly #isMutable: boolean;
  #length = 0;

  /** @param pairs are not changed */
  constructor(transition: Transition, pairs: readonly HeaderPair[], isMutable: boolean) {
    transition.charge(CALL_FUEL);
    this.#transition = transition;
    this.#pairs = pairs as HeaderPair[];
    this.#isMutable = isMutable;
    if (!isMutable) return;
    this.#pairs = [...pairs];
    for (const pair of pairs) this.#length += lengthOf(pair);
  }

  /** What is in them. */
  get pairs(): readonly HeaderPair[] {
    return this.#pairs;
  }

  get(name: string): Uint8Array[] {
    this.#charge();
    const wanted = name.toLowerCase();
    return this.#pairs.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => bytesOf(value));
  }

  has(name: string): boolean {
    this.#charge();
    const wanted = name.toLowerCase();
    return this.#pairs.some(([key]) => key.toLowerCase() === wanted);
  }

  set(name: string, values: readonly Uint8Array[]): void {
    this.#mayChange(name);
    const added = values.map((value): HeaderPair => [name, textOf(value)]);
    this.#remove(name);
    for (const pair of added) this.#add(pair);
  }

  delete(name: string): void {
    this.#mayChange(name);
    this.#remove(name);
  }

  append(name: string, value: Uint8Array): void {
    this.#mayChange(name);
    this.#add([name, textOf(value)]);
  }

  entries(): [name: string, value: Uint8Array][] {
    this.#charge();
    return this.#pairs.map(([name, value]) => [name, bytesOf(value)]);
  }

  clone(): Fields {
    this.#charge();
    return new Fields(this.#transition, this.#pairs, true);
  }

  #charge(): void {
    this.#transition.charge(CALL_FUEL + this.#pairs.length * PAIR_FUEL);
  }

  #mayChange(name: string): void {
    this.#charge();
    if (!this.#isMutable) refuse({ tag: "immutable" });
    if (!isToken(name)) refuse({ tag: "invalid-syntax" });
    if (isForbidden(name.toLowerCase())) refuse({ tag: "forbidden" });
  }

  #add(pair: HeaderPair): void {
    this.#length += lengthOf(pair);
    if (this.#length > HEADERS_LENGTH_MAX) throw new DoterosError("trap", `its headers would be longer than ${HEADERS_LENGTH_MAX}`);
    this.#pairs.push(pair);
  }

  #remove(name: string): void {
    const wanted = name.toLowerCase();
    this.#pairs = this.#pairs.filter((pair) => {
      if (pair[0].toLowerCase() !== wanted) return true;
      this.#length -= lengthOf(pair);
      return false;
    });
  }
}

/** The class that makes fields of a capsule. Those that the host makes count as such. */
export function fieldsOf(transition: Transition): object {
  return class extends Fields {
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Fields;
    }

    static fromList(entries: readonly (readonly [name: string, value: Uint8Array])[]): Fields {
      const made = new Fields(transition, [], true);
      for (const [name, value] of entries) made.append(name, value);
      return made;
    }

    constructor() {
      super(transition, [], true);
    }
  };
}

function lengthOf([name, value]: HeaderPair): number {
  return name.length + value.length;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** @throws ComponentError `invalid-syntax` */
function textOf(bytes: Uint8Array): string {
  if (bytes.length > HEADERS_LENGTH_MAX) throw new DoterosError("trap", `a header would be longer than ${HEADERS_LENGTH_MAX}`);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return VALUE.test(text) ? text : refuse({ tag: "invalid-syntax" });
}
