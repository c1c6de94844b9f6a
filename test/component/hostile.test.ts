import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { compileComponent } from "../../host/component/index.ts";
import { refusal, refusalOf } from "../refusal.ts";
import { uleb } from "../wasm/leb128.ts";
import { MEMORY, optionsOf } from "./memory.ts";
import { type Exports, open } from "./open.ts";

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const HUGE = uleb(2 ** 32 - 1);
const DEEP = 10_000;

const section = (id: number, ...content: number[]): number[] => [id, ...uleb(content.length), ...content];
const component = (...sections: number[][]): Uint8Array => Uint8Array.from([...PREAMBLE, ...sections.flat()]);
const repeat = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join(" ");

/** Runs what a hostile component is made for, and sees that it takes neither long nor much memory. */
async function bounded<T>(run: () => Promise<T>): Promise<T> {
  const before = process.memoryUsage().rss;
  const began = performance.now();
  const result = await run();
  expect(performance.now() - began).toBeLessThan(3000);
  expect(process.memoryUsage().rss - before).toBeLessThan(700e6);
  return result;
}

const refusedText = (text: string): Promise<{ code: string; message: string }> =>
  bounded(async () => refusalOf(compileComponent(await parse(`(component ${text})`))));
const refusedBytes = (bytes: Uint8Array): Promise<{ code: string; message: string }> => bounded(() => refusalOf(compileComponent(bytes)));

describe("numbers that lie", () => {
  const ids = Array.from({ length: 13 }, (_, id) => id);
  it.each(ids)("a size of 2^32 - 1 in section %d", async (id) => {
    expect(await refusedBytes(Uint8Array.from([...PREAMBLE, id, ...HUGE]))).toMatchObject({ code: "malformed" });
  });

  it.each([2, 3, 5, 6, 7, 8, 10, 11])("a count of 2^32 - 1 in section %d", async (id) => {
    expect((await refusedBytes(component(section(id, ...HUGE)))).code).toMatch(/^(?:malformed|limit-exceeded)$/);
  });

  it.each([2, 3, 5, 6, 7, 8, 10, 11])("a count of one more than there are bytes in section %d", async (id) => {
    expect((await refusedBytes(component(section(id, 3, 0, 0)))).code).toMatch(/^(?:malformed|invalid)$/);
  });

  it.each([
    ["fields", [0x72]],
    ["cases", [0x71]],
    ["elements of a tuple", [0x6f]],
    ["flags", [0x6e]],
    ["enum cases", [0x6d]],
    ["parameters", [0x40]],
    ["declarations of an instance type", [0x42]],
    ["declarations of a component type", [0x41]],
  ])("a count of 2^32 - 1 %s", async (_, opening) => {
    expect((await refusedBytes(component(section(7, 1, ...opening, ...HUGE)))).code).toBe("limit-exceeded");
  });

  it("a count of 2^32 - 1 declarations of a module type", async () => {
    expect((await refusedBytes(component(section(3, 1, 0x50, ...HUGE)))).code).toBe("limit-exceeded");
  });

  it("a name of 2^32 - 1 bytes", async () => {
    expect((await refusedBytes(component(section(10, 1, 0, ...HUGE)))).code).toBe("limit-exceeded");
  });

  it("an index of 2^32 - 1", async () => {
    expect((await refusedBytes(component(section(7, 1, 0x69, ...HUGE)))).code).toBe("invalid");
  });

  it("a list of fixed length of 2^32 - 1 elements", async () => {
    expect((await refusedBytes(component(section(7, 1, 0x67, 0x7d, ...HUGE)))).code).toBe("invalid");
  });
});

