import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createHost } from "../../host/index.ts";
import { nodePlatform } from "../../host/node.ts";
import { command, ended, start } from "../cli/command.ts";
import { ENDING, type ProgramCase, PROGRAMS } from "./cases.ts";
import { callReactor } from "./reactor.ts";
import { programTable } from "./table.ts";

// The programs that wasmtime's makers test WASI with, from the folders that an environment variable names: see test/README.md.

const folders = (process.env["DOTEROS_PROGRAMS"] ?? "").split(delimiter).filter((folder) => folder !== "");
const files = new Map(folders.flatMap((folder) => readdirSync(folder).filter((name) => /^p2_(?:api|cli)_/.test(name) && name.endsWith(ENDING)).map((name) => [name.slice(0, -ENDING.length), join(folder, name)])));
const names = [...files.keys()].sort();
const PRESENCE = folders.length === 0 ? "were skipped: DOTEROS_PROGRAMS names no folder of them, see test/README.md" : `are in the folders that DOTEROS_PROGRAMS names: ${folders.join(", ")}`;

const wrong = new Map<string, string>();
let place = "";
afterEach(() => {
  if (place !== "") rmSync(place, { recursive: true, force: true });
  place = "";
});

describe("programs that wasmtime's makers test with", () => {
  it.each([PRESENCE])("%s", () => expect(names.length > 0).toBe(folders.length > 0));

  it.each(names)("%s passes", async (name) => {
    const one = PROGRAMS[name];
    if (one === undefined) throw new Error("nobody wrote down how it is run");
    try {
      await check(files.get(name) ?? "", one);
    } catch (error) {
      const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      wrong.set(name, line);
      throw error;
    }
  }, 60_000);
});

afterAll(() => {
  if (process.env["DOTEROS_PROGRAMS_TABLE"] !== undefined) writeFileSync(join(import.meta.dirname, "PROGRAMS.md"), programTable(names, wrong));
});

async function check(file: string, one: ProgramCase): Promise<void> {
  if (one.by === "clocks") return checkClocks(file);
  if (one.by === "calls") return checkCalls(file);
  if (one.by === "turns") return checkTurns(file);
  place = madeFolder();
  const grants = [...(one.grants ?? []), ...(one.folder === undefined ? [] : [`fs:${place}::/:${one.folder}`])];
  const words = ["run", file, ...grants.flatMap((grant) => ["--grant", grant]), ...(one.words === undefined ? [] : ["--", ...one.words])];
  const { code, stdout, stderr } = await command(words, one.input, one.environment);
  expect({ code, stderr }).toEqual({ code: one.code ?? 0, stderr: expect.stringMatching(one.stderr ?? /^$/) as string });
  const { stdout: wanted = "" } = one;
  expect(typeof wanted === "string" ? stdout === wanted : wanted.test(stdout), `it printed ${JSON.stringify(stdout.slice(0, 80))}`).toBe(true);
  expect(one.left === undefined || readFileSync(join(place, one.left[0]), "utf8") === one.left[1]).toBe(true);
}

/** A folder with what the programs look for. */
function madeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "doteros-program-"));
  mkdirSync(join(folder, "sub"));
  for (const name of ["foo.txt", "baz.txt", "sub/wow.txt", "sub/yay.txt"]) writeFileSync(join(folder, name), "");
  writeFileSync(join(folder, "bar.txt"), "And stood awhile in thought");
  return folder;
}

/** The clock on the wall stands still, and the other one goes on by 42 seconds each time that it is looked at. */
async function checkClocks(file: string): Promise<void> {
  let now = -42_000_000_000n;
  const clock = { wall: () => 1_431_648_000_000_000_100n, monotonic: () => (now += 42_000_000_000n) };
  const outside: NonNullable<typeof nodePlatform.outside> = async () => (rights) => ({ rights, clock, environment: [], folders: [], stdio: undefined, network: undefined, pause: () => false, release: () => undefined, close: () => undefined });
  const host = await createHost({ platform: { ...nodePlatform, outside } });
  const capsule = await host.load(readFileSync(file), { grants: ["clock", "subscribe=run"] });
  await host.publish("run", "");
  await host.idle();
  await host.close();
  expect(capsule.counters).toMatchObject({ transitions: 1, traps: 0 });
}

async function checkCalls(file: string): Promise<void> {
  const record =
    "DescriptorStat { type: DescriptorType::Unknown, link-count: 0, size: 0, data-access-timestamp: Some(Datetime { seconds: 45, nanoseconds: 123 }), " +
    "data-modification-timestamp: Some(Datetime { seconds: 10, nanoseconds: 789 }), status-change-timestamp: Some(Datetime { seconds: 1, nanoseconds: 0 }) }";
  expect(await callReactor(readFileSync(file))).toEqual([2, ["hello", "gussie"], "hellogussie", record]);
}

/** Its input ends only when its output is there. */
async function checkTurns(file: string): Promise<void> {
  const child = start(["run", file]);
  const [first] = (await once(child.stdout, "data")) as [Buffer];
  expect(first.toString()).toBe("> ");
  const end = ended(child);
  child.stdin.end();
  expect(await end).toMatchObject({ code: 0, stderr: "" });
}
