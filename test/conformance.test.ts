import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const data = process.env["DOTEROS_CONFORMANCE"] ?? join(root, "../shared/conformance");
const suite = join(data, "component-model");
/** The folders of the synchronous model, and what must be refused. */
const FOLDERS = ["values", "linking", "resources", "binary", "validation"];

const here = existsSync(suite);

function everyAssertionHolds(): void {
  const files = FOLDERS.flatMap((folder) => readdirSync(join(suite, folder)).map((file) => join(suite, folder, file)));
  const command = [join(root, "test/conformance/main.mjs"), "component", ...files];
  const output = execFileSync(process.execPath, command, { encoding: "utf8", cwd: root });
  const result = JSON.parse(output.trim().split("\n").at(-1) ?? "") as { pass: number; fail: number };
  expect(result.fail).toBe(0);
  expect(result.pass).toBeGreaterThanOrEqual(473);
}

it(
  here
    ? "every assertion of the component model's synchronous suite holds"
    : "the component model's suite was skipped: it is not beside the project, and DOTEROS_CONFORMANCE names no folder",
  here ? everyAssertionHolds : () => expect(here).toBe(false),
);
