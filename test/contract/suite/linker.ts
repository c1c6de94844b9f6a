import { compileComponent, ComponentError, GuestResource, type Imports, loadPrepared, prepare } from "../../../host/component/index.ts";
import { COMPONENT_BYTES_MAX } from "../../../host/contract/limits.ts";
import { equal, holds, refused } from "../check.ts";
import { bytesOf, type Cases, fileOf, type Kit } from "../kit.ts";
import { VALUES } from "./values.ts";

type Callable = (...args: unknown[]) => unknown;

/** What a component of the suite's files exports, once it is linked. */
async function open<T = Readonly<Record<string, Callable>>>(kit: Kit, file: string, imports: Imports = {}): Promise<T> {
  const component = await compileComponent(fileOf(kit, file));
  const { exports } = await component.instantiate(imports);
  return exports as T;
}

interface Counter {
  get(): number;
  add(by: number): void;
  [Symbol.dispose](): void;
}

interface Counters {
  readonly Counter: (new (start: number) => Counter) & { merge(a: Counter, b: Counter): Counter };
  readonly eat: (counter: Counter) => number;
  readonly drops: () => number;
}

/** A resource of the host's. */
class File {
  readonly #size: number;
  ended = 0;

  constructor(size: number) {
    this.#size = size;
  }

  static open(size: number): File {
    return new File(size + 1);
  }

  size(): number {
    return this.#size;
  }

  [Symbol.dispose](): void {
    this.ended += 1;
  }
}

/** Files that are no capsule, and what they are called. */
const NO_COMPONENTS: readonly [what: string, bytes: () => Uint8Array, code: "not-wasm" | "malformed" | "limit-exceeded"][] = [
  ["a file of no bytes", () => new Uint8Array(), "not-wasm"],
  ["a page of HTML", () => bytesOf("<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n"), "not-wasm"],
  ["the first bytes of a component", () => Uint8Array.of(0x00, 0x61), "not-wasm"],
  ["a component of another version", () => Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0c, 0x00, 0x01, 0x00), "malformed"],
  ["a component with a section that reaches past its end", () => Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00, 7, 5, 0), "malformed"],
  ["a file that is far too long", () => new Uint8Array(COMPONENT_BYTES_MAX + 1), "limit-exceeded"],
];

