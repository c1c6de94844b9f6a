import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, objects, type Result } from "./command.ts";
import { Folder, moody } from "./fixture.ts";

const folder = new Folder();
const store = join(folder.path, "store");
const rows = '{"do":"p","n":1}\n{"do":"f"}\n{"do":"p","n":2}\n';
let input = "";
let component = "";
beforeAll(async () => {
  component = folder.write("moody.wasm", await moody());
  folder.write("capsule.yaml", 'name: moody\nversion: 1.2.3\ncapabilities:\n  state: true\n  publish: ["said.>"]\nsubscriptions: [input]\nretry:\n  attempts: 2\n');
  input = folder.write("rows.ndjson", rows);
});
afterAll(() => folder.remove());

const run = (...words: string[]): Promise<Result> =>
  command(["run", component, "--input", input, "--grant", "state", "--grant", "publish=said.>", "--grant", "subscribe=input", "--store", store, "--json", ...words]);
const summaryOf = ({ stdout }: Result): Record<string, unknown> => objects(stdout).at(-1) ?? {};
/** A copy of the store, to be spoilt. */
function copyOf(name: string): string {
  const copy = join(folder.path, name);
  cpSync(store, copy, { recursive: true });
  return copy;
}

describe("a run with a store", () => {
  it("keeps what it did, signed with a key of its own that nobody else can read", async () => {
    const result = await run("--resume");
    expect(result.code).toBe(1);
    expect(objects(result.stdout).filter(({ type }) => type === "message").map(({ sequence }) => typeof sequence)).toEqual(["number", "number"]);
    expect(summaryOf(result)).toMatchObject({ messages: 3, transitions: 2, deadLettered: 1, state: { version: 2 }, ledger: { entries: 5 } });
    expect(statSync(join(store, "ledger.key")).mode & 0o077).toBe(0);
    const verified = await command(["ledger", "verify", "--store", store, "--json"]);
    expect([verified.code, objects(verified.stdout)]).toMatchObject([0, [{ ok: true, size: 5, signed: 5, key: (summaryOf(result)["ledger"] as { key: string }).key }]]);
  });

  it("does nothing twice when it is told to resume, and everything again when it is not", async () => {
    expect(summaryOf(await run("--resume"))).toMatchObject({ messages: 0, transitions: 0, exitCode: 0 });
    folder.write("rows.ndjson", `${rows}{"do":"p","n":3}\n`);
    expect(summaryOf(await run("--resume"))).toMatchObject({ input: { rows: 4 }, messages: 1, transitions: 1, state: { version: 3 } });
  });

  it("says what --resume and --key need", async () => {
    const bare = await command(["run", component, "--input", input, "--resume"]);
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining("add --store FOLDER")]);
    const piped = await command(["run", component, "--input", "-", "--store", store, "--resume"]);
    expect([piped.code, piped.stderr]).toEqual([2, expect.stringContaining("read again")]);
    const key = await command(["run", component, "--input", input, "--key", "k"]);
    expect(key.code).toBe(2);
  });
});

describe("doteros-wasm state", () => {
  it("shows keys, values as they are and were, and what changed", async () => {
    expect((await command(["state", "list", "--store", store])).stdout).toMatch(/^k {2}\d+ bytes\n$/);
    const now = await command(["state", "get", "k", "--store", store, "--json"]);
    expect(objects(now.stdout)).toMatchObject([{ type: "value", capsule: "moody", version: 3, key: "k", value: '{"do":"p","n":3}' }]);
    expect((await command(["state", "get", "k", "--at", "1", "--store", store])).stdout).toBe('{"do":"p","n":1}\n');
    const changed = await command(["state", "diff", "1", "2", "--store", store, "--json"]);
    expect(objects(changed.stdout)).toEqual([{ type: "difference", capsule: "moody", key: "k", before: '{"do":"p","n":1}', after: '{"do":"p","n":2}' }]);
    expect((await command(["state", "diff", "0", "1", "--store", store])).stdout).toBe('+ k  {"do":"p","n":1}\n');
  });

  it.each<[string[], number, string]>([
    [["state"], 2, "what to show"],
    [["state", "put", "--store", "x"], 2, "cannot"],
    [["state", "get", "--store", "STORE"], 2, "one key"],
    [["state", "get", "k", "--at", "1.5", "--store", "STORE"], 2, "no version"],
    [["state", "get", "nothing", "--store", "STORE"], 1, "no key"],
    [["state", "get", "k", "--at", "99", "--store", "STORE"], 1, "no version 99 yet"],
    [["state", "list", "--capsule", "other", "--store", "STORE"], 2, "there are moody"],
    [["state", "list", "--store", "/nowhere/at/all"], 1, "there is no store"],
    [["state", "list"], 2, "add --store FOLDER"],
    [["dlq", "replay", "--store", "STORE"], 2, "indexes, or --all"],
    [["dlq", "replay", "77", "--store", "STORE"], 1, "nothing was replayed"],
    [["ledger", "verify"], 2, "--store FOLDER"],
    [["ledger", "verify", "--store", "STORE", "--file", "x.dwl"], 2, "both are given"],
  ])("says what is wrong with %j", async (words, code, text) => {
    const result = await command(words.map((word) => (word === "STORE" ? store : word)));
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(text)]);
  });
});

