import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { command } from "../cli/command.ts";
import { type Preview1Case, preview1Table } from "./preview1-table.ts";

// Programs of wasi-testsuite, built, each beside what it is to be run with: see test/README.md.

const folder = process.env["DOTEROS_PREVIEW1"];
const names = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".wasm")).map((name) => name.slice(0, -".wasm".length)).sort();
const PRESENCE = folder === undefined ? "were skipped: DOTEROS_PREVIEW1 names no folder of them, see test/README.md" : `are in the folder that DOTEROS_PREVIEW1 names: ${folder}`;
const KNOWN: ReadonlySet<string> = new Set(["args", "env", "exit_code", "stdout", "stderr"]);

const cases = new Map(names.map((name) => [name, caseOf(name)]));
const wrong = new Map<string, string>();

describe("programs of WASI preview 1 that wasi-testsuite has", () => {
  it.each([PRESENCE])("%s", () => expect(names.length > 0).toBe(folder !== undefined));

  it.each(names)("%s passes", async (name) => {
    try {
      await check(name, cases.get(name) ?? {});
    } catch (error) {
      const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      wrong.set(name, line);
      throw error;
    }
  });
});

afterAll(() => {
  if (process.env["DOTEROS_PREVIEW1_TABLE"] !== undefined) writeFileSync(join(import.meta.dirname, "PREVIEW1.md"), preview1Table(cases, wrong));
});

/** What the file beside a program says; nothing for one without. */
function caseOf(name: string): Preview1Case {
  const file = join(folder ?? "", `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Preview1Case) : {};
}

async function check(name: string, one: Preview1Case): Promise<void> {
  const strange = Object.keys(one).find((key) => !KNOWN.has(key));
  if (strange !== undefined) throw new Error(`nobody wrote down how it is run with ${strange}`);
  const grants = Object.entries(one.env ?? {}).flatMap(([variable, value]) => ["--grant", `env:${variable}=${value}`]);
  const { code, stdout, stderr } = await command(["run", join(folder ?? "", `${name}.wasm`), ...grants, "--", ...(one.args ?? [])]);
  expect({ code, stdout, stderr }).toEqual({ code: one.exit_code ?? 0, stdout: one.stdout ?? "", stderr: one.stderr ?? "" });
}
