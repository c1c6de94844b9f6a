import { describe, expect, it } from "vitest";
import { ANSWER_WORD, BLOCK_OF, pluginOf, run, startPlugin, wordOf } from "./plugin.ts";

/** What a plugin's function answers that leaves a number on the stack. */
async function answerOf(body: string, { input = "", locals = "" } = {}): Promise<bigint | string | undefined> {
  const { host, call } = await startPlugin(`${ANSWER_WORD} ${run(`(call $answer ${body})`, locals)}`);
  const answer = wordOf(await call(input));
  await host.close();
  return answer;
}

/** The same of one that answers nothing. */
async function endOf(body: string, { locals = "(local $at i64)", input = "" } = {}): Promise<string | undefined> {
  const { host, text } = await startPlugin(run(body, locals));
  const answer = await text(input);
  await host.close();
  return answer;
}

const NEW = (size: number): string => `(local.set $at (call $alloc (i64.const ${size})))`;
const AT = (offset: number): string => `(i64.add (local.get $at) (i64.const ${offset}))`;

describe("the blocks of a plugin", () => {
  it("are zeros at first, hold bytes and words, little end first, and know their length", async () => {
    const filled = `(block (result i64) ${NEW(16)} (call $store_u64 ${AT(3)} (i64.const 0x1122334455667788)) (call $store_u8 ${AT(4)} (i32.const 0x1ff)) (call $load_u64 ${AT(2)}))`;
    expect(await answerOf(filled, { locals: "(local $at i64)" })).toBe(0x22_33_44_55_66_ff_88_00n);
    expect(await answerOf(`(block (result i64) ${NEW(5)} (call $length (local.get $at)))`, { locals: "(local $at i64)" })).toBe(5n);
    expect(await answerOf(`(block (result i64) ${NEW(5)} (call $length_unsafe (local.get $at)))`, { locals: "(local $at i64)" })).toBe(5n);
    expect(await answerOf(`(i64.extend_i32_u (block (result i32) ${NEW(5)} (call $store_u8 ${AT(4)} (i32.const 0x80)) (call $load_u8 ${AT(4)})))`, { locals: "(local $at i64)" })).toBe(0x80n);
  });

  it("have no length where none begins", async () => {
    for (const address of ["(i64.const 0)", "(i64.const -1)", "(i64.const 12345)", AT(1), AT(0x1_0000_0000)]) {
      expect(await answerOf(`(block (result i64) ${NEW(8)} (call $length ${address}))`, { locals: "(local $at i64)" })).toBe(0n);
    }
    expect(await answerOf(`(block (result i64) ${NEW(8)} (call $free (local.get $at)) (call $length (local.get $at)))`, { locals: "(local $at i64)" })).toBe(0n);
  });

  it("are never where another one was that was freed", async () => {
    const twice = `(block (result i64) ${NEW(8)} (call $free (local.get $at)) (i64.extend_i32_u (i64.eq (call $alloc (i64.const 8)) (local.get $at))))`;
    expect(await answerOf(twice, { locals: "(local $at i64)" })).toBe(0n);
  });

  it("end with the call: nothing of one is in the next", async () => {
    const kept = `(global $kept (mut i64) (i64.const 0)) ${run("(if (i64.eqz (global.get $kept)) (then (global.set $kept (call $alloc (i64.const 8)))) (else (drop (call $load_u8 (global.get $kept)))))")}`;
    const { host, text } = await startPlugin(kept);
    expect(await text()).toBeUndefined();
    expect(await text()).toBe("trap: run trapped: load_u8: there is no block at 0x100000000");
    await host.close();
  });

  it("are zeros in each call, whatever the last one left there, large and small", async () => {
    const fill = (size: number): string => `(local.set $at (call $alloc (i64.const ${size}))) (if (i64.ne (call $load_u64 (local.get $at)) (i64.const 0)) (then unreachable)) (call $store_u64 (local.get $at) (i64.const -1))`;
    const { host, text, capsule } = await startPlugin(run([8, 500, 512, 513, 4_096, 100_000, 16].map(fill).join(" "), "(local $at i64)"));
    for (let call = 0; call < 5; call += 1) expect(await text()).toBeUndefined();
    expect(capsule.counters.transitions).toBe(5);
    await host.close();
  });

  it("do not reach into each other, however small they are", async () => {
    const two = `${NEW(3)} (call $store_u8 ${AT(2)} (i32.const 7)) (local.set $at (call $alloc (i64.const 5)))`;
    expect(await answerOf(`(block (result i64) ${two} (i64.extend_i32_u (call $load_u8 (local.get $at))))`, { locals: "(local $at i64)" })).toBe(0n);
    for (const beyond of [`(drop (call $load_u8 ${AT(5)}))`, `(drop (call $load_u8 ${AT(-1)}))`, `(call $store_u64 (local.get $at) (i64.const 1))`, `(call $output_set (local.get $at) (i64.const 6))`]) {
      expect(await endOf(`${two} ${beyond}`)).toMatch(/^trap: /);
    }
  });

  it("of a start of the module's own are over before its first call", async () => {
    const kept = `(global $kept (mut i64) (i64.const 0)) (func $begin (global.set $kept (call $alloc (i64.const 8)))) (start $begin)`;
    const { host, text } = await startPlugin(`${kept} (func (export "_initialize") (drop (call $load_u8 (global.get $kept)))) ${run("")}`);
    expect(await text()).toBe("trap: _initialize trapped: load_u8: there is no block at 0x100000000");
    await host.close();
  });

  it("may be freed twice, and where there is none", async () => {
    expect(await endOf(`${NEW(8)} (call $free (local.get $at)) (call $free (local.get $at)) (call $free (i64.const 0)) (call $free (i64.const -7)) (call $free ${AT(1)})`)).toBeUndefined();
  });

  it("cost fuel, a byte as well", async () => {
    const fuelOf = async (body: string): Promise<number> => {
      const { host, call, capsule } = await startPlugin(run(body));
      await call();
      const { fuel } = capsule.counters;
      await host.close();
      return fuel;
    };
    const [none, one, large] = [await fuelOf(""), await fuelOf("(drop (call $alloc (i64.const 8)))"), await fuelOf("(drop (call $alloc (i64.const 1000000)))")];
    expect(one - none).toBeGreaterThan(1_000);
    expect(large - one).toBeGreaterThan(100_000);
  });
});

