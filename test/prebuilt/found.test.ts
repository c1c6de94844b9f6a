import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { compileComponent } from "../../host/component/index.ts";
import { open } from "../component/open.ts";

// What running components of others has found, as the smallest component that shows it.

const RECORD = `
  (type $r (record (field "a" u8)))
  (core module $m (func (export "f") (result i32) (i32.const 7)))
  (core instance $i (instantiate $m))
  (func $f (result $r) (canon lift (core func $i "f")))`;

const RESOURCE = `
  (type $r (resource (rep i32)))
  (core module $m (func (export "f") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m))`;

describe("types in an instance that is made of definitions", () => {
  it("are those that the functions beside them name", async () => {
    const text = `(component ${RECORD} (instance $b (export "x" (type $r)) (export "g" (func $f))) (export "b" (instance $b)))`;
    const { b } = await open<{ b: { g: () => unknown } }>(text);
    expect(b.g()).toEqual({ a: 7 });
  });

  it("are known from then on, not before", async () => {
    const text = `(component ${RECORD} (instance $b (export "g" (func $f)) (export "x" (type $r))) (export "b" (instance $b)))`;
    await expect(open(text)).rejects.toThrow("not valid to be used as export: `b`");
  });

  it("give no resource the name that its constructor would need", async () => {
    const text = `(component ${RESOURCE}
      (func $new (param "v" u32) (result (own $r)) (canon lift (core func $i "f")))
      (instance $b (export "x" (type $r)) (export "[constructor]x" (func $new))))`;
    await expect(open(text)).rejects.toThrow("does not have a name");
  });
});

describe("a resource that is handed to a nested component", () => {
  const text = (where: string): string => `(component
    (component $Maker (type $r (resource (rep i32))) (export "x" (type $r)))
    (instance $made (instantiate $Maker))
    ${where}
    (core module $m (func (export "f") (param i32)))
    (core instance $i (instantiate $m))
    (func $f (param "v" (own $x)) (canon lift (core func $i "f")))
    (component $User
      (import "x" (type $x (sub resource)))
      (import "f" (func $f (param "v" (own $x))))
      (export "g" (func $f)))
    (instance $user (instantiate $User (with "x" (type $x)) (with "f" (func $f))))
    (export "user" (instance $user)))`;

  it("keeps the name that it was exported under", async () => {
    const named = `(export $out "made" (instance $made)) (alias export $out "x" (type $x))`;
    await expect(open(text(named))).resolves.toHaveProperty("user");
  });

  it("has none when it was not exported", async () => {
    await expect(open(text(`(alias export $made "x" (type $x))`))).rejects.toThrow("export: `user`");
  });
});

describe("what the world itself imports", () => {
  it("may be a resource, with its constructor and methods", async () => {
    class R {
      readonly #value: number;
      constructor(value: number) {
        this.#value = value;
      }
      twice(): number {
        return this.#value * 2;
      }
    }
    const text = `(component
      (import "r" (type $r (sub resource)))
      (import "[constructor]r" (func $new (param "v" u32) (result (own $r))))
      (import "[method]r.twice" (func $twice (param "self" (borrow $r)) (result u32)))
      (core func $new' (canon lower (func $new)))
      (core func $twice' (canon lower (func $twice)))
      (core module $m
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "twice" (func $twice (param i32) (result i32)))
        (func (export "f") (param i32) (result i32) (call $twice (call $new (local.get 0)))))
      (core instance $i (instantiate $m (with "" (instance (export "new" (func $new')) (export "twice" (func $twice'))))))
      (func (export "f") (param "v" u32) (result u32) (canon lift (core func $i "f"))))`;
    expect((await open(text, { r: R }))["f"]?.(21)).toBe(42);
    expect((await open(text, { r: { default: R } }))["f"]?.(4)).toBe(8);
    await expect(open(text)).rejects.toThrow("[constructor]r");
  });
});

describe("the WIT of a world", () => {
  it("calls types of its interfaces by the names that it uses them by", async () => {
    const text = `(component
      (import "a:b/c" (instance $c (type $r (record (field "x" u8))) (export "pair" (type (eq $r)))))
      (alias export $c "pair" (type $pair))
      (import "twin" (type $twin (eq $pair)))
      (core module $m (func (export "f") (param i32)))
      (core instance $i (instantiate $m))
      (func $f (param "v" $twin) (canon lift (core func $i "f")))
      (export "take" (func $f)))`;
    const wit = (await compileComponent(await parse(text))).wit();
    expect(wit).toContain("use a:b/c.{pair as twin};");
    expect(wit).toContain("export take: func(v: twin);");
  });
});

describe("a host function with a result", () => {
  const TEXT = `(component
    (import "f" (func $f (result (result (error u32)))))
    (core module $memory (memory (export "m") 1))
    (core instance $memory (instantiate $memory))
    (core func $f' (canon lower (func $f) (memory (core memory $memory "m"))))
    (core module $m
      (import "" "f" (func $f (param i32)))
      (import "" "m" (memory 1))
      (func (export "g") (result i32) (call $f (i32.const 16)) (i32.load (i32.const 20))))
    (core instance $i (instantiate $m (with "" (instance (export "f" (func $f')) (export "m" (memory $memory "m"))))))
    (func (export "g") (result u32) (canon lift (core func $i "g"))))`;
  const thrown = (value: unknown) => (): never => {
    throw value;
  };

  it("may throw the error case itself, as in jco", async () => {
    expect((await open(TEXT, { f: thrown(5) }))["g"]?.()).toBe(5);
    expect((await open(TEXT, { f: thrown(Object.assign(new Error("six"), { payload: 6 })) }))["g"]?.()).toBe(6);
  });

  it("throws through the guest what is an error and nothing more", async () => {
    const { g } = await open(TEXT, { f: thrown(new RangeError("broken")) });
    expect(() => g?.()).toThrow("broken");
  });
});

describe("a string for a guest", () => {
  it("asks for memory once, whatever is in it", async () => {
    const text = `(component
      (core module $m
        (memory (export "m") 1)
        (global $calls (mut i32) (i32.const 0))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
          (i32.mul (global.get $calls) (i32.const 1024)))
        (func (export "f") (param i32 i32) (result i32) (i32.add (i32.mul (global.get $calls) (i32.const 100)) (local.get 1))))
      (core instance $i (instantiate $m))
      (func (export "f") (param "s" string) (result u32)
        (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "realloc")))))`;
    for (const value of ["plain", "h\u00E9ll\u00F6 \u20AC", "\u{1F680}".repeat(60)]) {
      expect((await open(text))["f"]?.(value)).toBe(100 + Buffer.byteLength(value));
    }
  });
});
