import { existsSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NO_ENTRY_HASH } from "../../host/ledger/entry.ts";
import { EntryWriter } from "../../host/ledger/entry-writer.ts";
import { leafHash } from "../../host/ledger/merkle.ts";
import { hashing, KEY, MemoryLedger, randomLedger } from "../ledger/memory-ledger.ts";
import { command, objects, type Result } from "./command.ts";
import { Folder } from "./fixture.ts";

const folder = new Folder();
const SECOND = 1_000_000_000n;
let file: string;
let ledger: MemoryLedger;
beforeAll(async () => {
  ledger = history().sign([2, 4]);
  file = folder.write("plant.dwl", await ledger.exported());
});
afterAll(() => folder.remove());

const run = async (...words: string[]): Promise<Result> => command(["ledger", ...words]);

/** A capsule is loaded, handles a message, fails on another, and is taken out; a second one is loaded in between. */
function history(): MemoryLedger {
  const writer = new EntryWriter();
  const bytes: Uint8Array[] = [];
  const previous = (): Uint8Array => (bytes.length === 0 ? NO_ENTRY_HASH : leafHash(hashing.sha256, bytes.at(-1) ?? NO_ENTRY_HASH));
  const digest = hashing.sha256(Buffer.from("module"));
  const load = { digest, version: "1.2.0", manifest: "{}", config: [], instance: 1 };
  const message = { subject: "readings.oslo", contentType: "application/json", headers: [], payload: Buffer.from('{"celsius":1.50}') };
  const attempted = { capsule: "weather", digest, instance: 1, message, seed: undefined };
  bytes.push(writer.load(previous(), { ...load, capsule: "weather" }));
  const writes = new Map([["oslo", Buffer.from("1.5")], ["bergen", undefined]]);
  bytes.push(writer.transition(previous(), { ...attempted, index: 1, attempt: 1, time: 1_767_225_600n * SECOND, version: 1, writes, outputs: [], decisions: [], fuel: 1_500 }));
  bytes.push(writer.load(previous(), { ...load, capsule: "other\u001b[2J" }));
  bytes.push(writer.failure(previous(), { ...attempted, index: 2, attempt: 3, time: 1_767_225_700n * SECOND, code: "trap", reason: "unreachable", final: true, fuel: 50_000_000, outputs: [message], decisions: [] }));
  bytes.push(writer.unload(previous(), { capsule: "weather", index: 1 }));
  const made = new MemoryLedger(bytes);
  made.modules = [Buffer.from("module")];
  return made;
}

describe("ledger verify", { timeout: 120_000 }, () => {
  it("says what holds", async () => {
    const { code, stdout, stderr } = await run("verify", "--file", file, "--key", KEY.verifier.text);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^file {5}.*plant\.dwl\nentries {2}5\nroot {5}[0-9a-f]{64}\nsigned {3}4 entries, by 2 checkpoints\nkey {6}example\.com\/ledger\+/);
  });
  it("warns of a key that came with the ledger", async () => {
    expect((await run("verify", "--file", file)).stdout).toContain("the ledger's own: compare it");
  });
  it("tells machines the same", async () => {
    const { stdout } = await run("verify", "--file", file, "--json");
    expect(objects(stdout)).toEqual([expect.objectContaining({ type: "ledger", ok: true, start: 0, size: 5, signed: 4, key: KEY.verifier.text, missing: [], root: Buffer.from(ledger.root()).toString("hex") })]);
  });
  it("names the entry that was changed", async () => {
    const bytes = Buffer.from(readFileSync(file));
    bytes.write("2", bytes.indexOf('{"celsius":1.50}') + 11);
    const changed = folder.write("changed.dwl", bytes);
    const { code, stdout, stderr } = await run("verify", "--file", changed);
    expect(code).toBe(1);
    expect(stdout).toContain("1 until the fault");
    expect(stderr).toMatch(/^error\[DW0055\]: entry 1 is damaged\n {4}--> .*changed\.dwl, byte \d+\n/);
    expect(objects((await run("verify", "--file", changed, "--json")).stdout)).toEqual([expect.objectContaining({ ok: false, fault: expect.objectContaining({ index: 1 }) as unknown })]);
  });
  it("names the place where a file ends too early", async () => {
    const cut = folder.write("cut.dwl", readFileSync(file));
    truncateSync(cut, 900);
    const { code, stderr } = await run("verify", "--file", cut);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/error\[DW0055\]: the end is damaged\n {4}--> .*cut\.dwl, byte 900\n {4}help: /)]);
  });
  it("notes components that are missing", async () => {
    const bare = history();
    bare.modules = [];
    const { code, stderr } = await run("verify", "--file", folder.write("bare.dwl", await bare.exported()));
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^note: the component [0-9a-f]{64} is not in it/)]);
  });
});

