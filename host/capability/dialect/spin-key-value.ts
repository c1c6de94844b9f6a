import type { Fault } from "../../contract/message.ts";
import { as, type Offered } from "../interface.ts";
import type { Space } from "../space.ts";
import type { Transition } from "../transition.ts";
import { bucketSpace } from "./bucket-space.ts";
import { type Dialect, inTerms, refuse } from "./dialect.ts";

// The key-value stores of Spin, under both names that they have. They are the buckets that wasi:keyvalue has, as in Spin.

const ERROR = "variant { store-table-full, no-such-store, access-denied, other(string) }";
const KEY_VALUE: Offered = as("state", {
  store: "resource",
  "[static]store.open": `func(label: string) -> result<store, ${ERROR}>`,
  "[method]store.get": `func(self: borrow<store>, key: string) -> result<option<list<u8>>, ${ERROR}>`,
  "[method]store.set": `func(self: borrow<store>, key: string, value: list<u8>) -> result<_, ${ERROR}>`,
  "[method]store.delete": `func(self: borrow<store>, key: string) -> result<_, ${ERROR}>`,
  "[method]store.exists": `func(self: borrow<store>, key: string) -> result<bool, ${ERROR}>`,
  "[method]store.get-keys": `func(self: borrow<store>) -> result<list<string>, ${ERROR}>`,
});
const NAMES = ["fermyon:spin/key-value@2.0.0", "spin:key-value/key-value@2.0.0"];

/** The key-value stores of Spin. */
export const DIALECT: Dialect = {
  interfaces: Object.fromEntries(NAMES.map((name) => [name, KEY_VALUE])),
  make: ({ transition }) => {
    const made = { Store: storeOf(transition) };
    return Object.fromEntries(NAMES.map((name) => [name, made]));
  },
};

function errorOf({ tag, val }: Fault): { readonly tag: string; readonly val?: string } {
  return tag === "denied" ? { tag: "access-denied" } : { tag: "other", val };
}

class SpinStore {
  readonly #space: Space;

  constructor(space: Space) {
    this.#space = space;
  }

  get(key: string): Uint8Array | undefined {
    return inTerms(errorOf, () => this.#space.get(key));
  }

  set(key: string, value: Uint8Array): void {
    inTerms(errorOf, () => this.#space.put(key, value));
  }

  delete(key: string): void {
    inTerms(errorOf, () => this.#space.delete(key));
  }

  exists(key: string): boolean {
    return this.get(key) !== undefined;
  }

  getKeys(): string[] {
    return inTerms(errorOf, () => [...this.#space.keys()]);
  }
}

/** The class, whose static function opens stores of this capsule. */
function storeOf(transition: Transition): typeof SpinStore {
  return class extends SpinStore {
    static open(label: string): SpinStore {
      return new this(bucketSpace(transition, label) ?? refuse({ tag: "no-such-store" }));
    }
  };
}
