import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foreignComponent, witOf } from "../dialect/foreign.ts";
import { copierTool } from "../fixture/copier.ts";
import { countingTool } from "../fixture/counting.ts";
import { command, ended, objects, start } from "./command.ts";
import { Folder } from "./fixture.ts";

/** Some need several processes, and machines may be busy. */
const TIMEOUT = 30_000;

const NINE = Array.from({ length: 9 }, (_, at) => String(at));

const WAITING_IMPORTS = ["wasi:cli/stdin@0.2.2", "wasi:cli/stdout@0.2.2", "wasi:clocks/monotonic-clock@0.2.2", "wasi:io/poll@0.2.2"];
const WAITING = `
import { getStdin } from "wasi:cli/stdin@0.2.2";
import { getStdout } from "wasi:cli/stdout@0.2.2";
import { subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.2";
import { poll } from "wasi:io/poll@0.2.2";
const say = (text) => getStdout().blockingWriteAndFlush(new Uint8Array(Array.from(text + "\\n", (character) => character.charCodeAt(0))));
export const run = {
  run() {
    const input = getStdin();
    const ready = input.subscribe();
    say("begun");
    for (;;) {
      if (!poll([ready, subscribeDuration(50_000_000)]).includes(0)) say("tick");
      else {
        try { say(String.fromCharCode(...input.read(100))); } catch (error) { return say((error.payload ?? error).tag); }
      }
    }
  },
};`;

const folder = new Folder();
let copier = "";
let counting = "";
let waiting = "";
beforeAll(async () => {
  copier = folder.write("copier.wasm", await copierTool());
  counting = folder.write("counting.wasm", await countingTool());
  waiting = folder.write("waiting.wasm", await foreignComponent({ packages: [witOf("io"), witOf("wasi")], imports: WAITING_IMPORTS, exports: "wasi:cli/run@0.2.2", code: WAITING }));
}, 60_000);
afterAll(() => folder.remove());