describe("ledger show", { timeout: 120_000 }, () => {
  it("has a line for each entry, and lets nobody steer the terminal", async () => {
    const { code, stdout } = await run("show", "--file", file);
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.trim().replaceAll(/ +/g, " "))).toEqual([
      expect.stringMatching(/^0 load weather 1\.2\.0 sha-256 [0-9a-f]{64}$/),
      '1 transition weather 1 readings.oslo {"celsius":1.50} 2 writes, 0 outputs',
      expect.stringContaining("2 load other\\u001b[2J 1.2.0"),
      '3 failure weather 2 readings.oslo {"celsius":1.50} attempt 3, the last: trap: unreachable',
      "4 unload weather 1",
      "",
    ]);
  });
  it("has an object for each, with every digit", async () => {
    const { stdout } = await run("show", "--file", file, "--json");
    const [load, transition, , failure, unload] = objects(stdout);
    expect(load).toMatchObject({ type: "entry", index: 0, kind: "load", capsule: "weather", previous: "00".repeat(32), manifest: "{}", config: [], instance: 1 });
    expect(transition).toMatchObject({ kind: "transition", transition: 1, time: "1767225600000000000", writes: [{ key: "oslo", encoding: "text", value: "1.5" }, { key: "bergen", deleted: true }] });
    expect(transition).toMatchObject({ previous: load?.["hash"], message: { subject: "readings.oslo", encoding: "json", payload: { celsius: 1.5 } }, outputs: [] });
    expect(failure).toMatchObject({ code: "trap", final: true, outputs: [{ subject: "readings.oslo" }] });
    expect(unload).toMatchObject({ kind: "unload", transition: 1 });
    expect(stdout).toContain('"payload":{"celsius":1.50}');
  });
  it.each([
    [["--capsule", "weather"], [0, 1, 3, 4]],
    [["--since", "3"], [3, 4]],
    [["--since", "2026-01-01T00:01:00Z", "--capsule", "weather"], [3, 4]],
    [["--since", "2025-12-31"], [1, 2, 3, 4]],
    [["--since", "2027-01-01"], []],
    [["--capsule", "nobody"], []],
  ])("shows only what is wanted: %j", async (words, indices) => {
    expect(objects((await run("show", "--file", file, "--json", ...words)).stdout).map(({ index }) => index)).toEqual(indices);
  });
});

describe("ledger prove and check", { timeout: 120_000 }, () => {
  it("prove an entry to whoever has nothing but the proof", async () => {
    const proof = join(folder.path, "proof.json");
    expect((await run("prove", "1", "--file", file, "--out", proof)).code).toBe(0);
    const { code, stdout } = await run("check", proof, "--key", KEY.verifier.text);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^entry 1 is in the ledger example\.com\/ledger of 4 entries\n +1 {2}transition {2}weather 1 .*\nsigned with example\.com\/ledger\+\S+\n$/);
    expect(objects((await run("check", proof, "--json")).stdout)).toEqual([expect.objectContaining({ type: "proof", ok: true, kind: "inclusion", index: 1, size: 4, entry: expect.objectContaining({ kind: "transition" }) as unknown })]);
  });
  it("prove that nothing was changed since", async () => {
    const { stdout } = await run("prove", "--from", "2", "--file", file);
    const proof = folder.write("consistent.json", stdout);
    const checked = await run("check", proof);
    expect(checked.stdout).toMatch(/^the ledger example\.com\/ledger of 4 entries begins with what it was at 2 entries\ntheir root was [0-9a-f]{64}: a checkpoint in the proof vouches for it\nsigned with .*the proof's own: compare it/);
    expect(objects((await run("check", proof, "--json")).stdout)).toEqual([expect.objectContaining({ kind: "consistency", from: { size: 2, root: Buffer.from(ledger.root(2)).toString("hex"), signed: true } })]);
  });
  it("are not fooled", async () => {
    const { stdout } = await run("prove", "1", "--file", file);
    const { code, stderr } = await run("check", folder.write("wrong.json", stdout.replace('"index":1', '"index":2')));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error\[DW0054\]: the proof does not lead from entry 2 .*\n {4}--> .*wrong\.json\n/)]);
  });
  it("say what cannot be proven", async () => {
    expect(await run("prove", "4", "--file", file)).toMatchObject({ code: 1, stderr: expect.stringContaining("it does for those from 0 to 3") as string });
  });
});

