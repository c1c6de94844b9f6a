import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { describeCore, type CoreExtern, type ModuleType } from "../../host/wasm/module-type.ts";
import { readModuleType } from "../../host/wasm/read-module.ts";
import { ByteReader } from "../../host/wasm/reader.ts";
import { refusal, refusalOf } from "../refusal.ts";
import { uleb } from "./leb128.ts";

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

const read = (bytes: Uint8Array): ModuleType => readModuleType(new ByteReader(bytes));
const readText = async (text: string): Promise<ModuleType> => read(await parse(`(module ${text})`));
const module = (...sections: number[][]): Uint8Array => Uint8Array.from([...PREAMBLE, ...sections.flat()]);
const section = (id: number, ...content: number[]): number[] => [id, ...uleb(content.length), ...content];

/** The type in words, the way error messages have it. */
function inWords({ imports, exports }: ModuleType): Record<string, string> {
  const words: Record<string, string> = {};
  for (const [name, names] of imports) for (const [field, type] of names) words[`${name}.${field}`] = describeCore(type);
  for (const [name, type] of exports) words[name] = describeCore(type);
  return words;
}

describe("the type of a core module", () => {
  it("of an empty module is empty", async () => expect(inWords(await readText(""))).toEqual({}));

  it("has every kind of import and export, by name", async () => {
    const type = await readText(`
      (import "env" "f" (func (param i32 f64) (result i64)))
      (import "env" "t" (table 1 2 externref))
      (import "other" "m" (memory 1 5))
      (import "other" "g" (global (mut f32)))
      (func (export "run") (result i32) i32.const 1)
      (table (export "table") 3 funcref)
      (memory (export "memory") 2)
      (global (export "global") i64 (i64.const -1))
      (export "again" (func 0))`);
    expect(inWords(type)).toEqual({
      "env.f": "func (i32, f64) -> (i64)",
      "env.t": "table of externref, 1 to 2",
      "other.m": "memory of 1 to 5 pages",
      "other.g": "mutable global f32",
      run: "func () -> (i32)",
      table: "table of funcref, 3 to any",
      memory: "memory of 2 to any pages",
      global: "global i64",
      again: "func (i32, f64) -> (i64)",
    });
  });

  it("counts imports before definitions, in the index space of each kind", async () => {
    const type = await readText(`
      (import "a" "g" (global i32)) (global i64 (i64.const 0))
      (export "first" (global 0)) (export "second" (global 1))`);
    expect(inWords(type)).toMatchObject({ first: "global i32", second: "global i64" });
  });

  it("knows tags", async () => {
    const type = await readText(`(import "a" "t" (tag (param i32))) (tag (export "own") (param i64))`);
    expect(inWords(type)).toEqual({ "a.t": "tag (i32)", own: "tag (i64)" });
  });

  it("passes over the initial values of globals, whatever constant instruction makes them", async () => {
    const type = await readText(`
      (import "a" "g" (global $g i32)) (func $f)
      (type $s (struct)) (type $a (array i8))
      (global i64 (i64.const -9223372036854775808)) (global f32 (f32.const nan)) (global f64 (f64.const 1e300))
      (global i32 (i32.add (global.get $g) (i32.mul (i32.const -1) (i32.const 2147483647))))
      (global funcref (ref.func $f)) (global externref (ref.null extern)) (global v128 (v128.const i64x2 11 11))
      (global (ref $s) (struct.new $s)) (global (ref $a) (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))
      (global (ref i31) (ref.i31 (i32.const 7)))
      (global (export "last") f64 (f64.const 0))`);
    expect(inWords(type)).toMatchObject({ last: "global f64" });
  });

  it("passes over tables with an initial value, and code, data, elements and custom sections", async () => {
    const type = await readText(`
      (func $f (local i32) (block (br 0))) (table 1 funcref (ref.func $f)) (memory 1) (data (i32.const 0) "\\0b\\0b")
      (elem (i32.const 0) $f) (@custom "note" "anything") (export "f" (func $f))`);
    expect(inWords(type)).toEqual({ f: "func () -> ()" });
  });

  it("reads 64-bit, shared and small-paged memories", () => {
    const memories = section(5, 3, 0x04, ...uleb(2 ** 40), 0x03, 1, 2, 0x08, 16, 0);
    const exports = section(7, 3, 1, 0x61, 2, 0, 1, 0x62, 2, 1, 1, 0x63, 2, 2);
    const { exports: found } = read(module(memories, exports));
    const limits = (name: string): unknown => (found.get(name) as Extract<CoreExtern, { kind: "memory" }>).limits;
    expect(limits("a")).toEqual({ min: 2 ** 40, max: undefined, shared: false, wide: true });
    expect(limits("b")).toEqual({ min: 1, max: 2, shared: true, wide: false });
    expect(found.get("c")).toMatchObject({ kind: "memory", pageBits: 0 });
  });

  it("reads recursive groups and sub types as so many types", async () => {
    const type = await readText(`
      (rec (type $a (sub (struct (field (ref null $b))))) (type $b (sub (array (mut (ref null $a))))))
      (type $f (sub final (func (param (ref null $a)))))
      (func (export "f") (type $f))`);
    expect(inWords(type)).toEqual({ f: "func ((ref null 0)) -> ()" });
  });
});

