import { parse } from "@bytecodealliance/jco";
import { describe, expect, it } from "vitest";
import { rewriteModule } from "../../../host/wasm/rewrite/rewrite-module.ts";
import { open } from "./open.ts";

it("memories, tables and globals that can change are exported, and what was exported stays", async () => {
  const { rewritten, exports, call } = await open(
    `(import "a" "g" (global $imported (mut i32))) (memory $m (export "memory") 1) (table $t 3 funcref) (table externref (elem))
     (global $fixed i32 (i32.const 5)) (global $a (mut i64) (i64.const 7)) (global $b (mut f64) (f64.const 1.5)) (export "fixed" (global $fixed))
     (func (export "set") i64.const 9 global.set $a i32.const 3 global.set $imported)`,
    { exportState: true, fuel: true },
    undefined,
    { a: { g: new WebAssembly.Global({ value: "i32", mutable: true }, 1) } },
  );
  expect(rewritten.state).toEqual({
    memories: ["doteros:state/memory/0"],
    tables: ["doteros:state/table/0", "doteros:state/table/1"],
    globals: [
      { name: "doteros:state/global/2", type: "i64" },
      { name: "doteros:state/global/3", type: "f64" },
    ],
  });
  call("set");
  const value = (name: string): unknown => (exports[name] as unknown as WebAssembly.Global).value;
  expect([value("doteros:state/global/2"), value("doteros:state/global/3"), value("fixed")]).toEqual([9n, 1.5, 5]);
  expect(exports["doteros:state/memory/0"]).toBe(exports["memory"]);
  expect((exports["doteros:state/table/0"] as unknown as WebAssembly.Table).length).toBe(3);
});

it("a module says whether it drops segments, which no export shows", async () => {
  const drops = async (code: string): Promise<boolean> => rewriteModule(await parse(`(module (memory 1) (data $d "x") (func ${code}))`), { exportState: true }).dropsSegments;
  expect([await drops("data.drop $d"), await drops("nop"), await drops("return data.drop $d")]).toEqual([true, false, false]);
});

it("without being asked for, nothing is exported", async () => {
  const { rewritten } = await open(`(memory 1) (global (mut i32) (i32.const 1)) (func)`, { fuel: true });
  expect(rewritten.state).toBeUndefined();
  expect(WebAssembly.Module.exports(new WebAssembly.Module(rewritten.bytes))).toEqual([]);
});

describe("a module says what it keeps that memories and globals of numbers do not show:", async () => {
  const REST = `(memory 1) (table $t 4 funcref) (table $x 1 externref) (elem declare func $f) (elem $e funcref (ref.func $f)) (data $d "x") (func $f)`;
  const TABLE = "a table that its code changes";
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["nothing", "", undefined],
    ["tables that are filled and read", `(elem (table $t) (i32.const 1) func $f) (func (result i32) i32.const 1 call_indirect $t table.size $t table.get $t ref.is_null)`, undefined],
    ["globals of numbers, and others that stay", `(global (mut i32) (i32.const 1)) (global (mut f64) (f64.const 1)) (global funcref (ref.func $f)) (global v128 (v128.const i64x2 1 2))`, undefined],
    ["a global of references", `(global (mut funcref) (ref.null func))`, "a global of the type funcref that can change"],
    ["a global of the host's references", `(global (mut externref) (ref.null extern))`, "a global of the type externref that can change"],
    ["a vector", `(global (mut v128) (v128.const i64x2 1 2))`, "a global of the type v128 that can change"],
    ["another module's global", `(import "a" "g" (global (mut funcref)))`, undefined],
    ["table.set", `(func i32.const 0 ref.null func table.set $t)`, TABLE],
    ["table.grow", `(func (result i32) ref.null extern i32.const 1 table.grow $x)`, TABLE],
    ["table.fill", `(func i32.const 0 ref.null func i32.const 1 table.fill $t)`, TABLE],
    ["table.copy", `(func i32.const 0 i32.const 0 i32.const 1 table.copy $t $t)`, TABLE],
    ["table.init", `(func i32.const 0 i32.const 0 i32.const 1 table.init $t $e)`, TABLE],
    ["table.set in a table of another module", `(import "a" "t" (table $other 1 funcref)) (func i32.const 0 ref.null func table.set $other)`, TABLE],
    ["table.set where nothing runs", `(func return i32.const 0 ref.null func table.set $t)`, undefined],
    ["memory.init", `(func i32.const 0 i32.const 0 i32.const 1 memory.init $d)`, undefined],
    ["data.drop", `(func data.drop $d)`, "that its code dropped a segment"],
    ["elem.drop", `(func elem.drop $e)`, "that its code dropped a segment"],
    ["an object in a constant", `(type $s (struct (field (mut i32)))) (global (ref $s) (struct.new $s (i32.const 1)))`, "structs or arrays"],
    ["an array", `(rec (type $a (array (mut i32))) (type $b (func))) (func i32.const 1 array.new_default $a drop)`, "structs or arrays"],
  ];
  const modules = await Promise.all(cases.map(async ([name, text, hidden]) => ({ name, hidden, bytes: await parse(`(module ${text.startsWith("(import") ? text + REST : REST + text})`) })));
  it.each(modules.filter(({ bytes }) => WebAssembly.validate(bytes)))("$name", ({ bytes, hidden }) => {
    expect(rewriteModule(bytes, {}).hiddenState).toBe(hidden);
    expect(rewriteModule(bytes, { fuel: true, stack: true, memoryPagesMax: 9, tableElementsMax: 99, canonicalNaN: true, exportState: true }).hiddenState).toBe(hidden);
  });

  it("all of them but those with objects are known to every engine", () => {
    expect(modules.filter(({ bytes, hidden }) => hidden !== "structs or arrays" && !WebAssembly.validate(bytes))).toEqual([]);
  });
});