describe("a plugin that reaches beyond its blocks", () => {
  const beyond = "beyond the block there, which has 8";
  it.each([
    ["loads a byte behind it", `(drop (call $load_u8 ${AT(8)}))`, beyond],
    ["loads a word that is half in it", `(drop (call $load_u64 ${AT(1)}))`, beyond],
    ["stores a byte behind it", `(call $store_u8 ${AT(8)} (i32.const 1))`, beyond],
    ["stores a word that is half in it", `(call $store_u64 ${AT(4)} (i64.const 1))`, beyond],
    ["answers with more than it", "(call $output_set (local.get $at) (i64.const 9))", beyond],
    ["answers with a negative length", "(call $output_set (local.get $at) (i64.const -1))", beyond],
    ["loads before it", `(drop (call $load_u8 ${AT(-1)}))`, "there is no block at 0xffffffff"],
    ["loads at 0", "(drop (call $load_u8 (i64.const 0)))", "there is no block at 0x0"],
    ["loads at the last address", "(drop (call $load_u64 (i64.const -1)))", "there is no block at 0xffffffffffffffff"],
    ["loads where numbers lose digits", "(drop (call $load_u64 (i64.const 0x7fffffffffffffff)))", "there is no block at 0x7fffffffffffffff"],
    ["loads what it freed", "(call $free (local.get $at)) (drop (call $load_u8 (local.get $at)))", "there is no block at 0x100000000"],
    ["answers with what it freed", "(call $free (local.get $at)) (call $output_set (local.get $at) (i64.const 8))", "there is no block at 0x100000000"],
    ["fails with what is none", `(call $error_set ${AT(1)})`, "there is no block at 0x100000001"],
    ["asks for a setting by what is none", "(drop (call $config_get (i64.const 99)))", "there is no block at 0x63"],
    ["asks for a variable by what is none", "(drop (call $var_get (i64.const 99)))", "there is no block at 0x63"],
    ["keeps what is none", `(call $var_set (local.get $at) ${AT(2)})`, "there is no block at 0x100000002"],
    ["logs what is none", "(call $log_info (i64.const 0))", "there is no block at 0x0"],
  ])("is ended when it %s", async (_, crime, why) => {
    const { host, text, capsule } = await startPlugin(run(`${NEW(8)} ${crime}`, "(local $at i64)"));
    expect(await text()).toMatch(/^trap: run trapped: /);
    expect(await text()).toContain(why);
    expect(capsule.counters).toMatchObject({ traps: 2, transitions: 0 });
    await host.close();
  });

  it.each([
    ["(i64.const 3)", "1 bytes at 3 are beyond the input, which has 3"],
    ["(i64.const -1)", "1 bytes at -1 are beyond the input, which has 3"],
    ["(i64.const 0x7fffffffffffffff)", "beyond the input, which has 3"],
  ])("is ended when it reads its input at %s", async (offset, why) => {
    expect(await endOf(`(drop (call $input_load_u8 ${offset}))`, { input: "abc" })).toContain(why);
    expect(await endOf(`(drop (call $input_load_u64 ${offset}))`, { input: "abc" })).toContain("beyond the input, which has 3");
  });

  it("is ended even when it catches what ends it", async () => {
    const caught = run("try i64.const 0 call $load_u8 drop catch_all end i64.const 1 call $alloc call $log_info");
    const { host, text, lines } = await startPlugin(caught);
    expect(await text()).toContain("there is no block at 0x0");
    expect(lines).toEqual([]);
    await host.close();
  });
});

