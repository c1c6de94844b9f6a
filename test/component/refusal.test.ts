import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { compileComponent, GuestResource, loadPrepared, prepare } from "../../host/component/index.ts";
import { refusal, refusalOf } from "../refusal.ts";
import { builtCapsule } from "../capsule/built.ts";
import { echoText } from "./echo.ts";
import { optionsOf } from "./memory.ts";
import { type Exports, open } from "./open.ts";
import { sectionsOf } from "./section.ts";
import { EVERYTHING } from "./specimen.ts";
import { enumeration, fixed, flags, list, map, record, result, type Type, tuple, variant } from "./type.ts";

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

describe("bytes that are no component", () => {
  it.each([
    ["none", [], "not-wasm", "there are no bytes"],
    ["text", [...new TextEncoder().encode("(component)")], "not-wasm", "does not begin with"],
    ["the beginning of one", [0x00, 0x61], "not-wasm", "only the first bytes"],
    ["a preamble without its version", PREAMBLE.slice(0, 6), "malformed", "unexpected end of the version"],
    ["another layer", [...PREAMBLE.slice(0, 6), 2, 0], "malformed", "unknown binary layer"],
    ["an older version", [0x00, 0x61, 0x73, 0x6d, 0x0c, 0x00, 0x01, 0x00], "malformed", "unknown binary version"],
    ["an unknown section", [...PREAMBLE, 13, 0], "malformed", "malformed section id: 13"],
    ["a section that is too long", [...PREAMBLE, 7, 5, 0], "malformed", "a size reaches past"],
    ["a section with something left over", [...PREAMBLE, 7, 2, 0, 0], "malformed", "unexpected content"],
    ["a value section", [...PREAMBLE, 12, 1, 0], "invalid", "`value`s"],
  ])("are refused: %s", async (_, bytes, code, text) => {
    const error = await refusalOf(compileComponent(Uint8Array.from(bytes)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });

  it("but are a core module are named as one, with how to make a component of it", async () => {
    const error = await refusalOf(compileComponent(await parse("(module)")));
    expect(error).toMatchObject({ code: "core-module", message: "this is a core WebAssembly module, not a component" });
    expect(error.help).toMatch(/jco embed .*jco new .*wasm-tools component new/);
  });
});

describe("a component cut off at any byte", () => {
  it.each([
    ["one of each section", () => parse(EVERYTHING)],
    ["a built capsule", () => Promise.resolve(builtCapsule("counter"))],
  ])("is refused, unless whole sections are left: %s", async (_, make) => {
    const bytes = await make();
    const ends = [8, ...sectionsOf(bytes).map(({ end }) => end)];
    const lengths = Array.from({ length: bytes.length }, (_unused, length) => length);
    const codes = new Set<string>();
    for (const length of lengths.filter((at) => !ends.includes(at))) {
      codes.add((await refusalOf(compileComponent(bytes.subarray(0, length)))).code);
    }
    expect([...codes].sort()).toEqual(["malformed", "not-wasm"]);
    for (const length of ends) await expect(compileComponent(bytes.subarray(0, length))).resolves.toBeDefined();
  });
});

describe("what the linker does not do", () => {
  it("is refused when it is compiled: values in a memory of 64 bits", async () => {
    const text = `(component
      (core module $M
        (memory (export "memory") i64 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
        (func (export "f") (param i32 i32)))
      (core instance $memory (instantiate $M))
      (func (export "f") (param "s" string) (canon lift (core func $memory "f") ${optionsOf()})))`;
    const error = await refusalOf(compileComponent(await parse(text)));
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain("64-bit memory");
  });

  const waiting = `(component
    (core func $new (canon waitable-set.new))
    (core module $M (import "" "new" (func $new (result i32))) (func (export "run") (result i32) (call $new)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "run") (result u32) (canon lift (core func $m "run"))))`;

  it("is done by jco when it is of the asynchronous model and jco is there", async () => {
    const component = await compileComponent(await parse(waiting));
    const { engine, exports } = await component.instantiate();
    expect(engine).toBe("jco");
    expect((exports as Exports)["run"]?.()).toBe(1);
  });

  it("is done by jco with the bytes as they were, whatever becomes of them", async () => {
    const source = Buffer.from(await parse(waiting));
    const component = await compileComponent(source);
    source.fill(0);
    expect(await component.instantiate()).toMatchObject({ engine: "jco" });
  });

  it("is refused by its name when it is called and nothing else does it", async () => {
    const { plan, modules } = prepare(await parse(waiting));
    const component = loadPrepared(plan, modules.map((module) => new WebAssembly.Module(module)));
    const { engine, exports } = await component.instantiate();
    expect(engine).toBe("linker");
    const error = refusal(() => (exports as Exports)["run"]?.());
    expect(error).toMatchObject({ code: "unsupported", message: "the component uses the asynchronous model: waitable-set.new" });
    expect(error.help).toContain("without async functions");
  });
});

describe("imports that are missing", () => {
  const text = `(component
    (import "a:b/store@0.1.0" (instance
      (export "get" (func (param "key" string) (result (option (list u8)))))
      (export "put" (func (param "key" string) (param "value" (list u8))))))
    (import "a:b/types@0.1.0" (instance (type $t (record (field "a" u8))) (export "t" (type (eq $t)))))
    (import "log" (func (param "line" string))))`;

  it("are all named with what is expected, and with what is nearest to them", async () => {
    const error = await refusalOf(open(text, { "a:b/stor@0.1.0": {}, "c:d/e": {}, log: undefined }));
    expect(error).toMatchObject({ code: "missing-import", where: "a:b/store@0.1.0" });
    expect(error.message).toBe(
      [
        "the component imports what is not offered:",
        "  a:b/store@0.1.0: an interface with get, put (the nearest one offered is a:b/stor@0.1.0)",
        "  log: func(line: string)",
      ].join("\n"),
    );
    expect(error.help).toContain("instantiate()");
  });

  it("are named by the function when the interface is there", async () => {
    const error = await refusalOf(open(text, { "a:b/store@0.1.0": { get: () => undefined }, log: () => undefined }));
    expect(error.code).toBe("missing-import");
    expect(error.message).toContain("a:b/store@0.1.0#put: func(key: string, value: list<u8>)");
    expect(error.message).not.toContain("#get");
  });

  it.each(["to-string", "value-of", "has-own-property", "constructor"])("are not found in what every object has: %s", async (label) => {
    const given = `(component (import "a:b/c" (instance (export "${label}" (func)))))`;
    expect(await refusalOf(open(given, { "a:b/c": {} }))).toMatchObject({ code: "missing-import", where: `a:b/c#${label}` });
    await expect(open(given, { "a:b/c": { [label.replaceAll(/-(.)/g, (_, first: string) => first.toUpperCase())]: () => undefined } })).resolves.toEqual({});
  });

  it.each(["[method]r.to-string", "[static]r.apply", "[static]r.bind"])("are not found in what every class has: %s", async (name) => {
    const self = name.startsWith("[method]") ? `(param "self" (borrow $r))` : "";
    const given = `(component (import "a:b/c" (instance (export "r" (type $r (sub resource))) (export "${name}" (func ${self})))))`;
    expect(await refusalOf(open(given, { "a:b/c": { R: Set } }))).toMatchObject({ code: "missing-import", where: `a:b/c#${name}` });
  });

  it("may be interfaces of types alone", async () => {
    const given = { "a:b/store@0.1.0": { get: () => undefined, put: () => undefined }, log: () => undefined };
    await expect(open(text, given)).resolves.toEqual({});
  });
});

describe("imports of the wrong kind", () => {
  it.each([
    ["a number for a function", `(import "f" (func (result u8)))`, { f: 5 }, "f: func() -> u8, found number"],
    ["a text for an interface", `(import "a:b/c" (instance (export "f" (func))))`, { "a:b/c": "x" }, "a:b/c: expected an object, found string"],
    ["an object for a function of an interface", `(import "a:b/c" (instance (export "f" (func))))`, { "a:b/c": { f: {} } }, "a:b/c#f: func(), found object"],
    ["bytes for a module", `(import "m" (core module))`, { m: Uint8Array.of(0) }, "m: expected a WebAssembly.Module"],
    ["anything for a component", `(import "c" (component))`, { c: {} }, "c: a component cannot be given"],
  ])("are refused: %s", async (_, text, imports, problem) => {
    const error = await refusalOf(open(`(component ${text})`, imports));
    expect(error.code).toBe("wrong-import");
    expect(error.message).toContain(`imports are of the wrong kind:\n  ${problem}`);
  });
});

describe("a value of the wrong type", () => {
  const shape = variant({ a: "u8", b: undefined });
  it.each<readonly [string, Type, unknown, string]>([
    ["a text for a number", "u32", "5", 'a number, found "5"'],
    ["a bigint for a number", "s8", 5n, "a number, found bigint 5"],
    ["nothing for a number", "f64", undefined, "a number, found undefined"],
    ["a fraction for a bigint", "u64", 1.5, "a bigint, found number 1.5"],
    ["a text for a bigint", "s64", "1", 'a bigint, found "1"'],
    ["a number for a string", "string", 5, "a string, found number 5"],
    ["null for a string", "string", null, "a string, found null"],
    ["no character", "char", "", 'a string of one character, found ""'],
    ["two characters", "char", "ab", "a string of one character"],
    ["half a character", "char", "\uD83C", "a string of one character"],
    ["a text for a list", list("u8"), "abc", 'an array, found "abc"'],
    ["a set for a list", list("string"), new Set(["a"]), "an array, found an object (Set)"],
    ["a view without elements for a list", list("u16"), new DataView(new ArrayBuffer(2)), "an array, found an object (DataView)"],
    ["a wrong byte", list("u8"), [1, "2"], 'a number, found "2"'],
    ["bigints for bytes", list("u8"), BigInt64Array.of(1n), "a number, found bigint 1"],
    ["a wrong element", list("string"), ["a", 5], "a string, found number 5"],
    ["a number for a record", record({ a: "u8" }), 5, "an object, found number 5"],
    ["a record without a field", record({ a: "u8" }), {}, "a number, found undefined"],
    ["a text for flags", flags("a"), "a", 'an object, found "a"'],
    ["an object for a tuple", tuple("u8", "u8"), { 0: 1, 1: 2 }, "an array of 2, found an object (Object)"],
    ["a tuple that is too short", tuple("u8", "u8"), [1], "an array of 2, not of 1"],
    ["too long a list of fixed length", fixed("u8", 2), [1, 2, 3], "an array of 2, not of 3"],
    ["a text for a variant", shape, "b", 'an object with a `tag`, found "b"'],
    ["an unknown case", shape, { tag: "c" }, 'a tag that is one of a, b, found "c"'],
    ["a case without its payload", shape, { tag: "a" }, "a number, found undefined"],
    ["an unknown enum case", enumeration("x", "y"), "z", 'one of x, y, found "z"'],
    ["a bare value for a result", result("u8", "u8"), 5, "an object with a `tag`, found number 5"],
    ["a result that is neither", result("u8", "u8"), { tag: "maybe" }, 'a tag that is ok or err, found "maybe"'],
    ["an object for a map", map("string", "u8"), { a: 1 }, "a Map, found an object (Object)"],
    ["a wrong key of a map", map("string", "u8"), new Map([[1, 1]]), "a string, found number 1"],
    ["a symbol", "string", Symbol("s"), "a string, found a symbol"],
    ["a long text, cut", "u8", "x".repeat(100), `a number, found "${"x".repeat(40)}…"`],
    ["an object without a class", "u8", Object.create(null), "a number, found an object (Object)"],
  ])("is refused with the function and what was expected: %s", async (_, type, value, text) => {
    const echo = await open(echoText([type]), { "host-0": (given: unknown) => given });
    const error = refusal(() => echo["run0"]?.(value));
    expect(error).toMatchObject({ code: "wrong-value", where: "run-0" });
    expect(error.message).toContain(`run-0: expected ${text}`);
  });

  it("leaves the instance as it was", async () => {
    const echo = await open(echoText(["u32"]), { "host-0": (given: unknown) => given });
    expect(refusal(() => echo["run0"]?.("no")).code).toBe("wrong-value");
    expect(echo["run0"]?.(7)).toBe(7);
  });

  it("is refused by its interface when the function is in one", async () => {
    const text = `(component
      (core module $M (func (export "f") (param i32)))
      (core instance $m (instantiate $M))
      (func $f (param "x" u8) (canon lift (core func $m "f")))
      (instance $i (export "f" (func $f)))
      (export "a:b/c@1.0.0" (instance $i)))`;
    const exports = await open<Readonly<Record<string, Exports>>>(text);
    expect(refusal(() => exports["a:b/c@1.0.0"]?.["f"]?.("x"))).toMatchObject({
      code: "wrong-value",
      where: "a:b/c@1.0.0#f",
      message: 'a:b/c@1.0.0#f: expected a number, found "x"',
    });
  });

  it("is refused from an import, with its name", async () => {
    const echo = await open(echoText(["u32"]), { "host-0": () => "five" });
    const error = refusal(() => echo["run0"]?.(1));
    expect(error).toMatchObject({ code: "wrong-value", where: "host-0" });
    expect(error.message).toBe('host-0 answered: expected a number, found "five"');
  });

  it("is refused where a resource is made without its guest", () => {
    expect(refusal(() => Reflect.construct(GuestResource, [])).code).toBe("wrong-value");
  });
});
