import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { compileComponent } from "../../host/component/index.ts";
import { refusal, refusalOf } from "../refusal.ts";
import { MEMORY, optionsOf } from "./memory.ts";
import { type Callable, type Exports, open } from "./open.ts";

/** A component with one function, `run`, whose core function is `body`; it may call the import `host`. */
const running = (body: string, type = ""): string => `(component
  (import "host" (func $host))
  (core func $host (canon lower (func $host)))
  (core module $Guest
    (import "" "host" (func $host))
    (memory (export "memory") 1) (table $t 2 funcref) (tag $tag)
    ${body})
  (core instance $guest (instantiate $Guest (with "" (instance (export "host" (func $host))))))
  (func (export "run") ${type} (canon lift (core func $guest "run"))))`;

const ignore = (): void => undefined;

describe("a guest that traps", () => {
  it.each([
    ["at unreachable code", "unreachable", "unreachable"],
    ["when it divides by zero", "(drop (i32.div_u (i32.const 1) (i32.const 0)))", "divide by zero"],
    ["when it reads outside its memory", "(drop (i32.load (i32.const 65536)))", "out of bounds"],
    ["when it calls nothing", "(call_indirect $t (i32.const 1))", "null"],
    ["when it converts what is no number", "(drop (i32.trunc_f32_s (f32.const nan)))", "unrepresentable"],
    ["when it runs out of stack", "(call $run)", "call stack exhausted"],
    ["when it lets an exception out", "(throw $tag)", "an exception left the component"],
  ])("ends with an error that names the function: %s", async (_, body, text) => {
    const { run } = await open(running(`(func $run (export "run") ${body})`), { host: ignore });
    const error = refusal(() => run?.());
    expect(error).toMatchObject({ code: "trap", where: "run" });
    expect(error.message).toMatch(/^run trapped: /);
    expect(error.message).toContain(text);
    expect(error.cause).toBeDefined();
  });

  it("ends with such an error for what the canonical ABI forbids, too", async () => {
    const { run } = await open(running(`(func (export "run") (result i32) (i32.const 0x110000))`, "(result char)"), { host: ignore });
    expect(refusal(() => run?.())).toMatchObject({ code: "trap", where: "run", message: "run trapped: invalid `char` bit pattern" });
  });

  it("is never entered again, while other instances are", async () => {
    const component = await compileComponent(await parse(running(`(func (export "run") (call $host) unreachable)`)));
    let calls = 0;
    const host = (): unknown => (calls += 1);
    const instances = [await component.instantiate({ host }), await component.instantiate({ host })];
    const [first, second] = instances.map(({ exports }) => exports as Exports);
    expect(refusal(() => first?.["run"]?.()).message).toContain("unreachable");
    expect(refusal(() => first?.["run"]?.())).toMatchObject({ code: "trap", message: "cannot enter component instance" });
    expect(calls).toBe(1);
    expect(refusal(() => second?.["run"]?.()).message).toContain("unreachable");
    expect(calls).toBe(2);
  });
});

describe("an exception of the host", () => {
  it("comes out of the guest unchanged, and the guest is not entered again", async () => {
    const thrown = new TypeError("of the host");
    const { run } = await open(running(`(func (export "run") (call $host))`), {
      host: () => {
        throw thrown;
      },
    });
    expect(() => run?.()).toThrow(thrown);
    expect(refusal(() => run?.()).message).toContain("cannot enter");
  });

  it("comes out of a start function unchanged", async () => {
    const thrown = new RangeError("of the host");
    const host = (): never => {
      throw thrown;
    };
    await expect(open(running(`(func (export "run")) (func $start (call $host)) (start $start)`), { host })).rejects.toBe(thrown);
  });
});

describe("entering a guest that runs", () => {
  it("traps, which the import that tries it sees", async () => {
    const seen: unknown[] = [];
    const guest: { run?: Callable } = {};
    const host = (): void => void seen.push(refusal(() => guest.run?.()));
    const { run } = await open(running(`(func (export "run") (call $host))`), { host });
    Object.assign(guest, { run });
    run?.();
    expect(seen).toMatchObject([{ code: "trap", message: "cannot enter component instance" }]);
  });

  it("ends the guest when the import lets the trap out", async () => {
    const guest: { run?: Callable } = {};
    const { run } = await open(running(`(func (export "run") (call $host))`), { host: () => guest.run?.() });
    Object.assign(guest, { run });
    expect(refusal(() => run?.())).toMatchObject({ code: "trap", message: "cannot enter component instance" });
    expect(refusal(() => run?.())).toMatchObject({ code: "trap" });
  });
});