describe("doteros-wasm run with a command", () => {
  it("ends with the exit code that the command ends with, and says nothing else", async () => {
    const runs = await Promise.all([0, 1, 7, 8].map((count) => command(["run", counting, "--", ...Array.from({ length: count }, () => "-x")])));
    expect(runs.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual([0, 1, 7, 8].map((code) => [code, "", ""]));
  });

  it("ends with 1 and says why when it traps or runs out", async () => {
    const trap = await command(["run", counting, "--", ...NINE]);
    expect([trap.code, trap.stdout]).toEqual([1, ""]);
    expect(trap.stderr).toMatch(/^error\[DW0021\]: wasi:cli\/run@0\.2\.2#run trapped: unreachable\n$/);
    const spent = await command(["run", copier, "--limit", "fuelPerMessage=3k"], "input");
    expect([spent.code, spent.stdout]).toEqual([1, ""]);
    expect(spent.stderr).toMatch(/^error\[DW0023\]: [^]*help: allow more: --limit fuelPerMessage=/);
  });

  it("streams: what comes in is out before the next comes", async () => {
    const child = start(["run", copier]);
    const end = ended(child);
    for (const words of ["one\n", "two\n"]) {
      child.stdin.write(words);
      const [data] = (await once(child.stdout, "data")) as [Buffer];
      expect(data.toString()).toBe(words);
    }
    child.stdin.end();
    expect(await end).toMatchObject({ code: 0, stderr: "" });
  });

  it("waits for its input beside a clock, and neither holds up the other", async () => {
    // A pipe of the shell's: what Node gives its children is a socket.
    const child = spawn("sh", ["-c", `cat | "${process.execPath}" dist/cli/main.js run "${waiting}" --grant clock`]);
    const end = ended(child);
    const ticked = once(child.stdout, "data").then(() => (process.platform === "linux" ? once(child.stdout, "data") : undefined));
    await ticked;
    child.stdin.end("hello");
    const { code, stdout } = await end;
    expect(code).toBe(0);
    // Where a pipe cannot be opened a second time the read waits, and nothing ticks.
    expect(stdout).toMatch(process.platform === "linux" ? /^begun\n(tick\n)+hello\nclosed\n$/ : /^begun\nhello\nclosed\n$/);
  }, TIMEOUT);

  it("passes on millions of bytes, whatever they are", async () => {
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 7919) % 127));
    const { code, stdout } = await command(["run", copier], bytes.toString("latin1"));
    expect([code, stdout === bytes.toString("latin1")]).toEqual([0, true]);
  });

  it("does not outlive who reads from it", async () => {
    const child = start(["run", copier]);
    child.stdin.on("error", () => undefined);
    child.stdout.destroy();
    const text = "x".repeat(65_536);
    const timer = setInterval(() => child.stdin.write(text), 1);
    const [code] = (await once(child, "close")) as [number];
    clearInterval(timer);
    // The command learns that nobody reads, and ends with an error of its own.
    expect(code).toBe(1);
  });

  it("sums up for machines on standard error", async () => {
    const { code, stdout, stderr } = await command(["run", copier, "--json"], '{"a":1}');
    expect([code, stdout]).toEqual([0, '{"a":1}']);
    const [summary, ...more] = objects(stderr);
    expect(more).toEqual([]);
    expect(summary).toMatchObject({ type: "command", exitCode: 0, version: "0.0.0", denied: 0 });
    expect(summary?.["fuel"]).toBeGreaterThan(1_000);
    const trapped = await command(["run", counting, "--json", "--", ...NINE]);
    expect(objects(trapped.stderr)).toMatchObject([{ type: "error", code: "trap", number: "DW0021" }]);
    expect(trapped.stdout).toBe("");
  });

  it("has the folders that were granted, as far as they were", async () => {
    const place = join(folder.path, "out");
    const missing = await command(["run", copier, "--grant", `fs:${place}::/:rw`], "input");
    expect([missing.code, missing.stdout]).toEqual([1, ""]);
    expect(missing.stderr).toMatch(/error\[DW0062\]: the folder that was granted cannot be opened: ENOENT[^]*help: make it/);
    mkdirSync(place);
    expect((await command(["run", copier, "--grant", `fs:${place}::/:ro`], "input")).code).toBe(0);
    expect(existsSync(join(place, "copy"))).toBe(false);
    const policy = folder.write("policy.rego", 'package doteros\ndefault allow := true\ndeny contains "no" if { input.operation == "fs.write"; input.resource.path == "/copy" }');
    expect((await command(["run", copier, "--grant", `fs:${place}::/:rw`, "--policy", policy], "input")).code).toBe(0);
    expect(existsSync(join(place, "copy"))).toBe(false);
    expect((await command(["run", copier, "--grant", `fs:${place}::/:rw`], "input")).code).toBe(0);
    expect(readFileSync(join(place, "copy"), "utf8")).toBe("input");
  }, TIMEOUT);

  it("keeps each run in a ledger, which says what nobody can do again", async () => {
    const store = join(folder.path, "store");
    for (const words of [[], ["a b", "50%\n"]]) expect((await command(["run", counting, "--store", store, "--", ...words])).code).toBe(words.length);
    const { stdout } = await command(["ledger", "show", "--store", store, "--json"]);
    const kinds = objects(stdout).map(({ kind, code, reason }) => ({ kind, code, reason }));
    expect(kinds).toEqual([{ kind: "load" }, { kind: "transition" }, { kind: "load" }, { kind: "failure", code: "capsule-fault", reason: "failed: exit code 2" }]);
    const replayed = await command(["ledger", "replay", "--store", store]);
    expect(replayed.code).toBe(0);
    expect(replayed.stdout).toMatch(/^passed over {2}4 {2}entries of what used files, streams, variables or clocks, which nobody can have again: [0-9a-f]{12}$/m);
    expect((await command(["ledger", "verify", "--store", store])).code).toBe(0);
  }, TIMEOUT);

  it("says how it is used", async () => {
    const stray = await command(["run", counting, "a"]);
    expect([stray.code, stray.stderr]).toEqual([2, expect.stringMatching(/is a command, and "a" is not for run[^]*put its arguments after --: doteros-wasm run \S+ -- a/)]);
    const option = await command(["run", counting, "--subject", "a"]);
    expect([option.code, option.stderr]).toEqual([2, expect.stringContaining("--subject is for capsules that handle an input")]);
    const grant = await command(["run", counting, "--grant", "fs:data"]);
    expect([grant.code, grant.stderr]).toEqual([2, expect.stringContaining("does not say whether the folder may be changed")]);
    const none = await command(["run", join(folder.path, "none.wasm"), "--", "x"]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("there is no such file")]);
    const capsule = await command(["run", join(".build", "capsules", "counter", "counter.wasm")]);
    expect([capsule.code, capsule.stderr]).toEqual([2, expect.stringContaining("run needs an input")]);
    const manifest = folder.write("tool.yaml", "name: tool\nversion: 1.0.0\n");
    const little = await command(["run", counting, "--manifest", manifest]);
    expect([little.code, little.stderr]).toEqual([1, expect.stringContaining("add to it: stdio: true, under capabilities; subscriptions: [command]")]);
    const enough = folder.write("enough.yaml", "name: tool\nversion: 1.0.0\ncapabilities:\n  stdio: true\nsubscriptions: [tools.*]\n");
    expect((await command(["run", counting, "--manifest", enough, "--grant", "subscribe=tools.*", "--", "a", "b"])).code).toBe(2);
    const help = await command(["run", "--help"]);
    expect(help.stdout).toContain("doteros-wasm run tool.wasm --grant fs:./data:ro --grant env:HOME -- --verbose");
  }, TIMEOUT);
});
