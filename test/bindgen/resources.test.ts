import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ComponentError, compileComponent } from "../../host/component/index.ts";
import { buildGuest } from "./guest.ts";

const COUNTING = `import { Shelf } from "./bindings/warehouse";
import { Result } from "./bindings/value";

export class Counter {
  constructor(public count: u32) {}
  add(n: u32): u32 { this.count += n; return this.count; }
  static same(a: Counter): Counter { a.count += 100; return a; }
}
export function total(all: Array<Counter>): u32 {
  let sum: u32 = 0;
  for (let i = 0; i < all.length; i++) sum += all[i].count;
  return sum;
}
export function copy(source: Shelf, keys: Array<string>): Result<Shelf, string> {
  const target = new Shelf("copy of " + source.name());
  for (let i = 0; i < keys.length; i++) {
    const found = source.get(keys[i]);
    if (found.isError) { target.drop(); return Result.error<Shelf, string>(found.error.missing); }
    const value = found.value;
    if (value !== null) target.put(keys[i], value);
  }
  return Result.ok<Shelf, string>(target);
}
export function names(all: Array<Shelf>): string {
  let text = "";
  for (let i = 0; i < all.length; i++) { text += all[i].name() + ";"; all[i].drop(); all[i].drop(); }
  const opened = Shelf.open(["x", "y"]);
  const merged = import_merge(opened[0], opened[1]);
  text += merged.name();
  merged.drop();
  opened[1].drop();
  return text;
}
import { merge as import_merge } from "./bindings/warehouse";
`;
const WORLD = `import { Option } from "./bindings/value";
import { log } from "./bindings/world";
export function greet(name: string, times: Option<u8>): Array<string> {
  const all = new Array<string>();
  const count = times.isSome ? times.value : log(name);
  for (let i: u8 = 0; i < count; i++) all.push("hello " + name);
  return all;
}
`;

interface Counter {
  add(n: number): number;
}
interface Counting {
  readonly Counter: (new (start: number) => Counter) & { same(a: Counter): Counter };
  total(all: readonly Counter[]): number;
  copy(source: unknown, keys: readonly string[]): Shelf;
  names(all: readonly unknown[]): string;
}

/** How many shelves the guest gave back. */
let dropped = 0;

class Shelf {
  readonly #name: string;
  readonly entries = new Map<string, Uint8Array>();
  constructor(name: string) {
    this.#name = name;
  }
  static open(names: readonly string[]): Shelf[] {
    return names.map((name) => new Shelf(name));
  }
  name(): string {
    return this.#name;
  }
  put(key: string, value: Uint8Array): void {
    this.entries.set(key, value);
  }
  get(key: string): Uint8Array | undefined {
    if (key === "gone") throw new ComponentError({ tag: "missing", val: "gone is gone" });
    return this.entries.get(key);
  }
  [Symbol.dispose](): void {
    dropped += 1;
  }
}

describe("generated bindings of resources", () => {
  let counting: Counting;
  let greet: (name: string, times: number | undefined) => string[];

  beforeAll(async () => {
    const wit = await readFile(join(import.meta.dirname, "resources.wit"), "utf8");
    const component = await compileComponent(await buildGuest(wit, "shop", { "counting.ts": COUNTING, "world.ts": WORLD }));
    const { exports } = await component.instantiate({
      "test:shop/warehouse@1.0.0": { Shelf, merge: (a: Shelf, b: Shelf) => new Shelf(`${a.name()}+${b.name()}`) },
      log: (text: string) => text.length,
    });
    counting = exports["test:shop/counting@1.0.0"] as Counting;
    greet = exports["greet"] as typeof greet;
  }, 300_000);

  it("keep a guest's objects between calls, through every collection", () => {
    const counters = Array.from({ length: 50 }, (_, index) => new counting.Counter(index));
    for (let round = 0; round < 20; round += 1) for (const counter of counters) counter.add(1);
    expect(counters.map((counter) => counter.add(0))).toEqual(Array.from({ length: 50 }, (_, index) => index + 20));
    expect(counting.total(counters)).toBe((49 * 50) / 2 + 50 * 20);
    const [first] = counters;
    if (first === undefined) throw new Error("there is a counter");
    expect(counting.Counter.same(first).add(1)).toBe(121);
  });

  it("lend the host's objects to the guest, and take new ones from it", () => {
    const source = new Shelf("source");
    source.put("a", Uint8Array.of(1, 2));
    const copy = counting.copy(source, ["a", "b"]);
    expect(copy.name()).toBe("copy of source");
    expect(copy.entries).toEqual(new Map([["a", Uint8Array.of(1, 2)]]));
    expect(() => counting.copy(source, ["gone"])).toThrow(expect.objectContaining({ payload: "gone is gone" }));
  });

  it("give back what the guest drops, once", () => {
    dropped = 0;
    expect(counting.names([new Shelf("one"), new Shelf("two")])).toBe("one;two;x+y");
    expect(dropped).toBe(4);
  });

  it("carry what the world itself imports and exports", () => {
    expect(greet("Ada", 2)).toEqual(["hello Ada", "hello Ada"]);
    expect(greet("Bo", undefined)).toEqual(["hello Bo", "hello Bo"]);
  });
});
