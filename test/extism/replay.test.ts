import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../host/store/memory.ts";
import { sameAgain } from "../dialect/replaying.ts";
import { textOf } from "../fixture/running.ts";
import { threadPlatform } from "../fixture/threads.ts";
import { ANSWER_WORD, BLOCK_OF, pluginOf, startPlugin, wordOf } from "./plugin.ts";

/** Counts in a variable and in memory, tells the time and random bytes to another, and fails or traps when it is told to. */
const COUNTER = `
  (data (i32.const 0) "count") (data (i32.const 8) "told")
  (global $calls (mut i64) (i64.const 0))
  ${ANSWER_WORD} ${BLOCK_OF}
  (func (export "_initialize") (global.set $calls (i64.const 1000)))
  (func (export "run") (result i32) (local $value i64) (local $next i64)
    (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
    (local.set $value (call $var_get (call $block_of (i32.const 0) (i32.const 5))))
    (if (i64.ne (local.get $value) (i64.const 0)) (then (local.set $next (call $load_u64 (local.get $value)))))
    (local.set $next (i64.add (local.get $next) (i64.const 1)))
    (local.set $value (call $alloc (i64.const 8)))
    (call $store_u64 (local.get $value) (local.get $next))
    (call $var_set (call $block_of (i32.const 0) (i32.const 5)) (local.get $value))
    (drop (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 64)))
    (drop (call $random_get (i32.const 72) (i32.const 16)))
    (call $var_set (call $block_of (i32.const 8) (i32.const 4)) (call $block_of (i32.const 64) (i32.const 24)))
    (call $answer (i64.add (local.get $next) (global.get $calls)))
    (if (i64.ne (call $input_length) (i64.const 0)) (then
      (if (i32.eq (call $input_load_u8 (i64.const 0)) (i32.const 33)) (then unreachable))
      (return (i32.eq (call $input_load_u8 (i64.const 0)) (i32.const 63)))))
    (i32.const 0))`;

const INPUTS = ["a", "", "?", "b", "!", "c"];

describe("a plugin with variables", () => {
  it("comes to the same when its ledger is replayed", async () => {
    const store = new MemoryStore();
    const { host, call } = await startPlugin(COUNTER, { store });
    const answers: unknown[] = [];
    for (const input of INPUTS) answers.push(wordOf(await call(input)));
    // After the trap it has a new instance, and the variables that it had before.
    expect(answers).toEqual([1002n, 1004n, "capsule-fault: failed: run answered 1", 1007n, "trap: run trapped: unreachable", 1005n]);
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 4, failures: 2 });
  });

  it("that exits comes to the same, in a new instance each time", async () => {
    const store = new MemoryStore();
    const exits = COUNTER.replace('(if (i64.ne (call $input_length)', '(call $proc_exit (i32.const 0)) (if (i64.ne (call $input_length)');
    const { host, call } = await startPlugin(exits, { store });
    expect([wordOf(await call("a")), wordOf(await call("b")), wordOf(await call("c"))]).toEqual([1002n, 1003n, 1004n]);
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 3, failures: 0 });
  });

  it("goes on in the next host with the same store", async () => {
    const store = new MemoryStore();
    const plugin = await pluginOf(COUNTER);
    for (const expected of [1002n, 1003n, 1004n]) {
      const { host, call } = await startPlugin(plugin, { store });
      expect(wordOf(await call())).toBe(expected);
      await host.close();
    }
    expect(await sameAgain(store)).toEqual({ transitions: 3, failures: 0 });
  });

  it("comes to the same in a thread of its own", async () => {
    const outcome = async (isolation: "none" | "thread"): Promise<unknown> => {
      const { host, call, capsule } = await startPlugin(COUNTER, { platform: threadPlatform, load: { isolation } });
      const answers: unknown[] = [];
      for (const input of INPUTS) answers.push(wordOf(await call(input)));
      const { fuel, transitions, traps, faults } = capsule.counters;
      await host.close();
      return { answers, fuel, transitions, traps, faults };
    };
    expect(await outcome("thread")).toEqual(await outcome("none"));
  });

  it("sleeps and moves: its memory is in its snapshot", async () => {
    const plugin = await pluginOf(COUNTER);
    const { host, call, capsule } = await startPlugin(plugin);
    expect(wordOf(await call())).toBe(1002n);
    expect(wordOf(await call())).toBe(1004n);
    const snapshot = await capsule.snapshot();
    expect(wordOf(await call())).toBe(1006n);
    await host.close();
    const moved = await startPlugin(plugin, { load: { snapshot } });
    expect(wordOf(await moved.call())).toBe(1006n);
    await moved.host.close();
  });

  it("has answers of the host's user again without asking anyone", async () => {
    const store = new MemoryStore();
    let asked = 0;
    const plugin = '(import "extism:host/user" "ask" (func $ask (param i64) (result i64)))\n(func (export "run") (local $at i64) (local.set $at (call $ask (call $input_offset))) (call $output_set (local.get $at) (call $length (local.get $at))))';
    const { host, text } = await startPlugin(plugin, { store, provide: { ask: (bytes: Uint8Array) => `${textOf(bytes)} ${(asked += 1)}` } });
    expect([await text("a"), await text("b")]).toEqual(["a 1", "b 2"]);
    await host.close();
    expect(await sameAgain(store)).toEqual({ transitions: 2, failures: 0 });
    expect(asked).toBe(2);
  });
});
