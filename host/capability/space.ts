import { STATE_KEY_BYTES_MAX } from "../contract/limits.ts";
import { utf8Length } from "../store/utf8-order.ts";
import { fault } from "./fault.ts";
import { entriesOf, remove, write } from "./state.ts";
import type { Transition } from "./transition.ts";

/**
 * A part of a capsule's state that other interfaces than its own `state` keep their entries in, so that these have versions,
 * replay and limits like everything else. Its keys begin with U+0000 U+0000, which no key of `state` and none of a series does.
 */
export class Space {
  readonly transition: Transition;
  readonly #prefix: string;
  readonly #end: string;
  readonly #name: string;

  /**
   * @param kind tells those who have spaces from each other: one character
   * @param parts the names of the space, without U+0000; the keys of it follow them
   * @param name what policies see before a key, and ends in `/`: `keyvalue/default/`
   */
  constructor(transition: Transition, kind: string, parts: readonly string[], name: string) {
    const path = ["", "", kind + parts.join("\0")].join("\0");
    this.transition = transition;
    this.#prefix = `${path}\0`;
    this.#end = `${path}\u0001`;
    this.#name = name;
  }

  get(key: string): Uint8Array | undefined {
    const whole = this.#begin(key);
    this.transition.mustBeAllowed("state.get", this.#name + key);
    return this.transition.valueOf(whole);
  }

  /** @param overhead how many bytes of the value the capsule did not ask for */
  put(key: string, value: Uint8Array, overhead = 0): void {
    const whole = this.#begin(key);
    const bytes = checkLength(whole);
    const { payloadBytesMax } = this.transition.limits;
    const length = value.length - overhead;
    if (length > payloadBytesMax) fault("limit", `the value has ${length} bytes, more than ${payloadBytesMax}`);
    this.transition.mustBeAllowed("state.put", this.#name + key);
    write(this.transition, whole, bytes, value);
  }

  delete(key: string): boolean {
    const whole = this.#begin(key);
    this.transition.mustBeAllowed("state.delete", this.#name + key);
    return remove(this.transition, whole, utf8Length(whole));
  }

  /** Whether a key is there, for who has been allowed to know. */
  holds(key: string): boolean {
    return this.transition.valueOf(this.#prefix + key) !== undefined;
  }

  /** The keys in order, those before `start` left out. What each costs is charged when it is taken. */
  keys(start = ""): Iterable<string> {
    this.transition.mustBeOpen();
    const last = this.#name.length - 1;
    this.transition.mustBeAllowed("state.scan", JSON.stringify([this.#name, `${this.#name.slice(0, last)}0`]));
    return keysOf(entriesOf(this.transition, this.#prefix + start, this.#end), this.#prefix.length);
  }

  #begin(key: string): string {
    this.transition.mustBeOpen();
    return this.#prefix + key;
  }
}

function* keysOf(entries: Iterable<readonly [string, Uint8Array]>, from: number): Generator<string> {
  for (const [key] of entries) yield key.slice(from);
}

function checkLength(whole: string): number {
  const bytes = utf8Length(whole);
  if (bytes > STATE_KEY_BYTES_MAX) fault("invalid", `the key has ${bytes} bytes with what stands before it, more than ${STATE_KEY_BYTES_MAX}`);
  return bytes;
}
