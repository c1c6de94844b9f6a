import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createHost, nodePlatform, openDotstore, replayLedger } from "../../host/node.ts";
import { COMMAND_CASES, runCommandCase } from "./command.mjs";
import { makeFiles } from "./fixtures.ts";
import type { Kit } from "./kit.ts";
import { readMatrix } from "./matrix.mjs";
import { foldersFor } from "./place.ts";
import { type Result, runCase, SUITE } from "./suite.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const results: Result[] = [];
let kit: Kit;

beforeAll(async () => {
  kit = { door: { createHost, replayLedger }, platform: nodePlatform, files: await makeFiles(ROOT, join(ROOT, ".build", "contract", "fixtures")), place: foldersFor(openDotstore) };
});

describe.each(Object.entries(SUITE))("the contract on Node.js, %s", (part, cases) => {
  it.each(Object.keys(cases))("%s", async (name) => {
    const result = await runCase(kit, part, name);
    results.push(result);
    expect(result.reason).toBeUndefined();
    expect(result.outcome).toBe("ok");
  });
});

describe("the contract on Node.js, command line", () => {
  it.each(COMMAND_CASES)("%s", (name) => {
    const result = runCommandCase(name, { program: process.execPath, words: [], door: "node" });
    results.push(result);
    expect(result.reason).toBeUndefined();
    expect(result.outcome).toBe("ok");
  });
});

describe("the matrix", () => {
  it("has all cases of the suite, and of Node.js what just ran", () => {
    const rows = readMatrix(readFileSync(join(ROOT, "test", "contract", "MATRIX.md"), "utf8"));
    expect(rows).toEqual(results.map(({ part, name, outcome }) => ({ name: `${part}: ${name}`, first: outcome })));
  });
});