/** What the linker does with components. */
export const linkerCases: Cases = {
  async "values of every kind go through a guest and back"(kit) {
    const seen: unknown[] = [];
    const imports = Object.fromEntries(VALUES.map((_, at) => [`host-${at}`, (value: unknown) => (seen[at] = value)]));
    const echo = await open(kit, "echo-utf8.wasm", imports);
    for (const [at, given] of VALUES.entries()) {
      const expected = "arrives" in given ? given.arrives : given.value;
      echo["reset"]?.();
      equal([given.what, echo[`run${at}`]?.(given.value), seen[at]], [given.what, expected, expected]);
    }
  },

  async "strings go through guests of all three encodings"(kit) {
    for (const file of ["echo-utf16.wasm", "echo-latin1.wasm"]) {
      const echo = await open(kit, file, { "host-0": (value: unknown) => value });
      for (const text of ["", "a\0b", "Zürich ÿ\u0080", "Ā", `${"x".repeat(10_000)}ü€`, "a🌍b", "\uFEFFa"]) equal(echo["run0"]?.(text), text);
      equal(echo["run0"]?.("a\uDC00"), "a\uFFFD");
    }
  },

  async "resources of a guest are objects that end once"(kit) {
    const { Counter, eat, drops } = await open<Counters>(kit, "counters.wasm");
    const one = new Counter(5);
    one.add(2);
    const both = Counter.merge(one, new Counter(3));
    holds(both instanceof Counter && both instanceof GuestResource, "it is no Counter");
    equal([both.get(), drops()], [10, 2]);
    await refused("wrong-value", () => one.get());
    equal(eat(both), 10);
    both[Symbol.dispose]();
    equal(drops(), 3);
  },

  async "resources of the host are lent, and given away"(kit) {
    const found = new File(7);
    const given: unknown[] = [];
    const exported = { File, find: () => found, give: (file: unknown) => given.push(file), both: () => undefined };
    const guest = await open(kit, "files.wasm", { "test:r/files": exported });
    equal([guest["sized"]?.(found), found.ended], [7, 0]);
    const files = [guest["made"]?.(3), guest["opened"]?.(3)] as File[];
    equal(files.map((file) => file.size()), [3, 4]);
    holds(guest["found"]?.() === found, "another file was found");
    guest["thrownAway"]?.(found);
    equal(found.ended, 1);
  },

  async "components inside components hand each other what they have"(kit) {
    const exports = await open<Record<string, { run(text: string): number }>>(kit, "composed.wasm");
    equal(exports["test:composed/user"]?.run("Zürich 🌍"), 7);
  },

  async "an error that a host function throws is thrown by the guest"(kit) {
    const at = VALUES.findIndex(({ what }) => what === "an enum");
    const echo = await open(kit, "echo-utf8.wasm", Object.fromEntries(VALUES.map((_, index) => [`host-${index}`, () => {
      throw new ComponentError("no");
    }])));
    let thrown: unknown;
    try {
      echo[`run${at}`]?.("red");
    } catch (error) {
      thrown = error;
    }
    holds(thrown instanceof Error, "nothing was thrown");
  },

  async "a value that does not fit its type is refused before the guest sees it"(kit) {
    const seen: unknown[] = [];
    const echo = await open(kit, "echo-utf8.wasm", Object.fromEntries(VALUES.map((_, index) => [`host-${index}`, (value: unknown) => seen.push(value)])));
    const run = (what: string): Callable => echo[`run${VALUES.findIndex((value) => value.what === what)}`] as Callable;
    await refused("wrong-value", () => run("an enum")("green"));
    await refused("wrong-value", () => run("texts")([1]));
    await refused("wrong-value", () => run("variants")([{ tag: "square" }]));
    equal(seen, []);
  },

  async "what is missing is named, all at once"(kit) {
    const component = await compileComponent(fileOf(kit, "everything.wasm"));
    equal(component.imports.map(({ name }) => name), ["point", "host", "a:b/c@1.0.0"]);
    await refused("missing-import", () => component.instantiate({}), "host", "a:b/c@1.0.0");
  },

  async "a component tells its world as WIT"(kit) {
    const wit = (await compileComponent(fileOf(kit, "counter.wasm"))).wit();
    for (const part of ["import doteros:capsule/state@0.1.0", "export doteros:capsule/handler@0.1.0", "record message"]) holds(wit.includes(part), `it does not say: ${part}`);
  },

  async "a component taken apart is the same put together again"(kit) {
    const { modules, plan } = prepare(fileOf(kit, "counters.wasm"));
    const component = loadPrepared(plan, await Promise.all(modules.map((module) => WebAssembly.compile(module))));
    const { exports } = await component.instantiate();
    const { Counter } = exports as unknown as Counters;
    equal(new Counter(4).get(), 4);
  },

  async "a core module is named as one"(kit) {
    await refused("core-module", () => compileComponent(fileOf(kit, "core.wasm")));
  },

  async "a component cut off anywhere is refused, or whole sections are left"(kit) {
    const bytes = fileOf(kit, "counters.wasm");
    let refusals = 0;
    for (let length = 0; length < bytes.length; length += 7) {
      await compileComponent(bytes.subarray(0, length)).catch((error: unknown) => {
        refusals += 1;
        equal(["malformed", "not-wasm", "invalid"].includes((error as { code: string }).code), true);
      });
    }
    holds(refusals > bytes.length / 14, `${refusals} refusals are too few`);
  },

  ...Object.fromEntries(NO_COMPONENTS.map(([what, bytes, code]) => [`${what} is refused`, async (kit: Kit) => {
    await refused(code, () => compileComponent(bytes()));
    await using host = await kit.door.createHost();
    await refused(code, () => host.load(bytes()));
    equal(host.capsules.size, 0);
  }])),
};
