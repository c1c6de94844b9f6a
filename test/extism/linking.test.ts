import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../host/store/memory.ts";
import { sameAgain } from "../dialect/replaying.ts";
import { ANSWER_WORD, pluginOf, run, startPlugin, wordOf } from "./plugin.ts";

// What is linked has the blocks of the plugin: a function of another module gets and gives addresses.
const MAIN = '(import "extism:host/user" "shout" (func $shout (param i64) (result i64)))\n(func (export "run") (local $at i64) (local.set $at (call $shout (call $input_offset))) (call $output_set (local.get $at) (call $length (local.get $at))))';
/** Adds one to each letter. */
const SHOUT = `(func (export "shout") (param $at i64) (result i64) (local $i i64) (local $to i64)
  (local.set $to (call $alloc (call $length (local.get $at))))
  (block $end (loop $next
    (br_if $end (i64.eq (local.get $i) (call $length (local.get $at))))
    (call $store_u8 (i64.add (local.get $to) (local.get $i)) (i32.add (i32.const 1) (call $load_u8 (i64.add (local.get $at) (local.get $i)))))
    (local.set $i (i64.add (local.get $i) (i64.const 1))) (br $next)))
  (local.get $to))`;

const start = async (main: string, modules: Readonly<Record<string, string>>, options: Parameters<typeof startPlugin>[1] = {}): ReturnType<typeof startPlugin> => {
  const link: Record<string, Uint8Array> = {};
  for (const [name, text] of Object.entries(modules)) link[name] = await pluginOf(text);
  return startPlugin(main, { ...options, load: { link, ...options.load } });
};

describe("a plugin that is linked to modules", () => {
  it("shares its blocks with them", async () => {
    const { host, text } = await start(MAIN, { "extism:host/user": SHOUT });
    expect(await text("HAL")).toBe("IBM");
    await host.close();
  });

  it("shares memory and globals where it wants to", async () => {
    const other = '(memory (export "memory") 1) (global (export "g") (mut i64) (i64.const 5)) (func (export "_initialize") (i64.store (i32.const 8) (i64.const 37)))';
    const main = `(import "other" "memory" (memory 1))\n(import "other" "g" (global $g (mut i64)))\n${ANSWER_WORD} ${run("(call $answer (i64.add (global.get $g) (i64.load (i32.const 8))))")}`;
    const { host, call } = await start(main, { other });
    expect(wordOf(await call())).toBe(42n);
    await host.close();
  });

  it("may have modules that need each other", async () => {
    const half = (other: string, own: string): string => `(import "${other}" "go" (func $other (param i64) (result i64)))\n(func (export "go") (param i64) (result i64)
      (if (result i64) (i64.gt_u (local.get 0) (i64.const 100)) (then (local.get 0)) (else (call $other ${own}))))`;
    const main = `(import "left" "go" (func $go (param i64) (result i64)))\n${ANSWER_WORD} ${run("(call $answer (call $go (i64.const 1)))")}`;
    const { host, call } = await start(main, { left: half("right", "(i64.mul (local.get 0) (i64.const 2))"), right: half("left", "(i64.add (local.get 0) (i64.const 1))") });
    expect(wordOf(await call())).toBe(126n);
    await host.close();
  });

  it("is held to its limits with all of them together", async () => {
    const spin = '(func (export "shout") (param i64) (result i64) (loop $on (br $on)) (i64.const 0))';
    const spins = await start(MAIN, { "extism:host/user": spin });
    expect(await spins.text("x")).toMatch(/^fuel-exhausted/);
    const traps = await start(MAIN, { "extism:host/user": '(func (export "shout") (param i64) (result i64) unreachable)' });
    expect(await traps.text("x")).toBe("trap: run trapped: unreachable");
    await expect(start(MAIN, { "extism:host/user": `(memory (export "memory") 3) ${SHOUT}` }, { load: { limits: { memoryBytesMax: 3 * 65_536 } } })).rejects.toMatchObject({ code: "limit-exceeded" });
    for (const { host } of [spins, traps]) await host.close();
  });

  it("needs what they need", async () => {
    const logs = '(func (export "shout") (param i64) (result i64) (call $log_info (local.get 0)) (local.get 0))';
    await expect(start(MAIN, { "extism:host/user": logs }, { load: { grants: ["publish=out", "subscribe=in"] }, manifest: { capabilities: { publish: ["out"] } } })).rejects.toMatchObject({ code: "invalid-manifest", where: "extism:host/env#log_info" });
  });

  it("is refused what does not fit", async () => {
    const refused = (modules: Readonly<Record<string, string>>): Promise<unknown> => start(MAIN, modules);
    await expect(refused({ "extism:host/user": '(func (export "other"))' })).rejects.toMatchObject({ code: "missing-export", where: "extism:host/user#shout" });
    await expect(refused({ "extism:host/user": '(func (export "shout"))' })).rejects.toMatchObject({ code: "wrong-import" });
    await expect(refused({ "extism:host/user": SHOUT, more: SHOUT })).rejects.toMatchObject({ code: "usage", message: "nothing imports more, for which a module is linked" });
    await expect(refused({ "extism:host/env": SHOUT })).rejects.toMatchObject({ code: "usage" });
    await expect(refused({})).rejects.toMatchObject({ code: "missing-import", help: expect.stringContaining("--link NAME=FILE.wasm") as unknown });
    const memories = (other: string): string => `(import "${other}" "memory" (memory 1))\n(func (export "go"))\n(export "memory" (memory 0))`;
    await expect(start('(import "a" "go" (func))\n(func (export "run"))', { a: memories("b"), b: memories("a") })).rejects.toMatchObject({ code: "circular-link" });
  });

  it("comes to the same when it is replayed, with the modules that the store has", async () => {
    const store = new MemoryStore();
    const { host, text } = await start(MAIN, { "extism:host/user": SHOUT }, { store });
    expect(await text("HAL")).toBe("IBM");
    await text("");
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 2, failures: 0 });
  });
});
