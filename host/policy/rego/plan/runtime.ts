// What an evaluation knows while it runs.

import { DoterosError } from "../../../contract/error.ts";
import { REGO_CALL_DEPTH_MAX, REGO_STEPS_MAX } from "../../../contract/limits.ts";
import { type Key, keyOf, type Value } from "../value/value.ts";

/** Where the time and randomness of an evaluation come from, and how far it may go. */
export interface EvaluationOptions {
  /** The time of the evaluation in nanoseconds since 1970: every `time.now_ns` of it has this answer. */
  readonly now?: () => bigint;
  /** Fills bytes at random, for `uuid.rfc4122` and `rand.intn`. */
  readonly random?: (bytes: Uint8Array) => void;
  /** Iterations, calls and pieces of results, at most. */
  readonly steps?: number;
  /** Told after each evaluation how many steps it took. */
  readonly spent?: (steps: number) => void;
  /** Rules and functions that wait for each other, at most. */
  readonly depth?: number;
  /** Whether a builtin that fails ends the evaluation, instead of being undefined. */
  readonly strict?: boolean;
  /** Takes what `trace` is called with. */
  readonly note?: (text: string) => void;
  /** What `opa.runtime` answers. */
  readonly runtime?: Value;
}

/** What the values of an evaluation were read from. */
export interface Reads {
  readonly input: Map<string, readonly Value[]>;
  readonly data: Map<string, readonly Value[]>;
  /** Whether time, randomness or the runtime's own data were asked for. */
  outside: boolean;
}

/** What all parts of one evaluation share: its limits and what builtins remember. */
export class Shared {
  steps: number;
  depth: number;
  readonly options: EvaluationOptions;
  readonly reads: Reads | undefined;
  /** What builtins keep for the length of one evaluation. */
  readonly kept = new Map<string, unknown>();

  constructor(options: EvaluationOptions, reads: Reads | undefined) {
    this.options = options;
    this.reads = reads;
    this.steps = options.steps ?? REGO_STEPS_MAX;
    this.depth = options.depth ?? REGO_CALL_DEPTH_MAX;
  }

  /** How many steps were counted. */
  get spent(): number {
    return (this.options.steps ?? REGO_STEPS_MAX) - this.steps;
  }

  /** Counts steps. */
  charge(steps: number): void {
    this.steps -= steps;
    if (this.steps < 0) throw this.#exhausted();
  }

  enter(): void {
    this.depth -= 1;
    if (this.depth >= 0) return;
    throw new DoterosError("limit-exceeded", `rules and functions wait for each other deeper than ${this.options.depth ?? REGO_CALL_DEPTH_MAX}`, {
      help: "shorten the chain of rules, or give the evaluation more depth",
    });
  }

  /** The time of the evaluation, in nanoseconds since 1970. */
  get now(): bigint {
    const known = this.kept.get("now") as bigint | undefined;
    const now = known ?? (this.options.now?.() ?? BigInt(Date.now()) * 1_000_000n);
    this.kept.set("now", now);
    return now;
  }

  /** Sixteen random bytes. */
  randomBytes(): Uint8Array {
    const bytes = new Uint8Array(16);
    if (this.options.random === undefined) crypto.getRandomValues(bytes);
    else this.options.random(bytes);
    return bytes;
  }

  /** A random number of 128 bits. */
  randomBits(): bigint {
    return this.randomBytes().reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
  }

  #exhausted(): DoterosError {
    return new DoterosError("limit-exceeded", `the evaluation took more than ${this.options.steps ?? REGO_STEPS_MAX} steps`, {
      help: "make the policy iterate over less, or give the evaluation more steps",
    });
  }
}

/** What `with` put in the place of parts of data. */
export class Overlay {
  readonly children = new Map<Key, readonly [Value, Overlay]>();
  /** What stands here; then there are no children. */
  readonly value: Value | undefined;

  constructor(value?: Value) {
    this.value = value;
  }

  child(key: Value): Overlay | undefined {
    return this.children.get(keyOf(key))?.[1];
  }

  /** This overlay with another value at a path. */
  replace(path: readonly Value[], value: Value, into: (old: Value, path: readonly Value[], value: Value) => Value): Overlay {
    const [key, ...rest] = path;
    if (key === undefined) return new Overlay(value);
    if (this.value !== undefined) return new Overlay(into(this.value, path, value));
    const copy = new Overlay();
    for (const [known, entry] of this.children) copy.children.set(known, entry);
    copy.children.set(keyOf(key), [key, (this.child(key) ?? new Overlay()).replace(rest, value, into)]);
    return copy;
  }
}

/** What takes the place of a function: a value, or another function. */
export type Mock = { readonly value: Value } | { readonly call: (rt: Runtime, args: readonly Value[]) => Value | undefined };

/** A rule that has no value was evaluated. */
export const NOTHING = Symbol("nothing");

/** The documents an expression sees. `with` makes another one, in which rules are evaluated anew. */
export class Runtime {
  readonly shared: Shared;
  readonly input: Value | undefined;
  readonly data: Value;
  readonly overlay: Overlay | undefined;
  readonly mocks: ReadonlyMap<string, Mock> | undefined;
  /** The one around, which goes on where `with` ends. */
  readonly outer: Runtime | undefined;
  /** Whether its input is that of the caller. */
  readonly isInput: boolean;
  /** The values of rules, by the number of their node. */
  readonly memo: (Value | typeof NOTHING | undefined)[] = [];
  /** What rules with variables in their heads made, by the same number. */
  readonly extents = new Map<number, unknown>();

  constructor(shared: Shared, input: Value | undefined, data: Value, change: Partial<Pick<Runtime, "overlay" | "mocks" | "outer" | "isInput">> = {}) {
    this.shared = shared;
    this.input = input;
    this.data = data;
    this.overlay = change.overlay;
    this.mocks = change.mocks;
    this.outer = change.outer;
    this.isInput = change.isInput ?? true;
  }

  /** Notes that a part of the input was read. */
  readInput(path: readonly Value[], text: string): void {
    if (this.isInput) this.shared.reads?.input.set(text, path);
  }
}
