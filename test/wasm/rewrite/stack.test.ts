import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import { refusal } from "../../refusal.ts";
import { FRAMES, FUEL, open, openBytes } from "./open.ts";

/** The fewest frames with which a module's `run` returns, which must give all of them back. */
function framesFor(bytes: Uint8Array): number {
  const { counters, exports } = openBytes(bytes, { stack: true, fuel: true });
  for (let frames = 1; ; frames += 1) {
    counters.refill(FUEL, frames);
    try {
      exports["run"]?.();
    } catch (error) {
      if (counters.exhausted === "stack") continue;
      throw error;
    }
    if (counters.imports.stack.value !== frames) throw new Error(`${String(counters.imports.stack.value)} frames are left of ${frames}`);
    return frames;
  }
}

const DEEP = `(func $deep (export "deep") (param $n i32) (result i32)
  local.get $n i32.eqz if i32.const 0 return end
  local.get $n i32.const 1 i32.sub call $deep i32.const 1 i32.add)`;

describe("the stack", () => {
  it("ends at the same depth everywhere, and says so", async () => {
    const { call, counters, exports } = await open(DEEP, { stack: true });
    expect(call("deep", 3999)).toBe(3999);
    expect(counters.exhausted).toBeUndefined();
    expect(() => call("deep", 4000)).toThrow(WebAssembly.RuntimeError);
    expect(counters.exhaustion()).toMatchObject({ code: "stack-exhausted", number: "DW0024" });
    counters.refill(FUEL, 10);
    expect(exports["deep"]?.(9)).toBe(9);
    expect(() => exports["deep"]?.(10)).toThrow(WebAssembly.RuntimeError);
  });

  it("weighs a frame by what it holds: a frame for eight values, and one more", async () => {
    const many = Array.from({ length: 38 }, () => "i64").join(" ");
    const { counters, exports } = await open(
      `(func $heavy (export "heavy") (param $n i32) (local ${many}) local.get $n if local.get $n i32.const 1 i32.sub call $heavy end)`,
      { stack: true },
    );
    // 39 parameters and locals and two operands: six frames.
    counters.refill(FUEL, 60);
    exports["heavy"]?.(9);
    expect(() => exports["heavy"]?.(10)).toThrow(WebAssembly.RuntimeError);
  });

  it("weighs operands that wait for a call", async () => {
    const wait = Array.from({ length: 100 }, () => "local.get $n").join(" ");
    const fold = Array.from({ length: 100 }, () => "i32.add").join(" ");
    const { counters, exports } = await open(
      `(func $f (export "f") (param $n i32) (result i32) local.get $n i32.eqz if i32.const 0 return end ${wait} local.get $n i32.const 1 i32.sub call $f ${fold})`,
      { stack: true },
    );
    counters.refill(FUEL, 130);
    exports["f"]?.(8);
    expect(() => exports["f"]?.(10)).toThrow(WebAssembly.RuntimeError);
  });

  it("leaves alone functions that call nothing, unless they are heavy", async () => {
    const many = Array.from({ length: 80 }, () => "i64").join(" ");
    const { counters, exports } = await open(`(func (export "light") nop) (func (export "heavy") (local ${many}))`, { stack: true });
    counters.refill(FUEL, 0);
    exports["light"]?.();
    expect(() => exports["heavy"]?.()).toThrow(WebAssembly.RuntimeError);
    expect(counters.exhausted).toBe("stack");
  });

  const leaves: readonly (readonly [string, string])[] = [
    ["returning", "call $leaf return"],
    ["the end", "call $leaf"],
    ["a branch", "call $leaf br 0"],
    ["a branch that may be taken", "call $leaf local.get $n br_if 0 call $leaf"],
    ["a branch that is not taken", "call $leaf i32.const 0 br_if 0 call $leaf"],
    ["a table of branches", "call $leaf block local.get $n br_table 0 1 end call $leaf"],
    ["another arm of it", "call $leaf block i32.const 0 br_table 0 1 end call $leaf"],
    ["a call that takes its place", "call $leaf return_call $leaf"],
    ["a throw that it catches", "try call $throws catch_all call $leaf end call $leaf"],
    ["a throw that it catches, and throws again", "try try call $throws catch_all rethrow 0 end catch_all end"],
    ["a throw that is caught further out", "try try call $leaf call $throws delegate 0 catch_all end call $leaf"],
    ["a loop that calls", "loop call $leaf local.get $n i32.const 1 i32.sub local.tee $n br_if 0 end"],
    ["an early return", "local.get $n if call $leaf return end call $leaf"],
  ];
  it.each(leaves)("is given back by %s", async (_, code) => {
    const { call, counters } = await open(
      `(tag $t) (func $leaf call $still) (func $still) (func $throws call $throwing) (func $throwing call $still throw $t)
       (func (export "run") (param $n i32) ${code})`,
      { stack: true, fuel: true },
    );
    for (const argument of [1, 2, 1]) {
      call("run", argument);
      expect(counters.imports.stack.value).toBe(FRAMES);
    }
  });

  const caught: readonly (readonly [string, string, number])[] = [
    ["try", "try i32.const 40 call $f catch_all end", 42],
    ["try_table", "block $h try_table (catch_all $h) i32.const 40 call $f end end", 42],
    ["try_table around a loop", "(local $n i32) loop $l local.get $n i32.const 1 i32.add local.tee $n i32.const 3 i32.lt_u if try_table (catch_all $l) i32.const 40 call $f end end end", 42],
    ["try_table that ends the function", "call $inner", 43],
  ];
  it.each(caught)("is given back by frames that an exception leaves: %s", async (_, code, frames) => {
    const bytes = await parse(`(module (tag $t) (func $f (param i32) local.get 0 if local.get 0 i32.const 1 i32.sub call $f else throw $t end)
       (func $inner ${code.includes("$inner") ? "try_table (catch_all 0) i32.const 40 call $f end" : ""})
       (func $deep (param i32) local.get 0 if local.get 0 i32.const 1 i32.sub call $deep end)
       (func (export "run") ${code} i32.const 40 call $deep))`);
    expect(WebAssembly.validate(bytes) ? framesFor(bytes) : refusal(() => rewriteModule(bytes, { stack: true })).code).toBe(
      WebAssembly.validate(bytes) ? frames : "invalid",
    );
  });

  it("a tail call takes no more of it, however long the chain", async () => {
    const { call, counters } = await open(
      `(func $f (export "f") (param $n i32) (result i32) local.get $n if (result i32) call $still local.get $n i32.const 1 i32.sub return_call $f else i32.const 7 end)
       (func $still)`,
      { stack: true },
    );
    expect(call("f", 100_000)).toBe(7);
    expect(counters.imports.stack.value).toBe(FRAMES);
  });

  it("is counted through the host and back", async () => {
    const held: { again?: (n: number) => void } = {};
    const { call, counters, exports } = await open(
      `(import "host" "again" (func $again (param i32))) (func (export "run") (param $n i32) local.get $n if local.get $n i32.const 1 i32.sub call $again end)`,
      { stack: true },
      undefined,
      { host: { again: (n: number) => held.again?.(n) } },
    );
    held.again = (n) => void exports["run"]?.(n);
    counters.refill(FUEL, 50);
    exports["run"]?.(49);
    expect(() => exports["run"]?.(50)).toThrow(WebAssembly.RuntimeError);
    expect(counters.exhausted).toBe("stack");
    expect(() => call("run", 10)).not.toThrow();
  });

  it("V8's own stack is enough for 4,000 frames, whatever they hold", async () => {
    const vectors = (count: number): string => Array.from({ length: count }, () => "v128").join(" ");
    for (const count of [1, 4, 7, 60]) {
      const uses = Array.from({ length: count }, (_, index) => `i32.const 0 local.get ${index + 1} v128.store`).join(" ");
      const sets = Array.from({ length: count }, (_, index) => `i32.const ${16 * index} v128.load local.set ${index + 1}`).join(" ");
      const { call, counters } = await open(
        `(memory 1) (func $f (export "f") (param $n i32) (local ${vectors(count)}) ${sets} local.get $n i32.const 1 i32.add call $f ${uses})`,
        { stack: true },
      );
      expect(() => call("f", 0)).toThrow(WebAssembly.RuntimeError);
      expect(counters.exhausted).toBe("stack");
    }
  });
});
