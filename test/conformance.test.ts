import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const data = process.env["DOTEROS_CONFORMANCE"] ?? join(root, "../shared/conformance");
const suite = join(data, "component-model");
/** The folders of the synchronous model, and what must be refused. */
const FOLDERS = ["values", "linking", "resources", "binary", "validation"];

const suites = existsSync(suite) ? [suite] : [];

const PRESENCE =
  suites.length === 0 ? "was skipped: it is not beside the project, and DOTEROS_CONFORMANCE names no folder" : `is at ${suite}`;

describe("the component model's suite", () => {
  it.each([PRESENCE])("%s", () => expect(existsSync(suite)).toBe(suites.length > 0));

  it.each(suites)("holds in every synchronous assertion of %s", (folder) => {
    const files = FOLDERS.flatMap((part) => readdirSync(join(folder, part)).map((file) => join(folder, part, file)));
    const command = [join(root, "test/conformance/main.mjs"), "component", ...files];
    const output = execFileSync(process.execPath, command, { encoding: "utf8", cwd: root });
    const result = JSON.parse(output.trim().split("\n").at(-1) ?? "") as { pass: number; fail: number };
    expect(result.fail).toBe(0);
    expect(result.pass).toBeGreaterThanOrEqual(473);
  });
});