describe("ledger export", { timeout: 120_000 }, () => {
  it("writes the end of a ledger, which holds by itself", async () => {
    const large = folder.write("large.dwl", await randomLedger(1, 700).sign([100, 700]).exported());
    const out = join(folder.path, "end.dwl");
    const exported = await run("export", "--file", large, "--since", "600", "--out", out, "--json");
    expect(objects(exported.stdout)).toEqual([{ type: "exported", file: out, bytes: readFileSync(out).length, start: 600, size: 700 }]);
    const [report] = objects((await run("verify", "--file", out, "--json", "--key", KEY.verifier.text)).stdout);
    expect(report).toMatchObject({ ok: true, start: 600, size: 700, signed: 700 });
    const whole = join(folder.path, "whole.dwl");
    expect(await run("export", "--file", large, "--out", whole)).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(whole).equals(readFileSync(large))).toBe(true);
  });
  it("leaves nothing behind when the ledger is damaged", async () => {
    const bytes = Buffer.from(readFileSync(file));
    bytes.write("2", bytes.lastIndexOf('{"celsius":1.50}') + 11);
    const out = join(folder.path, "never.dwl");
    expect(await run("export", "--file", folder.write("damaged.dwl", bytes), "--out", out)).toMatchObject({ code: 1, stderr: expect.stringContaining("entry 3 is damaged") as string });
    expect([existsSync(out), existsSync(`${out}.part`)]).toEqual([false, false]);
  });
});

describe("ledger, wrongly used", { timeout: 120_000 }, () => {
  it.each([
    [[], 2, "ledger needs to be told what to do"],
    [["verfy"], 2, "did you mean doteros-wasm ledger verify?"],
    [["toString"], 2, "it is one of: verify"],
    [["verify"], 2, "which ledger is not said"],
    [["verify", "plant.dwl"], 2, "doteros-wasm ledger verify --file plant.dwl"],
    [["verify", "plant"], 2, "doteros-wasm ledger verify --store plant"],
    [["verify", "--file", "x", "--capsule", "y"], 2, "ledger verify has no option --capsule"],
    [["prove", "--file", "x"], 2, "prove takes the index of an entry"],
    [["prove", "one", "--file", "x"], 2, 'the index must be a whole number, not "one"'],
    [["prove", "1", "--from", "2", "--file", "x"], 2, "prove takes the index of an entry"],
    [["check"], 2, "check takes the file of a proof"],
    [["show", "--file", "x", "--since", "yesterday"], 2, "it is the index of an entry, or a time"],
    [["export", "--file", "x"], 2, "--out ledger.dwl names it"],
    [["verify", "--file", "nowhere.dwl"], 1, "there is no such file"],
    [["verify", "--file", "package.json"], 1, "the file is not a ledger that was exported"],
    [["check", "package.json"], 1, "this is no proof"],
    [["verify", "--file", "package.json", "--key", "nonsense"], 1, "this is no key"],
  ])("%j: says what to do", async (words, code, text) => {
    const result = await run(...words);
    expect([result.code, result.stdout, result.stderr]).toEqual([code, "", expect.stringContaining(text)]);
  });
  it("refuses to begin an export behind the end", async () => {
    expect(await run("export", "--file", file, "--since", "9", "--out", join(folder.path, "x"))).toMatchObject({ code: 2, stderr: expect.stringContaining("from 0 to 4") as string });
  });
  it("has help with examples", async () => {
    expect((await run("--help")).stdout).toMatch(/usage: doteros-wasm ledger verify[\s\S]*exit codes[\s\S]*examples\n/);
  });
});
