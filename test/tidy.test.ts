import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { overBudget, percentile } from "./tidy/budgets.ts";
import { importCycles, unreachable } from "./tidy/cycles.ts";
import { undocumented } from "./tidy/docs.ts";
import { floorFaults, homeless } from "./tidy/floors.ts";
import { readModules } from "./tidy/module.ts";
import { strays } from "./tidy/toplevel.ts";
import { readTree, type Tree } from "./tidy/tree.ts";
import { anyTypes, bannedText, emptyNames } from "./tidy/words.ts";

const treeOf = (files: Record<string, string>): Tree => new Map(Object.entries(files));
const modulesOf = (files: Record<string, string>): ReturnType<typeof readModules> => readModules(treeOf(files));

describe("the house is tidy", () => {
  const tree = readTree(join(import.meta.dirname, ".."));
  const modules = readModules(tree);
  const { doors, entries } = entriesOf(tree);

  it("has files that were read, all of them", () => {
    expect([...modules.keys()].filter((path) => path.startsWith("host/")).length).toBeGreaterThan(0);
    expect([...modules.values()].flatMap(({ imports }) => imports).length).toBeGreaterThan(0);
    expect([...modules.values()].flatMap(({ errors }) => errors)).toEqual([]);
  });

  it("imports only go down the floors", () => expect(floorFaults(modules)).toEqual([]));
  it("gives every file of host/ a floor", () => expect(homeless(modules)).toEqual([]));
  it("has no circle of imports", () => expect(importCycles(modules)).toEqual([]));
  it("reaches every file of host/ from a door, the command line or a test", () => {
    const tests = [...modules.keys()].filter((path) => path.startsWith("test/"));
    expect(unreachable(modules, [...entries, ...tests])).toEqual([]);
  });
  it("documents every name a door exports", () => expect(undocumented(modules, doors)).toEqual([]));
  it("documents every name that the SDK for AssemblyScript exports", () => {
    // Its index names whole files; each of those speaks for itself. A runtime's functions have AssemblyScript's names.
    const files = [...modules.keys()].filter((path) => /^sdk\/assemblyscript\/(?!index|arena)/.test(path));
    expect(files.length).toBeGreaterThan(10);
    expect(undocumented(modules, files)).toEqual([]);
  });
  it("keeps files and functions short", () => expect(overBudget(tree, modules)).toEqual([]));
  it("never says any", () => expect(anyTypes(modules)).toEqual([]));
  it("names files and folders after what is inside", () => expect(emptyNames(tree)).toEqual([]));
  it("holds no text that no file may hold", () => expect(bannedText(tree, registryHosts())).toEqual([]));
  it("has nothing at the top level that does not belong there", () => expect(strays(tree)).toEqual([]));
});

