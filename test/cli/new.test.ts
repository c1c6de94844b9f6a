import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseManifest } from "../../host/capability/manifest.ts";
import { LANGUAGES } from "../../host/cli/javascript/source.ts";
import { TEMPLATES } from "../../host/cli/new/plan.ts";
import { projectFiles } from "../../host/cli/new/project.ts";
import { command, ended, objects, type Result } from "./command.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const plans = LANGUAGES.flatMap((language) => TEMPLATES.map((template) => ({ folder: "my-capsule", name: "my-capsule", language, template })));

let folder = "";
beforeEach(async () => {
  await mkdir(join(ROOT, ".build"), { recursive: true });
  folder = await mkdtemp(join(ROOT, ".build", "new-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What is in the folder of the test. */
const inside = (): Promise<string[]> => readdir(folder);

describe("doteros-wasm new", () => {
  it.each([
    ["typescript", "counter", ["counted.oslo 1", "counted.seattle 1", "counted.oslo 2"]],
    ["typescript", "plugin", ["The Plugin Says Hello"]],
    ["javascript", "empty", []],
    ["assemblyscript", "counter", ["counted.oslo 1", "counted.seattle 1", "counted.oslo 2"]],
    ["assemblyscript", "plugin", ["The Plugin Says Hello"]],
  ])("writes a project in %s that builds, tests and runs: %s", async (language, template, lines) => {
    const path = join(folder, "my-capsule");
    const made = await command(["new", path, "--language", language, "--template", template, "--json"]);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(objects(made.stdout)).toMatchObject([{ type: "created", folder: path, language, template, next: [`cd ${path}`, "npm install", "npm test", "npm start"] }]);
    await install(path);
    const tested = await npm(path, "test");
    expect(tested.stdout).toMatch(/^# fail 0$/m);
    expect(tested).toMatchObject({ code: 0 });
    const started = await npm(path, "start");
    expect(started).toMatchObject({ code: 0 });
    for (const line of lines) expect(started.stdout.split("\n")).toContain(line);
  }, 120_000);

  it("says where a type does not fit in a new project", async () => {
    const path = join(folder, "my-capsule");
    await command(["new", path, "--yes"]);
    await install(path);
    const file = join(path, "src", "index.ts");
    await writeFile(file, (await readFile(file, "utf8")).replace("String(count)", "count"));
    const { code, stderr } = await command(["build", path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/my-capsule\/src\/index\.ts:8:\d+: TS2345: /);
  }, 60_000);

  it("asks for nothing where nobody can answer, and says what to type next", async () => {
    const { code, stdout, stderr } = await command(["new", join(folder, "till")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("a capsule in typescript");
    expect(stdout).toMatch(/next\n  cd .*till\n  npm install\n  npm test\n  npm start\n/);
    expect(await command(["new"])).toMatchObject({ code: 2, stderr: expect.stringContaining("new needs a name") as unknown });
  });

  it("depends on the file that the package itself was installed from", async () => {
    const installed = join(folder, "node_modules", "doteros-wasm");
    for (const part of ["dist", "package.json"]) await cp(join(ROOT, part), join(installed, part), { recursive: true });
    for (const name of ["yaml", "csv-parse"]) await symlink(join(ROOT, "node_modules", name), join(folder, "node_modules", name), "junction");
    await writeFile(join(folder, "package.json"), '{"dependencies":{"doteros-wasm":"file:../packed.tgz"}}');
    const words = [join(installed, "dist", "cli", "main.js"), "new", "till"];
    expect(await ended(spawn(process.execPath, words, { cwd: folder }))).toMatchObject({ code: 0 });
    const text = await readFile(join(folder, "till", "package.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({ devDependencies: { "doteros-wasm": "file:../../packed.tgz" } });
  });

  it("overwrites nothing", async () => {
    await mkdir(join(folder, "taken"));
    await writeFile(join(folder, "file"), "mine");
    for (const name of ["taken", "file"]) {
      const { code, stderr } = await command(["new", join(folder, name)]);
      expect(code).toBe(1);
      expect(stderr).toContain("there is something of that name");
    }
    expect(await readdir(join(folder, "taken"))).toEqual([]);
    expect(await readFile(join(folder, "file"), "utf8")).toBe("mine");
    expect((await inside()).sort()).toEqual(["file", "taken"]);
  });

  it("leaves nothing behind when it cannot write", async () => {
    await writeFile(join(folder, "file"), "mine");
    for (const path of [join(folder, "file", "till"), join(folder, "gone", "till")]) {
      const { code, stderr } = await command(["new", path]);
      expect(code).toBe(1);
      expect(stderr).toContain("the project cannot be written");
    }
    expect(await inside()).toEqual(["file"]);
  });

  it.each([
    ["MyCapsule", "such as my-capsule"],
    ["my capsule!", "such as my-capsule"],
    ["-x", "option"],
    ["9lives", "such as lives"],
    ["a--b", "such as a-b"],
    [".", "is not words"],
    ["x".repeat(65), "64 is the most"],
    ["capsule.é", "such as capsule"],
  ])("refuses the name %s", async (name, reason) => {
    const { code, stderr } = await command(["new", name]);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });

  it("refuses a language and a template that there are not", async () => {
    expect(await command(["new", join(folder, "x"), "--language", "rust"])).toMatchObject({ code: 2, stderr: expect.stringContaining("assemblyscript, typescript, javascript") as unknown });
    expect(await command(["new", join(folder, "x"), "--template", "countre"])).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean counter?") as unknown });
    expect(await inside()).toEqual([]);
  });
});

describe.each(plans)("the project $template in $language", (plan) => {
  const files = projectFiles(plan);

  it("has what a project has", () => {
    const { scripts, devDependencies } = JSON.parse(files.get("package.json") ?? "") as Record<"scripts" | "devDependencies", Record<string, string>>;
    expect(Object.keys(scripts)).toEqual(["build", "test", "start"]);
    expect(Object.keys(devDependencies)).toContain("doteros-wasm");
    expect([...files.keys()].filter((name) => name.startsWith("test/"))).toHaveLength(1);
    expect((files.get("README.md") ?? "").split("\n").length).toBeLessThan(18);
    for (const text of files.values()) expect(text.endsWith("\n")).toBe(true);
  });

  it("has a manifest that is one, unless it is a plugin", () => {
    const text = files.get("capsule.yaml");
    expect(text === undefined).toBe(plan.template === "plugin");
    if (text !== undefined) parseManifest(parse(text));
  });
});

/** What `npm install` would leave, from what this project has: the package itself and the tools. */
async function install(path: string): Promise<void> {
  const modules = join(path, "node_modules");
  await mkdir(join(modules, ".bin"), { recursive: true });
  await symlink(ROOT, join(modules, "doteros-wasm"), "junction");
  await symlink(join("..", "doteros-wasm", "dist", "cli", "main.js"), join(modules, ".bin", "doteros-wasm"));
  const { devDependencies } = JSON.parse(await readFile(join(path, "package.json"), "utf8")) as { devDependencies: Record<string, string> };
  for (const name of Object.keys(devDependencies).filter((one) => one !== "doteros-wasm")) {
    const target = join(ROOT, "node_modules", name);
    if (!existsSync(target)) throw new Error(`${name} is not installed`);
    await mkdir(join(modules, name, ".."), { recursive: true });
    await symlink(target, join(modules, name), "junction");
  }
}

/** Runs a script of a project. */
async function npm(path: string, script: string): Promise<Result> {
  const { NODE_OPTIONS: _options, FORCE_COLOR: _force, ...environment } = process.env;
  const child = spawn("npm", ["run", "--silent", script], { cwd: path, env: environment, shell: process.platform === "win32" });
  child.stdin.end();
  return ended(child);
}
