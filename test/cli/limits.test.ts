import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, objects, type Result } from "./command.ts";
import { Folder, moody } from "./fixture.ts";

const folder = new Folder();
let moodyFile = "";
beforeAll(async () => {
  moodyFile = folder.write("moody.wasm", await moody());
  folder.write("capsule.yaml", 'name: moody\nversion: 1.2.3\ncapabilities:\n  state: true\n  publish: ["said.>"]\nsubscriptions: [input]\nretry:\n  attempts: 1\nlimits:\n  fuelPerMessage: 40000000\n');
  folder.write("greedy.yaml", "name: moody\nversion: 1.2.3\ncapabilities:\n  state: true\n  publish: [\"said.>\"]\nsubscriptions: [input]\nlimits:\n  fuelPerMessage: 2000000000\n  memoryBytesMax: 134217728\n");
});
afterAll(() => folder.remove());

const run = (moods: string, ...words: string[]): Promise<Result> =>
  command(
    ["run", moodyFile, "--input", "-", "--format", "ndjson", "--grant", "state", "--grant", "publish=said.>", "--grant", "subscribe=input", ...words],
    Array.from(moods, (mood) => `{"do":"${mood}"}\n`).join(""),
  );

describe("doteros-wasm run with limits", () => {
  it("stops a message that takes too much, says so, and goes on", async () => {
    const { code, stdout, stderr } = await run("psp", "--json");
    expect(code).toBe(1);
    const all = objects(stdout);
    expect(all.filter(({ type }) => type === "message")).toHaveLength(2);
    expect(stderr + JSON.stringify(all)).toContain("it used up the fuel for one message: 40000000 units");
  });

  it("allows more, and less, by units", async () => {
    const { code } = await run("s", "--manifest", folder.write("more.yaml", 'name: moody\nversion: 1.2.3\ncapabilities:\n  state: true\n  publish: ["said.>"]\nsubscriptions: [input]\n'), "--limit", "fuelPerMessage=1G");
    expect(code).toBe(0);
    const less = await run("p", "--manifest", folder.write("less.yaml", 'name: moody\nversion: 1.2.3\ncapabilities:\n  state: true\n  publish: ["said.>"]\nsubscriptions: [input]\nretry:\n  attempts: 1\n'), "--limit", "payloadBytesMax=5", "--json");
    expect(less.code).toBe(1);
    expect(less.stdout).toContain("the payload has 10 bytes, more than 5");
  });

  it("refuses a manifest that asks for more, with the flags to copy, and they do", async () => {
    const greedy = ["--manifest", `${folder.path}/greedy.yaml`];
    const { code, stderr } = await run("p", ...greedy);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error\[DW0031\]: moody asks for higher limits than it is allowed:$/m);
    expect(stderr).toMatch(/^ +fuelPerMessage 2000000000, and 50000000 is allowed +--limit fuelPerMessage=2000000000$/m);
    const flags = /to allow all of it, add (.*)$/m.exec(stderr)?.[1]?.split(" ") ?? [];
    expect(flags).toEqual(["--limit", "fuelPerMessage=2000000000", "--limit", "memoryBytesMax=134217728"]);
    expect((await run("p", ...greedy, ...flags)).code).toBe(0);
  });

  it.each([
    [["--limit", "fuelPerMesage=5"], "did you mean fuelPerMessage?"],
    [["--limit", "fuelPerMessage=5 M"], "write it as fuelPerMessage=200M"],
    [["--limit", "fuelPerMessage"], "write it as fuelPerMessage=200M"],
    [["--limit", "stackFramesMax=5k"], "must be a whole number from 1 to 4000"],
    [["--label", "tenant"], "KEY=VALUE"],
  ])("says what is wrong with %j", async (words, expected) => {
    const { code, stderr } = await run("p", ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });

  it("hands labels to the policy", async () => {
    const policy = folder.write("policy.rego", 'package doteros\nallow if input.capsule.labels.tenant == "acme"\ndeny contains "it is not of acme" if input.capsule.labels.tenant != "acme"\n');
    expect((await run("p", "--policy", policy, "--label", "tenant=acme")).code).toBe(0);
    const other = await run("p", "--policy", policy, "--label", "tenant=acne");
    expect(other.code).toBe(1);
    expect(other.stderr).toContain("it is not of acme");
  });
});
