import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, describe, expect, it } from "vitest";
import { pluginOf } from "../extism/plugin.ts";
import { command, ended, objects } from "./command.ts";
import { Folder } from "./fixture.ts";

const folder = new Folder();
afterAll(() => folder.remove());

/** A program of WASI preview 1, in a file. */
const programIn = async (name: string, body: string): Promise<string> => folder.write(name, await pluginOf(`(func (export "_start") (local $count i32) ${body})`));

const VECTOR = "(i32.store (i32.const 0) (i32.const 1024))";
const READ = `${VECTOR} (i32.store (i32.const 4) (i32.const 1000)) (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))) (local.set $count (i32.load (i32.const 8)))`;
const write = (length: string): string => `${VECTOR} (i32.store (i32.const 4) ${length}) (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))`;
/** Writes what it reads, to the end of it. */
const COPY = `(block $end (loop $next ${READ} (br_if $end (i32.eqz (local.get $count))) ${write("(local.get $count)")} (br $next)))`;

describe("doteros-wasm run with a program of WASI preview 1", () => {
  it("has the streams of the process, its arguments, and ends with its exit code", async () => {
    const copier = await programIn("copy.wasm", `${COPY} (drop (call $args_sizes_get (i32.const 16) (i32.const 20))) (call $proc_exit (i32.add (i32.const 30) (i32.load (i32.const 16))))`);
    const text = "line\n".repeat(20_000);
    expect(await command(["run", copier, "--", "a", "b"], text)).toEqual({ code: 33, signal: null, stdout: text, stderr: "" });
  });

  it("waits for its input and for a time, whichever is first", async () => {
    // A subscription for each: its number, its kind, and what it is about. The answer is the number of the event.
    const input = "(i64.store (i32.const 200) (i64.const 105)) (i32.store8 (i32.const 208) (i32.const 1)) (i32.store (i32.const 216) (i32.const 0))";
    const time = "(i64.store (i32.const 248) (i64.const 116)) (i32.store8 (i32.const 256) (i32.const 0)) (i32.store (i32.const 264) (i32.const 1)) (i64.store (i32.const 272) (i64.const 50000000))";
    const poll = `${input} ${time} (drop (call $poll_oneoff (i32.const 200) (i32.const 1024) (i32.const 2) (i32.const 300))) ${write("(i32.const 1)")}`;
    const program = await programIn("wait.wasm", `(loop $again ${poll} (br_if $again (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 116))))`);
    // What this process is connected by is no pipe.
    const child = spawn("sh", ["-c", `cat | "${process.execPath}" dist/cli/main.js run "${program}" --grant clock`]);
    const end = ended(child);
    if (process.platform === "linux") await once(child.stdout, "data");
    child.stdin.end("x");
    // Where a pipe cannot be opened a second time the read waits, and time does not count.
    expect(await end).toMatchObject({ code: 0, stdout: expect.stringMatching(process.platform === "linux" ? /^t+i$/ : /^i$/) as unknown, stderr: "" });
  });

  it("is no terminal where it has none", async () => {
    const program = await programIn("stat.wasm", "(drop (call $fd_fdstat_get (i32.const 1) (i32.const 64))) (call $proc_exit (i32.load8_u (i32.const 64)))");
    expect(await command(["run", program])).toMatchObject({ code: 0 });
  });

  it("has folders through the adapter", async () => {
    const program = await programIn("folder.wasm", "(call $proc_exit (i32.ne (call $fd_prestat_get (i32.const 3) (i32.const 64)) (i32.const 0)))");
    expect(await command(["run", program])).toMatchObject({ code: 1, stderr: "" });
    expect(await command(["run", program, "--grant", `fs:${folder.folder("data")}::/data:ro`])).toMatchObject({ code: 0, stderr: "" });
  });

  it("is refused what preview 1 does not have", async () => {
    const wrong = folder.write("wrong.wasm", await pluginOf('(import "wasi_snapshot_preview1" "proc_exit" (func (param i64)))\n(import "wasi_snapshot_preview1" "fd_reed" (func))\n(func (export "_start"))'));
    const { code, stderr } = await command(["run", wrong]);
    expect(code).toBe(1);
    expect(stderr).toContain("wasi_snapshot_preview1#fd_reed (the nearest one offered is fd_read)");
  });

  it("is shown by inspect, with the way that it goes", async () => {
    const program = await programIn("shown.wasm", "(call $proc_exit (i32.const 0)) (drop (call $fd_prestat_get (i32.const 3) (i32.const 64)))");
    const { code, stdout } = await command(["inspect", program]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^a program of WASI preview 1 without a manifest$/m);
    expect(stdout).toMatch(/^ {2}it runs as it is; for one with a folder .* the official adapter makes a component of it first$/m);
    expect(stdout).toContain(`doteros-wasm run ${program} -- ARGUMENTS`);
    expect(objects((await command(["inspect", program, "--json", "--explain"])).stdout)).toMatchObject([
      { kind: "program", problems: [], explanations: [{ functions: ["fd_prestat_get"], source: "nowhere" }, { functions: ["proc_exit"], source: "memory" }] },
    ]);
  });
});