/** The sources behind what package.json offers: its doors, and its doors, its commands and the scripts that run by themselves together. */
function entriesOf(tree: Tree): { doors: string[]; entries: string[] } {
  const manifest = JSON.parse(tree.get("package.json") ?? "") as {
    exports: Record<string, string | { types: string }>;
    bin: Record<string, string>;
    sideEffects: string[];
  };
  const source = (built: string): string =>
    built.replace(/^(?:\.\/)?dist\/sdk\//, "sdk/typescript/").replace(/^(?:\.\/)?dist\//, "host/").replace(/\.(?:js|d\.ts)$/, ".ts");
  const doors = Object.values(manifest.exports).flatMap((door) => (typeof door === "string" ? [] : [source(door.types)]));
  return { doors, entries: [...doors, "host/node-thread.ts", "host/node-network.ts", "host/node-http.ts", ...Object.values(manifest.bin).map(source), ...manifest.sideEffects.map(source)] };
}

/** The public registry, and the one this machine installs from. */
function registryHosts(): string[] {
  const command = process.platform === "win32" ? "npm.cmd" : "npm";
  const configured = execFileSync(command, ["config", "get", "registry"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    shell: process.platform === "win32",
  });
  return [...new Set(["registry.npmjs" + ".org", new URL(configured.trim()).host])];
}

describe("the rule of floors", () => {
  it.each([
    ["a floor above", "host/wasm/a.ts", "host/component/b.ts", "above"],
    ["a sibling", "host/bus/a.ts", "host/store/b.ts", "sibling"],
    ["the other sibling", "host/kernel/a.ts", "host/component/b.ts", "sibling"],
    ["a door from the composition", "host/host.ts", "host/node.ts", "above"],
    ["the attic from a door", "host/node.ts", "host/cli/main.ts", "above"],
    ["a platform from a floor", "host/runtime/a.ts", "host/platform/node/b.ts", "door"],
    ["a platform from the neutral door", "host/index.ts", "host/platform/node/b.ts", "door"],
    ["a platform from the attic", "host/cli/main.ts", "host/platform/node/b.ts", "door"],
    ["the core from a platform", "host/platform/node/a.ts", "host/store/b.ts", "contract"],
    ["one platform from another", "host/platform/node/a.ts", "host/platform/deno/b.ts", "contract"],
    ["the outside", "host/contract/a.ts", "test/b.ts", "outside"],
    ["a capsule's SDK from the other side", "sdk/assemblyscript/a.ts", "capsules-as/weather/b.ts", "above"],
    ["the host from an SDK that runs inside a capsule", "sdk/typescript/a.ts", "host/contract/b.ts", "outside"],
  ])("sees an import of %s", (_, from, to, reason) => {
    const up = from.split("/").slice(1).map(() => "..").join("/");
    const faults = floorFaults(modulesOf({ [from]: `import { b } from "${up}/${to}";`, [to]: "export const b = 1;" }));
    expect(faults).toEqual([expect.stringContaining(reason)]);
    expect(faults[0]).toMatch(new RegExp(`^${from}:1: `));
  });

  it.each([
    ["down", "host/runtime/a.ts", "host/contract/b.ts"],
    ["a door that knows both, platform", "host/node.ts", "host/platform/node/b.ts"],
    ["a door that knows both, core", "host/node.ts", "host/host.ts"],
    ["the neutral door from a runtime's", "host/node.ts", "host/index.ts"],
    ["an engine's part of the SDK and the SDK", "sdk/typescript/engine/a.ts", "sdk/typescript/b.ts"],
    ["a capsule and its SDK", "capsules-as/weather/a.ts", "sdk/assemblyscript/b.ts"],
  ])("allows %s", (_, from, to) => {
    const up = from.split("/").slice(1).map(() => "..").join("/") || ".";
    expect(floorFaults(modulesOf({ [from]: `import { b } from "${up}/${to}";`, [to]: "export const b = 1;" }))).toEqual([]);
  });

  it.each([
    ["a type", `import type { B } from "../runtime/b.ts";`],
    ["a type in place", `export type A = import("../runtime/b.ts").B;`],
    ["a re-export", `export * from "../runtime/b.ts";`],
    ["a dynamic import", `export const b = () => import("../runtime/b.ts");`],
    ["a file that is not there", `import "./gone.ts";`],
    ["a computed name", "export const load = (name: string) => import(name);"],
    ["Node", `import { join } from "node:path";`],
    ["a package", `import { parse } from "csv-parse";`],
  ])("sees %s in a neutral floor", (_, text) => {
    expect(floorFaults(modulesOf({ "host/wasm/a.ts": text, "host/runtime/b.ts": "export type B = 1;" }))).toHaveLength(1);
  });

  it("sees all but host functions in the SDK for scripts", () => {
    const text = `import "doteros:capsule/state@0.1.0";\nimport "wasi:logging/logging@0.1.0-draft";\nimport "node:fs";\nimport "yaml";`;
    expect(floorFaults(modulesOf({ "sdk/typescript/a.ts": text }))).toHaveLength(2);
  });

  it("sees a script that needs a package before the packages are there", () => {
    expect(floorFaults(modulesOf({ ".ci/prepare.mjs": `import ts from "typescript";` }))).toHaveLength(1);
  });

  it("reads AssemblyScript, whose decorators are not TypeScript's", () => {
    const text = `import { a } from "./gone";\n@inline function f(): i32 { return 1; }\n@external("env", "g") declare function g(): void;`;
    const modules = modulesOf({ "capsules-as/weather/a.ts": text });
    expect(modules.get("capsules-as/weather/a.ts")?.errors).toEqual([]);
    expect(floorFaults(modules)).toHaveLength(1);
  });

  it("sees a file on no floor", () => {
    expect(homeless(modulesOf({ "host/engine/a.ts": "", "host/extra.ts": "", "host/bus/a.ts": "" }))).toHaveLength(2);
  });
});

describe("the rule of circles", () => {
  it("tells the way round", () => {
    const files = { "host/bus/a.ts": `import "./b.ts";`, "host/bus/b.ts": `import type {} from "./c.ts";`, "host/bus/c.ts": `import "./a.ts";` };
    expect(importCycles(modulesOf(files))).toEqual(["host/bus/a.ts → host/bus/b.ts → host/bus/c.ts → host/bus/a.ts"]);
  });
  it("does not mind two ways to one place", () => {
    const files = { "host/a.ts": `import "./b.ts"; import "./c.ts";`, "host/b.ts": `import "./c.ts";`, "host/c.ts": "" };
    expect(importCycles(modulesOf(files))).toEqual([]);
  });
  it("sees a file that nothing leads to", () => {
    const modules = modulesOf({ "host/node.ts": `import "./bus/a.ts";`, "host/bus/a.ts": "", "host/bus/lost.ts": "" });
    expect(unreachable(modules, ["host/node.ts"])).toEqual([expect.stringContaining("host/bus/lost.ts")]);
  });
});

describe("the rule of budgets", () => {
  const body = (lines: number): string => `export function long() {\n${"  long;\n".repeat(lines - 2)}}\n`;
  const overdrawn = (files: Record<string, string>): string[] => overBudget(treeOf(files), modulesOf(files));

  it("takes a percentile as the smallest value that so many do not exceed", () => {
    expect([0.5, 0.9, 1].map((share) => percentile([5, 1, 4, 2, 3, 6, 7, 8, 9, 10], share))).toEqual([5, 9, 10]);
    expect(percentile([], 0.5)).toBe(0);
  });
  it("sees long files and names them", () => {
    const faults = overdrawn({ "host/bus/a.ts": "//\n".repeat(301), "host/bus/b.ts": "//\n" });
    expect(faults).toEqual([expect.stringMatching(/^90th.*301 lines, budget 300\n +301 host\/bus\/a\.ts$/)]);
    expect(overdrawn({ "host/bus/a.ts": "//\n".repeat(121) })).toEqual([expect.stringContaining("median")]);
  });
  it("sees a long function and names it", () => {
    const files = { "host/bus/a.ts": `${body(71)}${"export const f = () => 1;\n".repeat(20)}` };
    expect(overdrawn(files)).toEqual([expect.stringMatching(/^longest function: 71 .*\n +71 host\/bus\/a\.ts:1 long$/)]);
    expect(overdrawn({ "host/bus/a.ts": body(41) })).toEqual([expect.stringContaining("90th percentile of functions")]);
  });
  it("counts methods and arrows", () => {
    const lines = "\n".repeat(70);
    const faults = overdrawn({ "host/bus/a.ts": `export class A { m() {${lines}} }\nexport const arrow = () => {${lines}};` });
    expect(faults.at(-1)).toMatch(/ m\n.* arrow$/);
  });
  it("leaves alone what is within", () => expect(overdrawn({ "host/bus/a.ts": body(40), "test/a.ts": body(400) })).toEqual([]));
});

describe("the rule of words", () => {
  it.each(["host/bus/utils.ts", "host/common/a.ts", "test/testHelpers.ts", "host/bus/mailbox-manager.ts"])("sees %s", (path) => {
    expect(emptyNames(treeOf({ [path]: "" }))).toHaveLength(1);
  });
  it("does not see a word inside another", () => expect(emptyNames(treeOf({ "host/uncommon/sharedness.ts": "" }))).toEqual([]));

  it.each([
    ["host/a.ts", "// @ts-" + "ignore"],
    ["host/a.ts", "// oxlint-" + "disable-next-line"],
    ["test/a.test.ts", "it." + `skip("x", () => {});`],
    ["test/a.test.ts", "describe.concurrent." + `only("x", () => {});`],
    ["wit/a.wit", "// TO" + "DO: later"],
    ["README.md", "see /" + "home/someone/file"],
    ["package-lock.json", `"resolved": "https://registry.example/x.tgz"`],
    ["docs/a.md", "written with Chat" + "GPT"],
    ["host/a.ts", "// as the previous " + "session left it"],
  ])("sees in %s: %s", (path, text) => {
    expect(bannedText(treeOf({ [path]: `first\n${text}\n` }), ["registry.example"])).toEqual([expect.stringContaining(`${path}:2: `)]);
  });
  it.each([
    ["host/a.ts", "reader.skip(4); // a session of NATS, the shell's prompt, any value"],
    ["test/a.test.ts", "reader.skip(4);"],
    ["README.md", "https://example.org/home/page and dist/tmp/x and the user agent"],
  ])("lets pass in %s: %s", (path, text) => {
    expect(bannedText(treeOf({ [path]: text }), ["registry.example"])).toEqual([]);
  });

  it("sees the type any, and not the word", () => {
    const text = `// any\nexport const a: any = 1;\nexport const b = a as any[];\nexport const any = "any";`;
    expect(anyTypes(modulesOf({ "host/a.ts": text }))).toEqual(["host/a.ts:2: the type any", "host/a.ts:3: the type any"]);
  });
});

describe("the rule of doors", () => {
  const bare = (files: Record<string, string>): string[] => undocumented(modulesOf(files), ["host/node.ts"]);

  it.each([
    ["declared here", { "host/node.ts": "export const a = 1;" }],
    ["from another file", { "host/node.ts": `export { a } from "./a.ts";`, "host/a.ts": "export function a() {}" }],
    ["under another name", { "host/node.ts": `export { b as a } from "./a.ts";`, "host/a.ts": "interface b {}\nexport type { b };" }],
    ["with a star", { "host/node.ts": `export * from "./a.ts";`, "host/a.ts": "// no doc comment\nexport class a {}" }],
    ["imported first", { "host/node.ts": `import { a } from "./a.ts";\nexport { a };`, "host/a.ts": "export type a = 1;" }],
  ])("sees a bare name %s", (_, files) => {
    expect(bare(files as Record<string, string>)).toEqual(["host/node.ts: a is not documented"]);
  });
  it("is content with a comment where the name is declared, or at the door", () => {
    const files = {
      "host/node.ts": `export * from "./a.ts";\n/** The rest. */\nexport * as rest from "./b.ts";\nexport { c as d } from "./c.ts";`,
      "host/a.ts": "/** One. */\nexport const a = 1;\n/** Two. */\nexport async function b(): Promise<void> {}",
      "host/b.ts": "export const z = 1;",
      "host/c.ts": `export { e as c } from "./e.ts";`,
      "host/e.ts": "/** Deep. */\nexport const e = 1;",
    };
    expect(bare(files)).toEqual([]);
  });
  it("sees a door that leads nowhere", () => expect(bare({})).toEqual([expect.stringContaining("not there")]));
});

describe("the rule of the top level", () => {
  it("sees a stray", () => {
    expect(strays(treeOf({ "notes.txt": "", "src/a.ts": "", ".ci/run": "", "host/a.ts": "", LICENSE: "" }))).toEqual([
      "notes.txt: not at the top level",
      "src: not at the top level",
    ]);
  });
});