describe(`${DEEP} things inside each other`, () => {
  it("are refused: components in bytes", async () => {
    const parts: number[][] = [PREAMBLE];
    let size = PREAMBLE.length;
    for (let depth = 0; depth < DEEP; depth += 1) {
      const opening = [...PREAMBLE, 4, ...uleb(size)];
      parts.push(opening);
      size += opening.length;
    }
    expect(await refusedBytes(Uint8Array.from(parts.reverse().flat()))).toMatchObject({ code: "limit-exceeded" });
  });

  it.each([
    ["instance types", 0x42],
    ["component types", 0x41],
  ])("are refused: %s in bytes", async (_, opcode) => {
    const openings = Array.from({ length: DEEP }, () => [opcode, 1, 1]).flat();
    expect(await refusedBytes(component(section(7, 1, ...openings, opcode, 0)))).toMatchObject({ code: "limit-exceeded" });
  });

  it.each([
    ["lists", "(type $t0 (list u8))", (at: number) => `(type $t${at} (list $t${at - 1}))`],
    ["options", "(type $t0 (option u8))", (at: number) => `(type $t${at} (option $t${at - 1}))`],
    ["instance types", "(type $t0 (instance))", (at: number) => `(type $t${at} (instance (alias outer 1 $t${at - 1} (type $x)) (export "a" (instance (type $x)))))`],
    ["component types", "(type $t0 (component))", (at: number) => `(type $t${at} (component (alias outer 1 $t${at - 1} (type $x)) (export "a" (component (type $x)))))`],
    ["instances", `(import "f" (func $f)) (instance $t0 (export "a" (func $f)))`, (at: number) => `(instance $t${at} (export "a" (instance $t${at - 1})))`],
    ["components", "(component $t0)", (at: number) => `(component $t${at} (alias outer 1 $t${at - 1} (component $x)) (export "a" (component $x)))`],
  ])("are refused: %s, one after the other", async (_, first, next) => {
    const text = first + repeat(DEEP, (at) => (at === 0 ? "" : next(at)));
    expect(await refusedText(text)).toMatchObject({ code: "limit-exceeded" });
  });

  it("of instances are refused for how deep they are, however little they weigh", async () => {
    const chain = repeat(150, (at) => (at === 0 ? "" : `(instance $t${at} (export "a" (instance $t${at - 1})))`));
    const error = await refusedText(`(import "f" (func $f)) (instance $t0 (export "a" (func $f))) ${chain}`);
    expect(error).toMatchObject({ code: "limit-exceeded", message: expect.stringContaining("deep") as string });
  });

  it("are refused: instances of components", async () => {
    const chain = repeat(DEEP, (at) => `(component $c${at + 1} (alias outer 1 $c${at} (component $x)) (instance (instantiate $x)))`);
    const error = await bounded(() => refusalOf(open(`(component (component $c0) ${chain} (instance (instantiate $c${DEEP})))`)));
    expect(error.code).toBe("limit-exceeded");
  });
});