describe("ending a resource of a guest that runs", () => {
  it("traps, since its destructor is the guest's own code", async () => {
    const seen: unknown[] = [];
    const held: { thing?: Disposable } = {};
    const { make, run, drops } = await open(
      `(component
        (import "host" (func $host))
        (core func $host (canon lower (func $host)))
        (core module $Dtor (global $drops (mut i32) (i32.const 0))
          (func (export "dtor") (param i32) (global.set $drops (i32.add (global.get $drops) (i32.const 1))))
          (func (export "drops") (result i32) (global.get $drops)))
        (core instance $dtor (instantiate $Dtor))
        (type $r' (resource (rep i32) (dtor (core func $dtor "dtor"))))
        (export $r "thing" (type $r'))
        (core func $new (canon resource.new $r'))
        (core module $Guest (import "" "new" (func $new (param i32) (result i32))) (import "" "host" (func $host))
          (func (export "make") (result i32) (call $new (i32.const 5)))
          (func (export "run") (call $host)))
        (core instance $guest (instantiate $Guest (with "" (instance (export "new" (func $new)) (export "host" (func $host))))))
        (func (export "make") (result (own $r)) (canon lift (core func $guest "make")))
        (func (export "run") (canon lift (core func $guest "run")))
        (func (export "drops") (result u32) (canon lift (core func $dtor "drops"))))`,
      { host: () => void seen.push(refusal(() => held.thing?.[Symbol.dispose]())) },
    );
    Object.assign(held, { thing: make?.() });
    run?.();
    expect(seen).toMatchObject([{ code: "trap", message: "cannot enter component instance" }]);
    expect(drops?.()).toBe(0);
  });
});

/** Both ways to catch whatever is thrown: in the standard, and as engines had it before. `body` runs first, then `after`. */
const CATCHES: readonly (readonly [string, (body: string, after: string) => string])[] = [
  ["try_table", (body, after) => `(block $b (try_table (catch_all $b) ${body})) ${after}`],
  ["try", (body, after) => `try ${body} catch_all end ${after}`],
];

/** Those of them that this engine compiles: one or the other, or both. */
async function catches(): Promise<(readonly [string, (body: string, after: string) => string])[]> {
  const compiled = await Promise.all(CATCHES.map(async ([, write]) => WebAssembly.validate(await parse(`(module (func ${write("nop", "nop")}))`))));
  return CATCHES.filter((_, index) => compiled[index]);
}

describe.each(await catches())("a guest that catches with %s", (_, write) => {
  it("can catch what it throws itself", async () => {
    const { run } = await open(running(`(func (export "run") ${write("(throw $tag)", "nop")})`), { host: ignore });
    expect(run?.()).toBeUndefined();
    expect(run?.()).toBeUndefined();
  });

  it("cannot keep an exception of the host to itself", async () => {
    const thrown = new Error("of the host");
    const host = (): never => {
      throw thrown;
    };
    const { run } = await open(running(`(func (export "run") ${write("(call $host)", "nop")})`), { host });
    expect(() => run?.()).toThrow(thrown);
    expect(refusal(() => run?.()).message).toContain("cannot enter");
  });

  it("cannot keep it to itself while it is instantiated", async () => {
    const thrown = new Error("of the host");
    const host = (): never => {
      throw thrown;
    };
    const text = running(`(func (export "run")) (func $start ${write("(call $host)", "nop")}) (start $start)`);
    await expect(open(text, { host })).rejects.toBe(thrown);
  });

  it("cannot keep a trap of the canonical ABI to itself, in whatever function of its own it happens", async () => {
    const attempt = write("(call $host)", "nop");
    const text = `(component
      (import "host" (func $host))
      (core func $host (canon lower (func $host)))
      (core module $Guest
        (import "" "host" (func $host))
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) ${attempt} (i32.const 64))
        (func (export "post") (param i32) ${attempt})
        (func (export "take") (param i32 i32))
        (func (export "give") (result i32) (i32.const 1)))
      (core instance $guest (instantiate $Guest (with "" (instance (export "host" (func $host))))))
      (func (export "take") (param "s" string) (canon lift (core func $guest "take")
        (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
      (func (export "give") (result u32) (canon lift (core func $guest "give") (post-return (core func $guest "post")))))`;
    const inRealloc = await open(text, { host: ignore });
    expect(refusal(() => inRealloc["take"]?.("x"))).toMatchObject({ code: "trap", message: "cannot leave component instance" });
    const afterwards = await open(text, { host: ignore });
    expect(refusal(() => afterwards["give"]?.())).toMatchObject({ code: "trap", message: "cannot leave component instance" });
  });
});

