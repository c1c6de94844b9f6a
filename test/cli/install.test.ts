import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRuntime } from "../contract/runtimes.mjs";
import { objects } from "./command.ts";
import { Folder } from "./fixture.ts";
import { type Registry, startRegistry } from "./registry.ts";

// The package, packed as it would be published, comes from a registry to machines that have nothing of it: each in a folder of its
// own, with its own home and caches.

const CAPSULE = join(import.meta.dirname, "..", "..", ".build", "capsules", "counter", "counter.wasm");
const NPM = process.platform === "win32" ? { shell: true } : {};
/** How long npm and its like may take. */
const PATIENCE = 120_000;
const required = (process.env["DOTEROS_REQUIRE"] ?? "").split(",");

const folder = new Folder();
let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry(folder.folder("packed"));
}, PATIENCE);
afterAll(async () => {
  await registry.close();
  folder.remove();
});

/** A machine that has the programs of some folders and nothing of this package. */
class Machine {
  readonly #home: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(name: string, programs: readonly string[]) {
    this.#home = folder.folder(name);
    // Whoever runs this may do so with npm, which tells the programs that it starts how it is set up itself.
    const inherited = Object.entries(process.env).filter(([variable]) => !/^(?:npm_|bun_|deno_|path$|no_color$|force_color$)/i.test(variable));
    const at = (place: string): string => join(this.#home, place);
    this.#environment = {
      ...Object.fromEntries(inherited),
      HOME: this.#home,
      PATH: programs.join(delimiter),
      NO_COLOR: "1",
      NPM_CONFIG_REGISTRY: registry.origin,
      npm_config_cache: at("npm"),
      npm_config_update_notifier: "false",
      npm_config_audit: "false",
      BUN_INSTALL: at("bun"),
      BUN_INSTALL_CACHE_DIR: at("bun-cache"),
      DENO_DIR: at("deno-cache"),
      DENO_INSTALL_ROOT: at("deno"),
    };
  }

  /** A path under its home. */
  at(...parts: readonly string[]): string {
    return join(this.#home, ...parts);
  }

  /** Runs a program there. @returns what it prints */
  async run(program: string, ...words: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(program, words, { cwd: this.#home, env: this.#environment, timeout: PATIENCE, ...NPM });
    return stdout;
  }

  /** Has the command line do its main job, with what must come before its words. @returns what it says of that in the end */
  async works(program: string, ...before: readonly string[]): Promise<unknown> {
    return objects(await this.run(program, ...before, ...RUN, "--input", rows())).at(-1);
  }

  /** The same with a store. @returns how many entries of its ledger are verified then */
  async keeps(program: string, ...before: readonly string[]): Promise<unknown> {
    rmSync(this.at("kept"), { recursive: true, force: true });
    await this.run(program, ...before, ...RUN, "--input", rows(), "--store", "kept");
    const [verified] = objects(await this.run(program, ...before, "ledger", "verify", "--store", "kept", "--json"));
    return verified?.["size"];
  }
}

/** What is said of two messages that were handled. */
const DONE = { messages: 2, transitions: 2, published: 2, deadLettered: 0 };
/** The entries of them, and that of the capsule. */
const ENTRIES = 3;
const GRANTS = ["state", "publish=counted.>", "subscribe=readings.>"].flatMap((grant) => ["--grant", grant]);
const RUN = ["run", CAPSULE, "--subject", "readings.{city}", ...GRANTS, "--json"];

/** Input that takes a package of others to read. */
function rows(): string {
  return folder.write("rows.csv", "city,value\noslo,1\nrome,2\n");
}

/** Where programs are that come with the system, and those of this Node. */
const SYSTEM = (process.env["PATH"] ?? "").split(delimiter);

describe("with nothing but Node and npm", () => {
  it("npx has the command line", async () => {
    expect(await new Machine("npx", SYSTEM).works("npx", "--yes", "doteros-wasm")).toMatchObject(DONE);
  }, PATIENCE);

  it("npm install -g has it", async () => {
    const machine = new Machine("npm", SYSTEM);
    await machine.run("npm", "install", "-g", "--prefix", machine.at("global"), "doteros-wasm", "lmdb");
    expect(await machine.keeps(machine.at("global", process.platform === "win32" ? "doteros-wasm" : "bin/doteros-wasm"))).toBe(ENTRIES);
  }, PATIENCE);

  it("npm install and npx have it in a project", async () => {
    const machine = new Machine("project", SYSTEM);
    await machine.run("npm", "init", "--yes");
    await machine.run("npm", "install", "doteros-wasm", "lmdb");
    expect(await machine.keeps("npx", "--no-install", "doteros-wasm")).toBe(ENTRIES);
  }, PATIENCE);
});

/** A runtime as a list of one, or of none where it is not here. */
function found(id: "deno" | "bun"): { readonly program: string }[] {
  const { program, missing } = findRuntime(id);
  if (missing !== undefined) process.stderr.write(`test/cli: installing with ${id} is skipped: ${missing}\n`);
  return program === undefined ? [] : [{ program }];
}
const [bun, deno] = [found("bun"), found("deno")];

describe.each(bun)("with nothing but Bun", ({ program }) => {
  it("bunx --bun has the command line", async () => {
    expect(await new Machine("bunx", [dirname(program)]).works(program, "x", "--bun", "doteros-wasm")).toMatchObject(DONE);
  }, PATIENCE);

  it("bun add and bunx --bun have it in a project", async () => {
    const machine = new Machine("bun-project", [dirname(program)]);
    await machine.run(program, "add", "doteros-wasm", "lmdb");
    expect(await machine.keeps(program, "x", "--bun", "--no-install", "doteros-wasm")).toBe(ENTRIES);
  }, PATIENCE);

  it("bun add -g has it, which Node runs, or Bun where it is asked to", async () => {
    const machine = new Machine("bun-global", [dirname(program), dirname(process.execPath)]);
    await machine.run(program, "add", "-g", "doteros-wasm", "lmdb");
    const installed = machine.at("bun", "bin", "doteros-wasm");
    expect(await machine.keeps(installed)).toBe(ENTRIES);
    expect(await machine.keeps(program, installed)).toBe(ENTRIES);
  }, PATIENCE);
});

describe.each(deno)("with nothing but Deno", ({ program }) => {
  it("deno run has the command line", async () => {
    expect(await new Machine("deno-run", [dirname(program)]).works(program, "run", "-A", "npm:doteros-wasm")).toMatchObject(DONE);
  }, PATIENCE);

  it("deno add and deno run have it in a project", async () => {
    const machine = new Machine("deno-project", [dirname(program)]);
    await machine.run(program, "add", "npm:doteros-wasm", "npm:lmdb");
    expect(await machine.keeps(program, "run", "-A", "npm:doteros-wasm")).toBe(ENTRIES);
  }, PATIENCE);

  it("deno install -g has it", async () => {
    const machine = new Machine("deno-global", [dirname(program)]);
    await machine.run(program, "install", "-g", "-A", "npm:doteros-wasm");
    expect(await machine.works(machine.at("deno", "bin", "doteros-wasm"))).toMatchObject(DONE);
  }, PATIENCE);
});

it("runtimes that must be here are", () => {
  const missing = Object.entries({ bun, deno }).flatMap(([name, programs]) => (programs.length === 0 ? [name] : []));
  expect(missing.filter((name) => required.includes(name))).toEqual([]);
});