describe("what becomes 2^30 things when it is expanded", () => {
  it.each([
    ["tuples", "(type $t0 (tuple u8 u8))", (at: number) => `(type $t${at} (tuple $t${at - 1} $t${at - 1}))`],
    ["records", "(type $t0 (tuple u8 u8))", (at: number) => `(type $t${at} (record (field "a" $t${at - 1}) (field "b" $t${at - 1})))`],
    ["results", "(type $t0 (tuple u8 u8))", (at: number) => `(type $t${at} (result $t${at - 1} (error $t${at - 1})))`],
    ["lists of fixed length", "(type $t0 (list u8 2))", (at: number) => `(type $t${at} (list $t${at - 1} 2))`],
    ["instance types", `(type $t0 (instance (export "f" (func))))`, (at: number) => `(type $t${at} (instance (alias outer 1 $t${at - 1} (type $x)) (export "a" (instance (type $x))) (export "b" (instance (type $x)))))`],
    ["component types", `(type $t0 (component (export "f" (func))))`, (at: number) => `(type $t${at} (component (alias outer 1 $t${at - 1} (type $x)) (import "a" (component (type $x))) (export "b" (component (type $x)))))`],
    ["instances", `(import "f" (func $f)) (instance $t0 (export "a" (func $f)))`, (at: number) => `(instance $t${at} (export "a" (instance $t${at - 1})) (export "b" (instance $t${at - 1})))`],
    ["components", "(component $t0)", (at: number) => `(component $t${at} (alias outer 1 $t${at - 1} (component $x)) (export "a" (component $x)) (export "b" (component $x)))`],
  ])("is refused: %s", async (_, first, next) => {
    const error = await refusedText(first + repeat(30, (at) => (at === 0 ? "" : next(at))));
    expect(error.code).toMatch(/^(?:limit-exceeded|invalid)$/);
    expect(error.message).toMatch(/more than|deeper|exceeds/);
  });

  it("is refused: instances of components", async () => {
    const bomb = repeat(30, (at) => `(component $c${at + 1} (alias outer 1 $c${at} (component $x)) (instance (instantiate $x)) (instance (instantiate $x)))`);
    const error = await bounded(() => refusalOf(open(`(component (component $c0) ${bomb} (instance (instantiate $c30)))`)));
    expect(error).toMatchObject({ code: "limit-exceeded", message: expect.stringContaining("instances") as string });
  });

  it("costs once what it weighs, however often it is used", async () => {
    const heavy = `(type $t0 (tuple u8 u8)) ${repeat(17, (at) => `(type $t${at + 1} (tuple $t${at} $t${at}))`)}`;
    for (const use of ["(import \"f%\" (func (param \"a\" $t17)))", "(import \"t%\" (type (eq $t17)))", "(type (func (param \"a\" $t17)))"]) {
      const text = `(component ${heavy} ${repeat(2000, (at) => use.replace("%", String(at)))})`;
      const bytes = await parse(text);
      const ended = await bounded(() => compileComponent(bytes).then(() => "accepted", (error: unknown) => (error as { code: string }).code));
      expect(["accepted", "limit-exceeded"]).toContain(ended);
    }
  });
});

describe("more than a host has", () => {
  it.each([
    ["instances", "(func)", 2000],
    ["memory", "(memory 65536)", 3],
    ["tables", "(table 10000000 funcref)", 2],
  ])("is refused: %s", async (_, body, count) => {
    const text = `(component (core module $m ${body}) ${repeat(count, () => "(core instance (instantiate $m))")})`;
    expect(await bounded(() => refusalOf(open(text)))).toMatchObject({ code: "limit-exceeded" });
  });

  it("is refused: memory through a module that is handed to an inner component", async () => {
    const text = `(component (core module $m (memory 65536))
      (component $c (import "m" (core module $m)) (core instance (instantiate $m)) (core instance (instantiate $m)))
      (instance (instantiate $c (with "m" (core module $m)))))`;
    expect(await bounded(() => refusalOf(open(text)))).toMatchObject({ code: "limit-exceeded" });
  });

  it("is refused: handles without end", async () => {
    const { run } = await open(`(component (type $r (resource (rep i32))) (core func $new (canon resource.new $r))
      (core module $M (import "" "new" (func $new (param i32) (result i32)))
        (func (export "run") (loop $l (drop (call $new (i32.const 3))) (br $l))))
      (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
      (func (export "run") (canon lift (core func $m "run"))))`);
    const error = await bounded(() => Promise.resolve(refusal(() => run?.())));
    expect(error).toMatchObject({ code: "trap", message: expect.stringContaining("handles") as string });
  });
});

/** A guest whose `run` answers a pointer and a length, of what type ever, and whose realloc is `realloc`. */
const lying = (type: string, pointer: number, length: number, fill = ""): string => `(component ${MEMORY}
  (core module $Guest (import "memory" "memory" (memory 0))
    (func (export "run") (result i32)
      ${fill}
      (i32.store (i32.const 16) (i32.const ${pointer})) (i32.store (i32.const 20) (i32.const ${length})) (i32.const 16)))
  (core instance $guest (instantiate $Guest (with "memory" (instance $memory))))
  ${type}
  (func (export "run") (result $t) (canon lift (core func $guest "run") ${optionsOf()})))`;