describe("a plugin that hoards", () => {
  it("has no more in blocks than it may have of memory", async () => {
    const limits = { memoryBytesMax: 4 * 65_536 };
    const start = (size: number): ReturnType<typeof startPlugin> => startPlugin(run(`(drop (call $alloc (i64.const ${size})))`), { load: { limits } });
    const fits = await start(3 * 65_536 - 256);
    expect(await fits.text()).toBeUndefined();
    const large = await start(3 * 65_536);
    expect(await large.text()).toBe("memory-exhausted: alloc: its blocks would have more than the 196608 bytes that it may still have");
    expect(large.capsule.counters.exhausted).toBe(1);
    for (const { host } of [fits, large]) await host.close();
  });

  it.each(["-1", "0x7fffffffffffffff", "0x8000000000000000", "0x100000000"])("is refused a block of %s bytes", async (size) => {
    expect(await endOf(`(drop (call $alloc (i64.const ${size})))`)).toMatch(/^memory-exhausted: alloc: its blocks would have more/);
  });

  it("is ended when it makes small ones without end, and when it frees them, too", async () => {
    expect(await endOf("(loop $on (drop (call $alloc (i64.const 1))) (br $on))")).toMatch(/^fuel-exhausted/);
    expect(await endOf("(loop $on (call $free (call $alloc (i64.const 1))) (br $on))")).toMatch(/^fuel-exhausted/);
    const { host, text } = await startPlugin(run("(loop $on (drop (call $alloc (i64.const 1))) (br $on))"), { load: { limits: { fuelPerMessage: 10_000_000_000 } } });
    expect(await text()).toMatch(/^memory-exhausted/);
    await host.close();
  });

  it("leaves nothing behind, call after call", { timeout: 120_000 }, async () => {
    const { host, capsule } = await startPlugin(`${BLOCK_OF} ${run("(local.set $at (call $alloc (i64.const 60000))) (call $output_set (call $block_of (i32.const 0) (i32.const 16)) (i64.const 16))", "(local $at i64)")}`, { load: { limits: { memoryBytesMax: 2 * 65_536 } } });
    let most = 0;
    for (let index = 0; index < 100_000; index += 1) {
      const sent = host.publish("in", "x");
      if (index % 16 === 0) await sent;
      if (index % 10_000 === 9_999) {
        await host.idle();
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      }
    }
    expect(capsule.counters).toMatchObject({ transitions: 100_000, exhausted: 0 });
    // All blocks together were six gigabytes; what the collector has not come by yet is little.
    expect(most).toBeLessThan(500_000_000);
    await host.close();
  });
});

it("is refused as a whole when it imports what there is not, or as another type", async () => {
  const load = async (text: string): Promise<unknown> => startPlugin(await pluginOf(text));
  await expect(load('(import "extism:host/env" "lenght" (func (param i64) (result i64)))\n(func (export "run"))')).rejects.toMatchObject({ code: "missing-import", message: expect.stringContaining("extism:host/env#lenght (the nearest one offered is length)") as unknown });
  await expect(load('(import "extism:host/env" "length" (func (param i32) (result i64)))\n(func (export "run"))')).rejects.toMatchObject({ code: "wrong-import" });
  await expect(load('(import "wasi_snapshot_preview1" "fd_write" (func (param i64 i64 i64 i64) (result i32)))\n(func (export "run"))')).rejects.toMatchObject({ code: "wrong-import" });
  await expect(load('(import "extism:host/env" "memory" (memory 1))\n(func (export "run"))')).rejects.toMatchObject({ code: "missing-import" });
});
