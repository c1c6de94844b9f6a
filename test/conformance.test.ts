import { execFileSync, spawnSync } from "node:child_process";
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

const cases = join(data, "rego/v1");
const caseFolders = existsSync(cases) ? [cases] : [];
const CASES_PRESENCE =
  caseFolders.length === 0 ? "were skipped: they are not beside the project, and DOTEROS_CONFORMANCE names no folder" : `are at ${cases}`;
/** The folders whose cases need what the engine leaves out: GraphQL, X.509 beyond public keys, signing for AWS, policies as data. */
const LEFT_OUT = /^(?:graphql|cryptox509|cryptoparsersaprivatekeys|providers-aws|regoparsemodule)/;
/** A number with an exponent is written as such there. */
const KNOWN = ["strings/test-strings-0921.yaml"];

describe("OPA's cases", () => {
  it.each([CASES_PRESENCE])("%s", () => expect(existsSync(cases)).toBe(caseFolders.length > 0));

  it.each(caseFolders)("hold in %s, but for those that need what is left out", { timeout: 120_000 }, (folder) => {
    const command = [join(root, "test/conformance/main.mjs"), "rego", folder];
    const { stdout } = spawnSync(process.execPath, command, { encoding: "utf8", cwd: root, maxBuffer: 1 << 26 });
    const lines = stdout.trim().split("\n");
    const failing = lines.filter((line, at) => /^[\w-]+\//.test(line) && lines[at + 1]?.startsWith("  skipped:") === false);
    const result = JSON.parse(lines.at(-1) ?? "") as { pass: number; fail: number };
    expect(failing).toHaveLength(result.fail);
    expect(failing.filter((line) => !LEFT_OUT.test(line) && !KNOWN.some((name) => line.startsWith(name)))).toEqual([]);
    expect(result.pass).toBeGreaterThanOrEqual(1_708);
  });
});