describe("pointers and lengths that lie", () => {
  it.each([
    ["a list that is longer than the memory", "(type $t (list u8))", 0, 2 ** 31 - 1],
    ["a list of 2^32 - 1 bytes", "(type $t (list u8))", 0, 2 ** 32 - 1],
    ["a list of 2^32 - 1 large elements", "(type $t (list (tuple u64 u64 u64)))", 0, 2 ** 32 - 1],
    ["a list that ends one byte behind the memory", "(type $t (list u8))", 32 * 65_536 - 3, 4],
    ["a list at an odd address", "(type $t (list u16))", 33, 1],
    ["a list of 2^32 - 1 strings", "(type $t (list string))", 0, 2 ** 32 - 1],
    ["an empty list behind the memory", "(type $t (list u32))", 2 ** 32 - 4, 0],
    ["a map of 2^32 - 1 entries", "(type $t (map u8 u8))", 0, 2 ** 32 - 1],
  ])("trap: %s", async (_, type, pointer, length) => {
    const { run } = await open(lying(type, pointer, length));
    expect(await bounded(() => Promise.resolve(refusal(() => run?.())))).toMatchObject({ code: "trap", where: "run" });
  });

  it.each([
    ["a list of lists", "(type $u (list u8)) (type $t (list $u))"],
    ["a list of strings", "(type $t (list string))"],
    ["a list of lists of truths", "(type $u (list bool)) (type $t (list $u))"],
    ["a list of lists of numbers", "(type $u (list f32)) (type $t (list $u))"],
  ])("trap when they all lead to the same megabyte: %s", async (_, type) => {
    const fill = `(local $at i32) (local.set $at (i32.const 1048576))
      (loop $l
        (i32.store (local.get $at) (i32.const 0)) (i32.store (i32.add (local.get $at) (i32.const 4)) (i32.const 262144))
        (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 2097152))))`;
    const { run } = await open(lying(type, 1_048_576, 131_072, fill));
    const error = await bounded(() => Promise.resolve(refusal(() => run?.())));
    expect(error).toMatchObject({ code: "trap", message: expect.stringContaining("bytes in one call") as string });
  });

  it("trap when a result lies outside the memory, or not where it could", async () => {
    for (const pointer of [32 * 65_536 - 4, 2 ** 32 - 8, 2]) {
      const { run } = await open(`(component ${MEMORY}
        (core module $Guest (func (export "run") (result i32) (i32.const ${pointer})))
        (core instance $guest (instantiate $Guest))
        (func (export "run") (result string) (canon lift (core func $guest "run") ${optionsOf()})))`);
      expect(refusal(() => run?.())).toMatchObject({ code: "trap", where: "run" });
    }
  });

  it("trap when an import is to write its result outside the memory", async () => {
    for (const pointer of [65_536 - 4, 2 ** 32 - 8, 3]) {
      const { run } = await open(`(component
        (import "host" (func $host (result string)))
        (core module $Libc (memory (export "memory") 1) (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))
        (core instance $memory (instantiate $Libc))
        (core func $host (canon lower (func $host) ${optionsOf()}))
        (core module $Guest (import "" "host" (func $host (param i32))) (func (export "run") (call $host (i32.const ${pointer}))))
        (core instance $guest (instantiate $Guest (with "" (instance (export "host" (func $host))))))
        (func (export "run") (canon lift (core func $guest "run"))))`, { host: () => "x" });
      expect(refusal(() => run?.())).toMatchObject({ code: "trap" });
    }
  });
});

