import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { Counters } from "../../../host/wasm/rewrite/counters.ts";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import { FRAMES, FUEL, open } from "./open.ts";

const DO = `(func (export "do") (param $n i32) (result i32) (local $i i32)`;

describe("what instructions cost", () => {
  it.each([
    ["nothing", "", 0],
    ["a constant", "i32.const 1 drop", 2],
    ["nop, as every instruction", "nop nop", 2],
    ["blocks, nothing", "block block end end", 0],
    ["a loop that does not loop, nothing", "loop end", 0],
    ["if, and the arm that runs", "i32.const 1 if nop else nop nop end", 3],
    ["the other arm", "i32.const 0 if nop else nop nop end", 4],
    ["a branch", "block br 0 nop nop end nop", 2],
    ["a branch that is taken", "block i32.const 1 br_if 0 nop nop end nop", 3],
    ["a branch that is not", "block i32.const 0 br_if 0 nop nop end nop", 5],
    ["a table of branches", "block block i32.const 1 br_table 0 1 0 end nop nop end nop", 3],
    ["return, and nothing behind it", "return nop nop", 1],
    ["what follows a block that always ends", "block i32.const 1 if nop end end nop nop", 5],
    ["a call, and what is called", "call $two", 3],
    ["a call through a table", "i32.const 0 call_indirect", 4],
    ["a call that takes the place of this one", "return_call $two", 3],
    ["one for each 16 locals", "call $locals", 3],
    ["a vector", "v128.const i32x4 1 2 3 4 drop", 2],
    ["a reference in a table", "i32.const 0 ref.func $two table.set 0", 34],
    ["bytes that are set, a unit for 16", "i32.const 0 i32.const 0 i32.const 1600 memory.fill", 3 + 16 + 100],
    ["bytes that are copied", "i32.const 0 i32.const 0 i32.const 33 memory.copy", 3 + 16 + 2],
    ["bytes of a segment", "i32.const 0 i32.const 0 i32.const 16 memory.init $d", 3 + 16 + 1],
    ["references that are copied, 32 units each", "i32.const 0 i32.const 0 i32.const 2 table.copy", 3 + 16 + 64],
    ["references of a segment", "i32.const 0 i32.const 0 i32.const 1 table.init $e", 3 + 16 + 32],
    ["references that are set", "i32.const 0 ref.null func i32.const 2 table.fill 0", 3 + 16 + 64],
    ["a table that grows", "ref.null func i32.const 3 table.grow 0 drop", 3 + 16 + 96],
    ["a table that cannot grow", "ref.null func i32.const 100 table.grow 0 drop", 3 + 16],
    ["a memory that grows, 4,096 units a page", "i32.const 1 memory.grow drop", 2 + 16 + 4096],
    ["a memory that cannot grow", "i32.const 9 memory.grow drop", 2 + 16],
    ["a throw", "try throw $t catch $t nop end", 2000 + 1],
    ["a throw out of a function, and its frame", "try call $throws catch_all end", 1 + 1 + 2000 + 300],
  ])("%s", async (_, code, cost) => {
    const { cost: costOf } = await open(
      `(memory 1 2) (table 8 12 funcref) (elem (table 0) (i32.const 0) func $two) (elem $e func $two) (data $d "1234567890123456")
       (tag $t) (func $two nop nop) (func $locals (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64
         i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)) (func $throws call $two2) (func $two2 throw $t)
       (func (export "run") ${code})`,
      { fuel: true, stack: true },
    );
    expect(costOf("run")).toBe(cost);
  });

  it("a loop costs what each round costs", async () => {
    const { cost, call } = await open(
      `${DO} loop local.get $i i32.const 1 i32.add local.tee $i local.get $n i32.lt_u br_if 0 end local.get $i)`,
      { fuel: true },
    );
    expect([cost("do", 1), cost("do", 2), cost("do", 1000)]).toEqual([8, 15, 7001]);
    expect(call("do", 1000)).toBe(1000);
  });

  it("what an early return leaves out is not charged", async () => {
    const { cost } = await open(`${DO} local.get $n if local.get $n return end nop nop nop i32.const 0)`, { fuel: true });
    expect([cost("do", 1), cost("do", 0)]).toEqual([4, 6]);
  });
});

const SPIN = "loop br 0 end";