describe("doteros-wasm dlq", () => {
  it("lists what was given up, and has it tried again", async () => {
    const listed = objects((await command(["dlq", "list", "--store", store, "--json"])).stdout);
    expect(listed).toMatchObject([{ type: "dead-letter", capsule: "moody", code: "capsule-fault", reason: "failed: it is in a bad mood", attempts: 2, subject: "input", payload: '{"do":"f"}' }]);
    const index = String(listed[0]?.["index"]);
    expect((await command(["dlq", "list", "--store", store])).stdout).toContain(index);
    expect((await command(["dlq", "replay", index, "--store", store])).stdout).toMatch(/^1 message waits again/);
    expect((await command(["dlq", "list", "--store", store])).stdout).toBe("");
    expect(summaryOf(await run("--resume"))).toMatchObject({ messages: 1, faults: 2, deadLettered: 1 });
    expect(objects((await command(["dlq", "list", "--store", store, "--json"])).stdout)).toHaveLength(1);
  });
});

describe("the ledger of a store", () => {
  it("is shown, proved and replayed", async () => {
    const entries = objects((await command(["ledger", "show", "--store", store, "--json"])).stdout);
    expect(entries.length).toBeGreaterThan(8);
    const proof = join(folder.path, "proof.json");
    expect((await command(["ledger", "prove", "1", "--store", store, "--out", proof])).code).toBe(0);
    expect((await command(["ledger", "check", proof])).stdout).toContain("entry 1 is in the ledger");
    const replayed = await command(["ledger", "replay", "--store", store, "--json"]);
    expect([replayed.code, objects(replayed.stdout)]).toMatchObject([0, [{ ok: true, entries: entries.length, transitions: 3 }]]);
  });

  it("goes into a file and from there into a store that goes on", async () => {
    const file = join(folder.path, "moody.dwl");
    expect((await command(["ledger", "export", "--store", store, "--out", file])).code).toBe(0);
    expect((await command(["ledger", "replay", "--file", file])).stdout).toContain("every write, output and hash");
    const other = join(folder.path, "imported");
    expect((await command(["ledger", "import", "--file", file, "--store", other])).code).toBe(0);
    expect((await command(["ledger", "verify", "--store", other])).code).toBe(0);
    const get = async (from: string, ...at: string[]): Promise<string> => (await command(["state", "get", "k", "--store", from, ...at])).stdout;
    expect([await get(other), await get(other, "--at", "1")]).toEqual([await get(store), await get(store, "--at", "1")]);
    expect((await command(["dlq", "list", "--store", other])).stdout).not.toBe("");
    const again = await command(["ledger", "import", "--file", file, "--store", other]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("has a ledger already")]);
    const longer = await command(["run", component, "--input", input, "--grant", "state", "--grant", "publish=said.>", "--grant", "subscribe=input", "--store", other, "--key", join(store, "ledger.key"), "--json"]);
    expect(summaryOf(longer)).toMatchObject({ messages: 4, transitions: 3, state: { version: 6 } });
    expect((await command(["ledger", "verify", "--store", other])).code).toBe(0);
  });

  it("that was changed is found to be so, by the index of the entry", async () => {
    const copy = copyOf("changed");
    const root = open({ path: copy, maxDbs: 16 });
    const table = root.openDB<Buffer, number>({ name: "entries", encoding: "binary" });
    const [first] = table.getRange({ limit: 1 });
    const bytes = Buffer.from(first?.value ?? Buffer.alloc(0));
    bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
    await table.put(first?.key ?? 0, bytes);
    await root.close();
    const verified = await command(["ledger", "verify", "--store", copy, "--json"]);
    expect(verified.code).toBe(1);
    expect(objects(verified.stdout)[0]).toMatchObject({ ok: false, fault: { index: expect.any(Number) as number } });
  });

  it("whose last entry was changed is found to be so, though nothing follows it and nothing is signed", async () => {
    const copy = copyOf("last");
    const root = open({ path: copy, maxDbs: 16 });
    const table = root.openDB<Buffer, number>({ name: "entries", encoding: "binary" });
    const [last] = table.getRange({ reverse: true, limit: 1 });
    const bytes = Buffer.from(last?.value ?? Buffer.alloc(0));
    bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
    await table.put(last?.key ?? 0, bytes);
    for (const key of root.openDB({ name: "checkpoints", encoding: "json" }).getKeys()) await root.openDB({ name: "checkpoints", encoding: "json" }).remove(key);
    await root.close();
    expect((await command(["ledger", "verify", "--store", copy])).code).toBe(1);
  });

  it("is in a store that another process has, or that is cut short: both are refused by name, and left as they are", async () => {
    const cut = copyOf("cut");
    const whole = readFileSync(join(cut, "data.mdb"));
    writeFileSync(join(cut, "data.mdb"), whole.subarray(0, whole.length / 2));
    const result = await command(["ledger", "verify", "--store", cut]);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining("cut short")]);
    expect(statSync(join(cut, "data.mdb")).size).toBe(whole.length / 2);
  });
});
