import { describe, expect, it } from "vitest";
import { ANSWER_WORD, run, startPlugin, wordOf } from "./plugin.ts";

/** What a function of WASI preview 1 answers: its code, and the word that it leaves at 64. */
async function codeOf(body: string, { data = "", options = {} }: { data?: string; options?: Parameters<typeof startPlugin>[1] } = {}): Promise<[code: bigint, word: bigint] | string | undefined> {
  const { host, call } = await startPlugin(`${data} ${ANSWER_WORD}
    (func (export "run") (local $at i64) (i64.store32 (i32.const 60) (i64.extend_i32_u ${body}))
      (local.set $at (call $alloc (i64.const 16)))
      (call $store_u64 (local.get $at) (i64.load32_u (i32.const 60)))
      (call $store_u64 (i64.add (local.get $at) (i64.const 8)) (i64.load (i32.const 64)))
      (call $output_set (local.get $at) (i64.const 16)))`, options);
  const answer = await call();
  await host.close();
  if (!(answer instanceof Uint8Array)) return answer;
  return [wordOf(answer) as bigint, wordOf(answer.subarray(8)) as bigint];
}

/** Writes the pieces of memory, each of a place and a length, to a descriptor. */
const vectors = (...pieces: [at: number, length: number][]): string =>
  pieces.map(([at, length], index) => `(i32.store (i32.const ${1000 + index * 8}) (i32.const ${at})) (i32.store (i32.const ${1004 + index * 8}) (i32.const ${length}))`).join(" ");
const write = (descriptor: number, count: number): string => `(call $fd_write (i32.const ${descriptor}) (i32.const 1000) (i32.const ${count}) (i32.const 64))`;

