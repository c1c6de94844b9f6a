import { expect, it } from "vitest";
import { DIALECT_PACKAGES, dialectsOf } from "../../host/capability/dialect/index.ts";
import { importedCapabilities } from "../../host/capability/linkage.ts";
import type { Extern } from "../../host/component/type.ts";
import { createHost } from "../../host/node.ts";
import { start } from "../fixture/running.ts";
import { refusalOf } from "../refusal.ts";
import { foreignText } from "./foreign.ts";

const REST = `(memory (export "memory") 1) (data (i32.const 0) "hello")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
  (func (export "doteros:capsule/handler@0.1.0#handle") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)`;

it("logs under the name of wasi:logging that has no version", async () => {
  const wit = "package wasi:logging { interface logging { enum level { trace, debug, info, warn, error, critical } log: func(level: level, context: string, message: string); } }";
  const component = await foreignText(
    `(module (import "wasi:logging/logging" "log" (func $log (param i32 i32 i32 i32 i32))) ${REST}
      (call $log (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 5)) i32.const 16))`,
    { imports: ["wasi:logging/logging"], packages: [wit] },
  );
  const { send, lines, host } = await start(component);
  await send("");
  expect(lines).toMatchObject([{ level: "warn", context: "h", message: "hello", outcome: "committed" }]);
  expect(await refusalOf(host.load(component))).toMatchObject({ code: "not-granted", help: "to grant all of it, add --grant log" });
  await host.close();
});

it("names what is missing of a package that it knows, with the nearest that there is", async () => {
  const wit = `package wasi:keyvalue@0.2.0-draft3 { interface store { open: func(); } }
    package wasi:clocks@0.2.0 { interface wall-clock { now: func() -> u64; } }`;
  const component = await foreignText(
    `(module (import "wasi:keyvalue/store@0.2.0-draft3" "open" (func)) (import "wasi:clocks/wall-clock@0.2.0" "now" (func (result i64))) ${REST} i32.const 16))`,
    { imports: ["wasi:keyvalue/store@0.2.0-draft3", "wasi:clocks/wall-clock@0.2.0"], packages: [wit] },
  );
  await using host = await createHost();
  const error = await refusalOf(host.load(component));
  expect(error.code).toBe("missing-import");
  expect(error.message).toContain("wasi:keyvalue/store@0.2.0-draft3 (the nearest one offered is wasi:keyvalue/store@0.2.0-draft)");
  expect(error.message).toContain("wasi:clocks/wall-clock@0.2.0");
  expect(error.help).toContain("wasmcloud:messaging");
});

it("says so when an interface of that name has other types", async () => {
  const wit = "package wasi:config@0.2.0-rc.1 { interface store { get: func(key: string) -> option<string>; } }";
  const component = await foreignText(`(module (import "wasi:config/store@0.2.0-rc.1" "get" (func (param i32 i32 i32))) ${REST} i32.const 16))`, {
    imports: ["wasi:config/store@0.2.0-rc.1"],
    packages: [wit],
  });
  await using host = await createHost();
  const error = await refusalOf(host.load(component));
  expect(error).toMatchObject({ code: "wrong-import", where: "wasi:config/store@0.2.0-rc.1#get" });
});

it("has all dialects under the packages that they are loaded for", async () => {
  const all = DIALECT_PACKAGES.map((name): Extern => ({ name: `${name}/any`, type: { kind: "instance", exports: [] } }));
  const dialects = await dialectsOf({ imports: all, exports: [] });
  const names = dialects.flatMap(({ interfaces, handlers = {} }) => [...Object.keys(interfaces), ...Object.keys(handlers)]);
  expect(names).toHaveLength(55);
  expect(new Set(names.map((name) => name.split("/", 1)[0]))).toEqual(new Set(DIALECT_PACKAGES));
  expect(await dialectsOf({ imports: [], exports: [] })).toEqual([]);
  const unknown: Extern = { name: "wasi:keyvalue/store@0.2.0-draft", type: { kind: "instance", exports: [{ name: "close", type: { kind: "func", async: false, params: [], result: undefined } }] } };
  expect((await refusalOf(importedCapabilities([unknown], dialects))).message).toContain("wasi:keyvalue/store@0.2.0-draft#close");
});
