import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { pluginOf } from "./extism/plugin.ts";
import { VOWELS } from "./extism/vowels.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What a program of the documentation prints, run as it stands there, from inside the package so that it finds itself by name. */
function linesOf(name: string, program: string, ...words: readonly string[]): string[] {
  const folder = join(root, ".build/readme");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), program);
  return execFileSync(process.execPath, [join(folder, name), ...words], { cwd: root, encoding: "utf8" }).trim().split("\n");
}

const programsOf = (text: string): string[] => [...text.matchAll(/```js\n(.*?)```/gsu)].map((match) => match[1] ?? "");

it("README's embedding example does what it shows", () => {
  const examples = programsOf(readFileSync(join(root, "README.md"), "utf8"));
  expect(examples).toHaveLength(1);
  expect(linesOf("example.mjs", examples[0] ?? "")).toEqual([
    "counted.readings.seattle 1",
    "counted.readings.oslo 1",
    "counted.readings.seattle 2",
    "3 transitions, 2 keys",
  ]);
});

it("docs/sleep.md does what it shows", () => {
  const text = readFileSync(join(root, "docs/sleep.md"), "utf8");
  const [program = ""] = programsOf(text);
  const shown = /```\n\nprints\n\n((?: {4}.*\n)+)/u.exec(text)?.[1] ?? "";
  expect(linesOf("sleep.mjs", program)).toEqual(shown.trim().split("\n").map((line) => line.trim()));
});

it("docs/extism.md does what it shows", async () => {
  const text = readFileSync(join(root, "docs/extism.md"), "utf8");
  const [program = ""] = programsOf(text);
  const shown = /it prints\n\n((?: {4}.*\n)+)/u.exec(text)?.[1] ?? "";
  const plugin = join(root, ".build/readme/vowels.wasm");
  mkdirSync(join(root, ".build/readme"), { recursive: true });
  writeFileSync(plugin, await pluginOf(VOWELS));
  expect(linesOf("extism.mjs", program, plugin)).toEqual(shown.trim().split("\n").map((line) => line.trim()));
});