describe("WASI preview 1 for a plugin", () => {
  it.each([
    ["no arguments", "(call $args_sizes_get (i32.const 64) (i32.const 68))", 0n, 0n],
    ["no variables", "(call $environ_sizes_get (i32.const 64) (i32.const 68))", 0n, 0n],
    ["an end of standard input", "(call $fd_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64))", 0n, 0n],
    ["no folder", "(call $fd_prestat_get (i32.const 3) (i32.const 64))", 8n, 0n],
    ["no file", "(call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 64))", 8n, 0n],
    ["no socket", "(call $sock_accept (i32.const 3) (i32.const 0) (i32.const 64))", 8n, 0n],
    ["no place in a stream", "(call $fd_seek (i32.const 1) (i64.const 0) (i32.const 0) (i32.const 64))", 70n, 0n],
    ["a stream that is a terminal", "(call $fd_fdstat_get (i32.const 1) (i32.const 64))", 0n, 2n],
    ["no other clock", "(call $clock_time_get (i32.const 2) (i64.const 0) (i32.const 64))", 28n, 0n],
    ["a clock of nanoseconds", "(call $clock_res_get (i32.const 1) (i32.const 64))", 0n, 1n],
    ["nothing to close", "(call $fd_close (i32.const 7))", 8n, 0n],
    ["no signals", "(call $proc_raise (i32.const 9))", 58n, 0n],
  ])("has %s", async (_, body, code, word) => {
    expect(await codeOf(body)).toEqual([code, word]);
  });

  it("has the time of the message and its random bytes", async () => {
    const [code, time] = (await codeOf("(call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 64))")) as [bigint, bigint];
    expect(code).toBe(0n);
    expect(Math.abs(Number(time / 1_000_000n) - Date.now())).toBeLessThan(60_000);
    const random = "(call $random_get (i32.const 64) (i32.const 8))";
    const [first, second] = [await codeOf(random), await codeOf(random)];
    expect(first?.[0]).toBe(0n);
    expect(first?.[1]).not.toBe(second?.[1]);
  });

  it("sleeps without waiting: the time goes on, and nothing else", async () => {
    // A subscription to the monotonic clock: its number, its kind, the clock, how long.
    const data = "(func $ask (i64.store (i32.const 200) (i64.const 77)) (i32.store8 (i32.const 208) (i32.const 0)) (i32.store (i32.const 216) (i32.const 1)) (i64.store (i32.const 224) (i64.const 3600000000000)))";
    const body = "(block (result i32) (call $ask) (call $poll_oneoff (i32.const 200) (i32.const 64) (i32.const 1) (i32.const 300)))";
    const began = performance.now();
    expect(await codeOf(body, { data })).toEqual([0n, 77n]);
    expect(performance.now() - began).toBeLessThan(10_000);
    // Without anything to wait for nothing can come.
    expect(await codeOf("(call $poll_oneoff (i32.const 200) (i32.const 64) (i32.const 0) (i32.const 300))")).toEqual([28n, 0n]);
  });

  it.each([
    ["standard input, which is at its end", 1, 0, 0],
    ["room in standard output", 2, 1, 0],
    ["room in standard error", 2, 2, 0],
    ["what cannot be read, and is told so", 1, 1, 8],
    ["a stream that is not there", 2, 7, 8],
    ["a clock that is not there", 0, 9, 28],
  ])("waits for %s", async (_, kind, descriptor, error) => {
    const ask = `(i64.store (i32.const 200) (i64.const 77)) (i32.store8 (i32.const 208) (i32.const ${kind})) (i32.store (i32.const 216) (i32.const ${descriptor}))`;
    // The event is at 64: its number, and behind that the error and the kind.
    const event = "(i64.store (i32.const 64) (i64.or (i64.shl (i64.load32_u (i32.const 72)) (i64.const 32)) (i64.load (i32.const 64))))";
    const body = `(block (result i32) ${ask} (call $poll_oneoff (i32.const 200) (i32.const 64) (i32.const 1) (i32.const 300)) ${event})`;
    expect(await codeOf(body)).toEqual([0n, (BigInt(kind * 65_536 + error) << 32n) + 77n]);
  });

  it("writes lines of log, with the ends that have none", async () => {
    const plugin = `(data (i32.const 0) "hello wor") (data (i32.const 16) "ld\\nand \\c3") (data (i32.const 32) "\\bcber\\n\\nend")
      ${run(`${vectors([0, 9], [16, 8])} (drop ${write(1, 2)}) ${vectors([32, 9])} (drop ${write(1, 1)}) ${vectors([0, 5])} (drop ${write(2, 1)})`)}`;
    const { host, text, lines } = await startPlugin(plugin);
    expect(await text()).toBeUndefined();
    expect(lines.map(({ level, context, message }) => `${level} ${context}: ${message}`)).toEqual(["info stdout: hello world", "info stdout: and über", "info stdout: ", "info stdout: end", "warn stderr: hello"]);
    await host.close();
    expect(await codeOf(`(block (result i32) ${vectors([0, 9], [16, 8])} ${write(1, 2)})`)).toEqual([0n, 17n]);
    expect(await codeOf(write(4, 0))).toEqual([8n, 0n]);
  });

  it("writes nowhere without the grant for log", async () => {
    const { host, text, lines } = await startPlugin(`(data (i32.const 0) "hello\\n") ${run(`${vectors([0, 6])} (drop ${write(1, 1)})`)}`, { manifest: { capabilities: { publish: ["out"] } } });
    expect(await text()).toBeUndefined();
    expect(lines).toEqual([]);
    await host.close();
  });

  it("makes lines of a line that has no end", async () => {
    const { host, text, lines } = await startPlugin(run(`${vectors([4096, 60_000])} (drop ${write(1, 1)}) (drop ${write(1, 1)})`));
    expect(await text()).toBeUndefined();
    expect(lines.map(({ message }) => message.length)).toEqual([...Array.from({ length: 7 }, () => 16_384), 120_000 - 7 * 16_384]);
    await host.close();
  });

  it.each([
    ["a vector beyond its memory", `(block (result i32) ${vectors([65_530, 7])} ${write(1, 1)})`],
    ["vectors beyond its memory", "(call $fd_write (i32.const 1) (i32.const 65533) (i32.const 1) (i32.const 64))"],
    ["a result beyond its memory", `(block (result i32) ${vectors([0, 1])} (call $fd_write (i32.const 1) (i32.const 1000) (i32.const 1) (i32.const -2)))`],
    ["random bytes beyond its memory", "(call $random_get (i32.const 65530) (i32.const 7))"],
    ["a time beyond its memory", "(call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 65530))"],
    ["sizes beyond its memory", "(call $args_sizes_get (i32.const 65533) (i32.const 0))"],
    ["a description beyond its memory", "(call $fd_fdstat_get (i32.const 1) (i32.const 65520))"],
  ])("is ended by %s", async (_, body) => {
    expect(await codeOf(body)).toMatch(/^trap: run trapped: \w+: \d+ bytes at \d+ are beyond its memory, which has 65536$/);
  });

  it.each([
    ["writes", write(1, 0x7fff_ffff)],
    ["vectors that are all of its memory", `(block (result i32) ${vectors(...Array.from({ length: 100 }, (): [number, number] => [0, 65_000]))} (loop $on (drop ${write(1, 100)}) (br $on)) (i32.const 0))`],
    ["random bytes", "(block (result i32) (loop $on (drop (call $random_get (i32.const 0) (i32.const 65536))) (br $on)) (i32.const 0))"],
    ["sleeps", "(block (result i32) (loop $on (drop (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1000) (i32.const 300))) (br $on)) (i32.const 0))"],
  ])("costs fuel: %s without end are ended", async (_, body) => {
    expect(await codeOf(body)).toMatch(/^(?:fuel-exhausted|trap: run trapped: fd_write: 8 bytes at \d+ are beyond its memory)/);
  });

  it("ends what exits: the next message is for a new instance", async () => {
    const exits = (code: number): string => `(global $n (mut i64) (i64.const 0)) ${ANSWER_WORD} ${run(`(global.set $n (i64.add (global.get $n) (i64.const 1))) (call $answer (global.get $n)) (call $proc_exit (i32.const ${code})) (unreachable)`)}`;
    const well = await startPlugin(exits(0));
    expect(wordOf(await well.call())).toBe(1n);
    expect(wordOf(await well.call())).toBe(1n);
    expect(well.capsule.counters).toMatchObject({ transitions: 2, faults: 0, traps: 0 });
    const badly = await startPlugin(exits(7));
    expect(await badly.text()).toBe("capsule-fault: failed: run answered 7");
    const caught = await startPlugin(run("try i32.const 3 call $proc_exit catch_all end i64.const 1 call $alloc drop"));
    expect(await caught.text()).toBe("capsule-fault: failed: run answered 3");
    for (const { host } of [well, badly, caught]) await host.close();
  });

  it("has a plugin without memory ended that names a place in it", async () => {
    const { host, text } = await startPlugin(`(memory $own 1) ${run("(drop (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 0)))")}`);
    expect(await text()).toBe("trap: run trapped: clock_time_get: it exports no memory, or calls before it has one");
    await host.close();
  });
});

it("reads what was written as text that may end in the middle of a letter", async () => {
  const { host, call, lines } = await startPlugin(`(data (i32.const 0) "gr\\c3") ${run(`${vectors([0, 3])} (drop ${write(1, 1)})`)}`);
  await call();
  await call();
  expect(lines.map(({ message }) => message)).toEqual(["gr\uFFFD", "gr\uFFFD"]);
  await host.close();
});