describe("a realloc that answers", () => {
  const guestWith = (answer: string): Promise<Exports> =>
    open(`(component
      (core module $Libc
        (memory (export "memory") 1 4)
        (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32) ${answer}))
      (core instance $memory (instantiate $Libc))
      (core module $Guest (func (export "take") (param i32 i32)) (func (export "many") (param i32)))
      (core instance $guest (instantiate $Guest))
      (type $words (list string)) (type $numbers (list u64))
      (func (export "bytes") (param "b" (list u8)) (canon lift (core func $guest "take") ${optionsOf()}))
      (func (export "text") (param "s" string) (canon lift (core func $guest "take") ${optionsOf()}))
      (func (export "words") (param "w" $words) (canon lift (core func $guest "take") ${optionsOf()}))
      (func (export "numbers") (param "n" $numbers) (canon lift (core func $guest "take") ${optionsOf()}))
      (func (export "many") ${repeat(17, (at) => `(param "p${at}" u64)`)} (canon lift (core func $guest "many") ${optionsOf()})))`);

  const many = Array.from({ length: 17 }, () => 1n);
  const CALLS: readonly (readonly [name: string, args: readonly unknown[]])[] = [
    ["bytes", [new Uint8Array(100)]],
    ["text", ["x".repeat(100)]],
    ["text", ["ü".repeat(100)]],
    ["words", [["a", "ü"]]],
    ["numbers", [[1n]]],
    ["many", many],
  ];

  it.each([
    ["2^32 - 1", "(i32.const -1)"],
    ["the end of the memory", "(i32.const 65536)"],
    ["almost the end of the memory", "(i32.const 65532)"],
    ["a negative number", "(i32.const -65536)"],
  ])("%s traps", async (_, answer) => {
    for (const [name, args] of CALLS) {
      const guest = await guestWith(answer);
      expect(refusal(() => guest[name]?.(...args))).toMatchObject({ code: "trap", where: name });
    }
  });

  it("an odd address traps where one is not allowed", async () => {
    for (const [name, args] of CALLS.slice(3)) {
      const guest = await guestWith("(i32.const 33)");
      expect(refusal(() => guest[name]?.(...args)).message).toContain("unaligned pointer");
    }
  });

  it("the same address again and again breaks only the guest's own values", async () => {
    const guest = await guestWith("(i32.const 64)");
    for (const [name, args] of CALLS) expect(guest[name]?.(...args)).toBeUndefined();
  });

  it("after it grew the memory is right", async () => {
    const guest = await guestWith("(drop (memory.grow (i32.const 1))) (i32.const 64)");
    for (const [name, args] of CALLS.slice(0, 3)) expect(guest[name]?.(...args)).toBeUndefined();
  });

  it("never, but traps, ends the guest", async () => {
    const guest = await guestWith("unreachable");
    expect(refusal(() => guest["text"]?.("x"))).toMatchObject({ code: "trap", where: "text" });
    expect(refusal(() => guest["text"]?.("x")).message).toContain("cannot enter");
  });
});

describe("calls that go down until the stack is full", () => {
  it("end in a trap, through many components", async () => {
    const link = `(component $Link (import "f" (func $f)) (core func $f (canon lower (func $f)))
      (core module $M (import "" "f" (func $f)) (func $deep (param i32)
        (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))) (else (call $f))))
        (func (export "f") (call $deep (i32.const 500))))
      (core instance $m (instantiate $M (with "" (instance (export "f" (func $f))))))
      (func (export "f") (canon lift (core func $m "f"))))`;
    const count = 450;
    const { run } = await open(`(component ${link}
      (component $End (core module $M (func (export "f"))) (core instance $m (instantiate $M)) (func (export "f") (canon lift (core func $m "f"))))
      (instance $i0 (instantiate $End))
      ${repeat(count, (at) => `(instance $i${at + 1} (instantiate $Link (with "f" (func $i${at} "f"))))`)}
      (export "run" (func $i${count} "f")))`);
    const error = refusal(() => run?.());
    expect(error.code).toBe("trap");
    expect(error.message).toContain("call stack exhausted");
  });
});