describe("an import that is called where none may be", () => {
  it.each([
    ["while the guest allocates", "take", ["x"]],
    ["after the guest has returned", "give", []],
  ])("traps: %s", async (_, name, args) => {
    let calls = 0;
    const guest = await open(
      `(component
        (import "host" (func $host))
        (core func $host (canon lower (func $host)))
        (core module $Guest
          (import "" "host" (func $host))
          (memory (export "memory") 1)
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $host) (i32.const 64))
          (func (export "post") (param i32) (call $host))
          (func (export "take") (param i32 i32))
          (func (export "give") (result i32) (i32.const 1)))
        (core instance $guest (instantiate $Guest (with "" (instance (export "host" (func $host))))))
        (func (export "take") (param "s" string) (canon lift (core func $guest "take")
          (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
        (func (export "give") (result u32) (canon lift (core func $guest "give") (post-return (core func $guest "post")))))`,
      { host: () => (calls += 1) },
    );
    expect(refusal(() => guest[name]?.(...args))).toMatchObject({ code: "trap", message: "cannot leave component instance" });
    expect(calls).toBe(0);
  });
});

describe("a destructor that traps", () => {
  it("ends the guest, and says whose it is", async () => {
    const { make } = await open(`(component
      (core module $Dtor (func (export "dtor") (param i32) unreachable))
      (core instance $dtor (instantiate $Dtor))
      (type $r' (resource (rep i32) (dtor (core func $dtor "dtor"))))
      (export $r "thing" (type $r'))
      (core func $new (canon resource.new $r'))
      (core module $Guest (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (result i32) (call $new (i32.const 5))))
      (core instance $guest (instantiate $Guest (with "" (instance (export "new" (func $new))))))
      (func (export "make") (result (own $r)) (canon lift (core func $guest "make"))))`);
    const thing = make?.() as Disposable;
    const error = refusal(() => thing[Symbol.dispose]());
    expect(error.code).toBe("trap");
    expect(error.message).toBe("the destructor of thing trapped: unreachable");
    expect(refusal(() => make?.()).message).toContain("cannot enter");
    expect(() => thing[Symbol.dispose]()).not.toThrow();
  });
});

describe("a resource of a guest that has trapped", () => {
  it("ends without a word, so that a using block throws the trap alone", async () => {
    const { make, fail } = await open(`(component
      (core module $Dtor (func (export "dtor") (param i32)))
      (core instance $dtor (instantiate $Dtor))
      (type $r' (resource (rep i32) (dtor (core func $dtor "dtor"))))
      (export $r "thing" (type $r'))
      (core func $new (canon resource.new $r'))
      (core module $Guest (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (result i32) (call $new (i32.const 5)))
        (func (export "fail") unreachable))
      (core instance $guest (instantiate $Guest (with "" (instance (export "new" (func $new))))))
      (func (export "make") (result (own $r)) (canon lift (core func $guest "make")))
      (func (export "fail") (canon lift (core func $guest "fail"))))`);
    const error = refusal(() => {
      using thing = make?.() as Disposable;
      expect(thing).toBeDefined();
      fail?.();
    });
    expect(error).toMatchObject({ code: "trap", where: "fail" });
  });
});

describe("a component that cannot be instantiated", () => {
  it.each([
    ["because a start function traps", "(func $s unreachable) (start $s)", "unreachable"],
    ["because a start function runs out of stack", "(func $s (call $s)) (start $s)", "call stack exhausted"],
    ["because a start function throws", "(func $s (throw $tag)) (tag $tag) (start $s)", "an exception left the component"],
    ["because its data does not fit", `(memory 1) (data (i32.const 65536) "x")`, "out of bounds"],
  ])("says so: %s", async (_, body, text) => {
    const error = await refusalOf(open(`(component (core module $M ${body}) (core instance (instantiate $M)))`));
    expect(error.code).toBe("trap");
    expect(error.message).toContain("the component trapped while it was instantiated");
    expect(error.message).toContain(text);
  });
});

describe("a trap in one component that another one called", () => {
  it("ends both", async () => {
    const { run, fine } = await open(`(component
      (component $Inner
        (core module $M (func (export "f") unreachable))
        (core instance $m (instantiate $M))
        (func (export "f") (canon lift (core func $m "f"))))
      (instance $inner (instantiate $Inner))
      (core func $f (canon lower (func $inner "f")))
      ${MEMORY}
      (core module $Outer (import "" "f" (func $f)) (func (export "run") (call $f)) (func (export "fine")))
      (core instance $outer (instantiate $Outer (with "" (instance (export "f" (func $f))))))
      (func (export "run") (canon lift (core func $outer "run") ${optionsOf()}))
      (func (export "fine") (canon lift (core func $outer "fine"))))`);
    expect(fine?.()).toBeUndefined();
    const error = refusal(() => run?.());
    expect(error.code).toBe("trap");
    expect(error.message).toContain("unreachable");
    expect(refusal(() => fine?.()).message).toContain("cannot enter");
  });
});
