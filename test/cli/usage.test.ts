import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, objects, type Result } from "./command.ts";
import { Folder, moody } from "./fixture.ts";

const folder = new Folder();
let moodyFile = "";
let store = "";

const manifest = (name: string): string => `name: ${name}\nversion: 1.2.3\ncapabilities:\n  state: true\n  publish: ["said.>"]\nsubscriptions: [${name}]\nretry:\n  attempts: 1\nlabels:\n  tenant: of-its-own\n`;
const run = (name: string, moods: string, ...words: string[]): Promise<Result> =>
  command(
    ["run", moodyFile, "--manifest", folder.write(`${name}.yaml`, manifest(name)), "--store", store, "--input", "-", "--format", "ndjson", "--subject", name, "--grant", "state", "--grant", "publish=said.>", "--grant", `subscribe=${name}`, ...words],
    Array.from(moods, (mood) => `{"do":"${mood}"}\n`).join(""),
  );
const usage = (...words: string[]): Promise<Result> => command(["usage", ...words]);

beforeAll(async () => {
  moodyFile = folder.write("moody.wasm", await moody());
  store = `${folder.path}/data`;
  await run("moody", "pbf", "--label", "tenant=acme");
  await run("glum", "pt", "--label", "tenant=acme");
  await run("moody", "pp", "--label", 'tenant=a "b", c');
  await run("glad", "p");
});
afterAll(() => folder.remove());

/** What `--json` says, without fuel, which other tests are about. */
async function told(...words: string[]): Promise<unknown[]> {
  const { code, stdout } = await usage("--json", ...words);
  expect(code).toBe(0);
  return objects(stdout).map(({ type, capsule, tenant, capsules, messages, transitions, failures }) => [type, capsule ?? capsules, tenant, messages, transitions, failures]);
}

describe("doteros-wasm usage", () => {
  it("shows a table: for each tenant its capsules, and all of them", async () => {
    const { code, stdout } = await usage("--store", store);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^tenant +capsule +messages +handled +failures +fuel +received +sent +sent bytes$/);
    expect(lines.slice(1).map((line) => line.replaceAll(/ {2,}/g, "|").replaceAll(/\|[\d,]{4,}\|/g, "|FUEL|"))).toEqual([
      "acme|moody|3|2|1|FUEL|30|2|12",
      "acme|glum|2|1|1|FUEL|20|1|10",
      "acme|all|5|3|2|FUEL|50|3|22",
      'a "b", c|moody|2|2|0|FUEL|20|2|20',
      "of-its-own|glad|1|1|0|FUEL|10|1|10",
    ]);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });

  it("tells machines the same, with sums that add up", async () => {
    const { stdout } = await usage("--store", store, "--json");
    const all = objects(stdout) as { type: string; tenant: string; fuel: number; messages: number }[];
    const [moodyAcme, glum, , , acme] = all;
    expect(acme).toMatchObject({ type: "tenant", tenant: "acme", capsules: 2, messages: 5 });
    expect(acme?.fuel).toBe((moodyAcme?.fuel ?? 0) + (glum?.fuel ?? 0));
    // What trapped is billed as all that a message may use.
    expect(glum?.fuel).toBeGreaterThan(50_000_000);
    expect(all.map(({ type }) => type)).toEqual(["capsule", "capsule", "capsule", "capsule", "tenant", "tenant", "tenant"]);
  });

  it("writes a table for other programs", async () => {
    const { stdout } = await usage("--store", store, "--csv");
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe("tenant,capsule,messages,transitions,failures,fuel,receivedBytes,published,publishedBytes");
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^acme,moody,3,2,1,\d+,30,2,12$/);
    expect(lines[3]).toMatch(/^"a ""b"", c",moody,2,2,0,\d+,20,2,20$/);
  });

  it("is of a part of the ledger, by index, and knows whose capsules they are from before", async () => {
    const entries = objects((await command(["ledger", "show", "--store", store, "--json"])).stdout) as { kind: string; index: number; capsule: string }[];
    expect(entries.map(({ capsule }) => capsule).slice(0, 4)).toEqual(["moody", "moody", "moody", "moody"]);
    expect(await told("--store", store, "--since", "2", "--until", "4")).toEqual([["capsule", "moody", "acme", 2, 1, 1], ["tenant", 1, "acme", 2, 1, 1]]);
    expect(await told("--store", store, "--until", "1")).toEqual([]);
  });

  it("is the same of a ledger that was exported", async () => {
    const file = `${folder.path}/ledger.dwl`;
    expect((await command(["ledger", "export", "--store", store, "--out", file])).code).toBe(0);
    expect((await usage("--file", file, "--csv")).stdout).toBe((await usage("--store", store, "--csv")).stdout);
  });

  it.each([
    [[], "which ledger is not said"],
    [["--store", "x", "--csv", "--json"], "either --csv or --json"],
    [["--store", "x", "--since", "noon"], '--since cannot be "noon"'],
    [["--store", "x", "--until", "then"], '--until cannot be "then"'],
    [["ledger.dwl"], "doteros-wasm usage --file ledger.dwl"],
    [["--sinse", "5"], "did you mean --since?"],
  ])("says what is wrong with %j", async (words, expected) => {
    const { code, stderr } = await usage(...words);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });

  it("helps, with examples", async () => {
    const { code, stdout } = await usage("--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^usage: doteros-wasm usage --store FOLDER/m);
    expect(stdout).toMatch(/^ {2}doteros-wasm usage --file plant\.dwl/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(125);
  });
});
