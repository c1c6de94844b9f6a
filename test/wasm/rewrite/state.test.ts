import { parse } from "@bytecodealliance/jco";
import { expect, it } from "vitest";
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
