import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inFolder } from "../typescript/building.ts";
import { httpComponent } from "./app.ts";

it("docs/serve.md does what it shows", async () => {
  const text = readFileSync(join(import.meta.dirname, "..", "..", "docs", "serve.md"), "utf8");
  const program = /```js\n(.*?)```/su.exec(text)?.[1] ?? "";
  const shown = /```\n\n((?: {4}.*\n)+)/u.exec(text)?.[1] ?? "";
  const component = await httpComponent();
  const output = await inFolder({ "serve.mjs": program }, async (folder) => {
    writeFileSync(join(folder, "app.wasm"), component);
    return execFileSync(process.execPath, ["serve.mjs"], { cwd: folder, encoding: "utf8" });
  });
  expect(output.trim().split("\n")).toEqual(shown.trim().split("\n").map((line) => line.trim()));
}, 60_000);
