import type { ResourceType, ValueType } from "../../host/component/index.ts";
import { camelCase } from "../../host/component/name.ts";

/** Gives a resource of a type when a value needs one. */
export type ResourceMaker = (resource: ResourceType) => unknown;

const EDGES: Readonly<Record<string, readonly unknown[]>> = {
  bool: [true, false],
  s8: [1, -128, 127, 0],
  u8: [1, 255, 0, 128],
  s16: [1, -32_768, 32_767, 0],
  u16: [1, 65_535, 0, 256],
  s32: [1, -2_147_483_648, 2_147_483_647, 0],
  u32: [1, 4_294_967_295, 0, 65_536],
  s64: [1n, -(2n ** 63n), 2n ** 63n - 1n, 0n],
  u64: [1n, 2n ** 64n - 1n, 0n, 2n ** 32n],
  f32: [1.5, -0, Math.fround(3.4e38), Number.NaN, -Infinity],
  f64: [1.5, -0, Number.MAX_VALUE, Number.NaN, Number.MIN_VALUE],
  char: ["a", "\0", "é", "€", "\u{1F6A9}"],
  string: ["", "plain", "h\u00E9ll\u00F6 \u20AC", "\u{1F680}\u{1F680} \u{20204}", "x".repeat(200)],
};

/** Small numbers, which guests can add to each other without an overflow. */
const TAME: Readonly<Record<string, (small: number) => unknown>> = {
  s64: BigInt,
  u64: BigInt,
  f32: (small) => small / 4,
  f64: (small) => small / 4,
  char: (small) => String.fromCodePoint(0x41 + small),
  string: (small) => `text ${small}`,
  bool: (small) => small % 2 === 1,
};

/** Values of any WIT type, as JavaScript has them: the same for the same seed, on every machine. */
export class Values {
  #state: number;
  readonly #tame: boolean;
  readonly #resource: ResourceMaker;

  /** @param tame whether scalars are small and plain, not at the edges of what their types hold */
  constructor(seed: string, tame: boolean, resource: ResourceMaker) {
    this.#tame = tame;
    // FNV-1a.
    this.#state = 0x811c9dc5;
    for (const char of seed) this.#state = Math.imul(this.#state ^ (char.codePointAt(0) ?? 0), 0x01000193);
    this.#resource = resource;
  }

  /** A value of `type`. @throws Error when there are none that a caller can make: streams, futures */
  of(type: ValueType): unknown {
    switch (type.kind) {
      case "record":
        return Object.fromEntries(type.fields.map((field) => [camelCase(field.name), this.of(field.type)]));
      case "tuple":
        return type.elements.map((element) => this.of(element));
      case "list":
        return this.#list(type.element, type.length ?? this.#below(4));
      case "map":
        return new Map(Array.from({ length: this.#below(3) }, () => [this.of(type.key), this.of(type.value)]));
      case "flags":
        return Object.fromEntries(type.names.map((name) => [camelCase(name), this.#below(2) === 1]));
      case "enum":
        return this.#pick(type.names);
      case "variant": {
        const { name, type: payload } = this.#pick(type.cases);
        return payload === undefined ? { tag: name } : { tag: name, val: this.of(payload) };
      }
      case "option":
        return this.#option(type.element);
      case "result": {
        const tag = this.#pick(["ok", "err"] as const);
        const payload = type[tag];
        return { tag, val: payload === undefined ? undefined : this.of(payload) };
      }
      case "own":
      case "borrow":
        return this.#resource(type.resource);
      default:
        return this.#scalar(type.kind);
    }
  }

  #scalar(kind: string): unknown {
    const edges = EDGES[kind];
    if (edges === undefined) throw new Error(`no values of the type ${kind} can be made`);
    if (!this.#tame) return this.#pick(edges);
    const small = this.#below(50);
    return TAME[kind]?.(small) ?? small;
  }

  /** An option of an option says which of the two is absent. */
  #option(element: ValueType): unknown {
    const some = this.#below(3) > 0;
    if (element.kind !== "option") return some ? this.of(element) : undefined;
    return some ? { tag: "some", val: this.of(element) } : { tag: "none" };
  }

  #list(element: ValueType, length: number): unknown {
    const values = Array.from({ length }, () => this.of(element));
    return element.kind === "u8" ? Uint8Array.from(values as number[]) : values;
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }

  /** The next whole number below `bound`: mulberry32. */
  #below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }
}