describe("running out of fuel", () => {
  it("is no bare trap: the counters say so", async () => {
    const { call, counters } = await open(`(func (export "run") ${SPIN})`, { fuel: true });
    expect(() => call("run")).toThrow(WebAssembly.RuntimeError);
    expect(counters.exhausted).toBe("fuel");
    expect(counters.exhaustion()).toMatchObject({ code: "fuel-exhausted", number: "DW0023" });
  });

  it("is told apart from a trap of the module's own", async () => {
    const { call, counters } = await open(`(func (export "run") nop unreachable)`, { fuel: true });
    expect(() => call("run")).toThrow(WebAssembly.RuntimeError);
    expect([counters.exhausted, counters.exhaustion(), counters.fuelLeft]).toEqual([undefined, undefined, FUEL - 2]);
  });

  it("comes at the same unit, whatever else is asked for", async () => {
    const bytes = await parse(`(module (memory 1) (global $g (mut i32) (i32.const 0))
      (func $f (param i32) (result i32) local.get 0 i32.eqz if i32.const 0 return end local.get 0 i32.const 1 i32.sub call $f i32.const 1 i32.add)
      (func (export "run") (local $i i32) loop global.get $g i32.const 1 i32.add global.set $g i32.const 5 call $f drop
        local.get $i i32.const 1 i32.add local.tee $i i32.const 100 i32.lt_u br_if 0 end) (export "g" (global $g)))`);
    const rounds = [{ fuel: true }, { fuel: true, stack: true }, { fuel: true, canonicalNaN: true, exportState: true, memoryPagesMax: 1 }].map((parts) => {
      const { bytes: rewritten, countersFrom } = rewriteModule(bytes, parts);
      const module = new WebAssembly.Module(rewritten);
      return Array.from({ length: 60 }, (_, index) => {
        const counters = new Counters();
        const { exports } = new WebAssembly.Instance(module, { [countersFrom as string]: counters.imports });
        counters.refill(index * 29, FRAMES);
        expect(exports["run"]).toThrow(WebAssembly.RuntimeError);
        return [(exports["g"] as WebAssembly.Global).value, counters.fuelLeft, counters.exhausted];
      });
    });
    expect(rounds[1]).toEqual(rounds[0]);
    expect(rounds[2]).toEqual(rounds[0]);
    expect(new Set(rounds[0]?.map(([g]) => g)).size).toBeGreaterThan(10);
    expect(new Set(rounds[0]?.map(([, , exhausted]) => exhausted))).toEqual(new Set(["fuel"]));
  });

  it("is not passed by on the way out: the last instructions of a run count, too", async () => {
    const { exports, counters } = await open(`(func (export "run") nop nop nop)`, { fuel: true });
    counters.refill(2, FRAMES);
    exports["run"]?.();
    expect(counters.exhausted).toBe("fuel");
    counters.refill(3, FRAMES);
    exports["run"]?.();
    expect([counters.exhausted, counters.fuelLeft]).toEqual([undefined, 0]);
  });

  it("is no exception that a module could catch", async () => {
    const { call, counters } = await open(`(func $spin ${SPIN}) (func (export "run") loop try call $spin catch_all br 1 end end)`, { fuel: true });
    expect(() => call("run")).toThrow(WebAssembly.RuntimeError);
    expect(counters.exhausted).toBe("fuel");
  });

  it("happens once for all modules that share the counters", async () => {
    const counters = new Counters();
    const one = rewriteModule(await parse(`(module (func (export "f") (local $i i32) loop local.get $i i32.const 1 i32.add local.tee $i i32.const 100 i32.lt_u br_if 0 end))`), { fuel: true });
    const first = new WebAssembly.Instance(new WebAssembly.Module(one.bytes), { [one.countersFrom as string]: counters.imports });
    const two = rewriteModule(await parse(`(module (import "a" "f" (func $f)) (func (export "g") call $f call $f))`), { fuel: true });
    const second = new WebAssembly.Instance(new WebAssembly.Module(two.bytes), { a: first.exports, [two.countersFrom as string]: counters.imports });
    counters.refill(FUEL, FRAMES);
    (second.exports["g"] as () => void)();
    expect(FUEL - counters.fuelLeft).toBe(2 + 2 * 700);
  });
});
