import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { copierTool } from "./fixture/copier.ts";
import { countingTool } from "./fixture/counting.ts";

// docs/commands.md, as a shell that has doteros-wasm runs it.

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "doteros-docs-"));
const text = readFileSync(join(root, "docs", "commands.md"), "utf8");

beforeAll(async () => {
  writeFileSync(join(folder, "copy.wasm"), await copierTool());
  writeFileSync(join(folder, "count.wasm"), await countingTool());
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "doteros-wasm"), `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist", "cli", "main.js")}" "$@"\n`);
  chmodSync(join(folder, "bin", "doteros-wasm"), 0o755);
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "doteros-wasm"), "junction");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is shown of a session: commands, each with what it prints. */
function sessions(): [typed: string, printed: string][] {
  const shown = [...text.matchAll(/^ {4}\$ (.*)\n((?: {4}(?!\$).*\n)*)/gmu)];
  return shown.map(([, typed = "", printed = ""]) => [typed, printed.replaceAll(/^ {4}/gmu, "")]);
}

function run(program: string, words: readonly string[]): string {
  const { FORCE_COLOR: _, ...env } = process.env;
  const { stdout, stderr, error } = spawnSync(program, words, { cwd: folder, encoding: "utf8", env: { ...env, NO_COLOR: "1", PATH: `${join(folder, "bin")}${delimiter}${env["PATH"] ?? ""}` } });
  if (error !== undefined) throw error;
  return `${stderr}${stdout}`;
}

it("docs/commands.md prints what it shows, typed one after the other", () => {
  const typed = sessions();
  expect(typed.length).toBeGreaterThan(6);
  for (const [words, printed] of typed) expect(run("sh", ["-c", words])).toBe(printed);
}, 60_000);

it("docs/commands.md has a program that does what it shows", () => {
  const [, program = ""] = /```js\n(.*?)```/su.exec(text) ?? [];
  const [, shown = ""] = /```\n\nprints\n\n((?: {4}.*\n)+)/u.exec(text) ?? [];
  writeFileSync(join(folder, "program.mjs"), program);
  expect(run(process.execPath, ["program.mjs"])).toBe(shown.replaceAll(/^ {4}/gmu, ""));
}, 30_000);