describe("what an instance of a core module reserves", () => {
  it("are the memories and tables that it defines, as they begin, not those that it imports", async () => {
    const { reserved } = await readText(`
      (import "a" "m" (memory 100)) (import "a" "t" (table 100 funcref))
      (memory 2 7) (table 3 funcref) (table 4 9 externref)`);
    expect(reserved).toEqual({ memoryBytes: 2 * 65_536, tableElements: 7 });
  });
});

describe("a core module is refused", () => {
  it.each([
    ["without a preamble", Uint8Array.from(PREAMBLE.slice(0, 7)), "unexpected end of a core module"],
    ["of another version", Uint8Array.from([...PREAMBLE.slice(0, 4), 2, 0, 0, 0]), "not a core module of version 1"],
    ["with a section longer than the module", module([1, 5, 0]), "a size reaches past"],
    ["with a size of 2^32 - 1", module([1, ...uleb(2 ** 32 - 1)]), "a size reaches past"],
    ["with a count that lies", module(section(1, 9)), "9 types do not fit"],
    ["with a type of an unknown form", module(section(1, 1, 0x5a)), "malformed core type"],
    ["with an unknown value type", module(section(1, 1, 0x60, 1, 0x20, 0)), "malformed core value type"],
    ["with a function of an unknown type", module(section(3, 1, 0)), "unknown type"],
    ["with an import of an unknown kind", module(section(2, 1, 0, 0, 9)), "malformed sort of a core import or export"],
    ["with an export of an unknown kind", module(section(7, 1, 0, 9, 0)), "malformed sort of an export"],
    ["with an export of nothing", module(section(7, 1, 1, 0x61, 0, 0)), 'the export "a" has no such index'],
    ["with limits of an unknown form", module(section(5, 1, 0x10, 0)), "malformed limits flags"],
    ["with a global that is neither mutable nor not", module(section(6, 1, 0x7f, 2, 0x0b)), "malformed mutability"],
    ["with a global that computes", module(section(6, 1, 0x7f, 0, 0x10, 0, 0x0b)), "not a constant expression"],
  ])("%s", (_, bytes, text) => {
    const error = refusal(() => read(bytes));
    expect(error.code).toBe("malformed");
    expect(error.message).toContain(text);
  });

  it("with the same import twice, which core WebAssembly allows and components do not", async () => {
    const error = await refusalOf(readText(`(import "a" "b" (func)) (import "a" "b" (func))`));
    expect(error.code).toBe("invalid");
    expect(error.message).toContain("`a:b`");
  });

  it("with a memory of more than 2^16 pages", () => {
    const error = refusal(() => read(module(section(5, 1, 0, ...uleb(65_537)))));
    expect(error).toMatchObject({ code: "invalid", message: "memory size must be at most 65536 pages" });
  });

  it("cut off anywhere in its sections, and never otherwise than by a DoterosError", async () => {
    const bytes = await parse(`(module
      (import "env" "f" (func (param i32))) (table (export "t") 1 funcref) (memory (export "m") 1)
      (global (export "g") i32 (i32.const 1)) (func (export "h") (call 0 (i32.const 2))))`);
    const ends = sectionEnds(bytes);
    const lengths = Array.from({ length: bytes.length }, (_, length) => length);
    const cuts = lengths.filter((length) => !ends.includes(length));
    expect(cuts.length).toBeGreaterThan(40);
    for (const length of cuts) expect(refusal(() => read(bytes.subarray(0, length))).code).toBe("malformed");
    for (const length of ends) expect(() => read(bytes.subarray(0, length))).not.toThrow();
  });
});

/** Where a cut leaves whole sections. */
function sectionEnds(bytes: Uint8Array): number[] {
  const ends = [PREAMBLE.length];
  const reader = new ByteReader(bytes, PREAMBLE.length);
  while (!reader.done) {
    reader.byte();
    reader.section(reader.u32());
    ends.push(reader.position);
  }
  return ends;
}
