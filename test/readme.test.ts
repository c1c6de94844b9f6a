import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The JavaScript of README.md, run as it stands there, from inside the package so that it finds itself by name. */
it("README's embedding example does what it shows", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const examples = [...readme.matchAll(/```js\n(.*?)```/gsu)].map((match) => match[1] ?? "");
  expect(examples).toHaveLength(1);
  const folder = join(root, ".build/readme");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "example.mjs"), examples[0] ?? "");
  const output = execFileSync(process.execPath, [join(folder, "example.mjs")], { cwd: root, encoding: "utf8" });
  expect(output.trim().split("\n")).toEqual([
    "counted.readings.seattle 1",
    "counted.readings.oslo 1",
    "counted.readings.seattle 2",
    "3 transitions, 2 keys",
  ]);
});
