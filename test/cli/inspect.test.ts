import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@bytecodealliance/jco";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, objects } from "./command.ts";
import { Folder, moody } from "./fixture.ts";

const WEATHER = join(".build", "capsules", "weather", "weather.wasm");
const folder = new Folder();
let moodyFile = "";
beforeAll(async () => {
  moodyFile = folder.write("moody.wasm", await moody());
});
afterAll(() => folder.remove());

describe("doteros-wasm inspect", () => {
  it("tells machines everything about a capsule", async () => {
    const { code, stdout, stderr } = await command(["inspect", WEATHER, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const [inspection = {}] = objects(stdout);
    const bytes = readFileSync(WEATHER);
    expect(inspection).toMatchObject({
      type: "component",
      file: WEATHER,
      name: "weather",
      version: "0.1.0",
      digest: createHash("sha256").update(bytes).digest("hex"),
      problems: [],
      exports: [{ name: "doteros:capsule/handler@0.1.0", kind: "instance", functions: ["handle"] }],
    });
    expect(inspection["imports"]).toContainEqual({ name: "doteros:capsule/state@0.1.0", kind: "instance", functions: ["get", "put"], types: ["fault"] });
    const { file, coreModules } = inspection["sizes"] as { file: number; coreModules: number[] };
    expect(file).toBe(bytes.length);
    expect(coreModules.reduce((sum, size) => sum + size, 0)).toBeLessThan(file);
    expect(inspection["wit"]).toContain("export doteros:capsule/handler@0.1.0;");
  });

  it("gives the flags that grant what is asked for, and they do", async () => {
    const [inspection = {}] = objects((await command(["inspect", WEATHER, "--json"])).stdout);
    const requests = inspection["requests"] as { grant: string; flag: string }[];
    expect(requests.map(({ flag }) => flag)).toEqual([
      "--grant state",
      "--grant 'publish=alerts.>'",
      "--grant log",
      "--grant context",
      "--grant 'subscribe=readings.>'",
    ]);
    const input = folder.write("none.ndjson", "");
    const run = await command(["run", WEATHER, "--input", input, ...requests.flatMap(({ grant }) => ["--grant", grant])]);
    expect(run.code).toBe(0);
  });

  it("tells people the same", async () => {
    const { code, stdout } = await command(["inspect", WEATHER]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^weather 0\.1\.0$/m);
    expect(stdout).toMatch(/^ {2}sha-256 {2}[0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^ {2}publish=alerts\.> +--grant 'publish=alerts\.>'$/m);
    expect(stdout).toContain(`doteros-wasm run ${WEATHER} --input FILE --grant state --grant 'publish=alerts.>'`);
    expect(stdout).toMatch(/^ {2}doteros:capsule\/state@0\.1\.0 +get, put$/m);
    expect(stdout).toMatch(/^ {2}world root \{$/m);
    expect(stdout).not.toContain("\u001b");
  });

  it("asks for what the imports need when there is no manifest", async () => {
    const { stdout } = await command(["inspect", moodyFile]);
    expect(stdout).toMatch(/^a component without a manifest$/m);
    expect(stdout).toMatch(/^ {2}state +--grant state$/m);
    expect(stdout).toContain("--grant subscribe=PATTERN");
  });

  it("shows a component that is no capsule, and says why it is none", async () => {
    const file = folder.write("nothing.wasm", await parse('(component (import "demo:app/thing" (instance (export "go" (func)))))'));
    const { code, stdout } = await command(["inspect", file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}demo:app\/thing {2}go$/m);
    expect(stdout).toMatch(/^this host cannot run it as a capsule$/m);
    expect(stdout).toContain("error[DW0013]: the component does not export doteros:capsule/handler@0.1.0");
    expect(stdout).toContain("error[DW0011]: the component imports what this host does not offer");
  });
});

describe("doteros-wasm inspect --explain", () => {
  const explanations = async (file: string): Promise<Record<string, unknown>[]> => {
    const [inspection = {}] = objects((await command(["inspect", file, "--explain", "--json"])).stdout);
    return inspection["explanations"] as Record<string, unknown>[];
  };

  it("says of each import of a capsule which way it goes", async () => {
    const all = await explanations(WEATHER);
    expect(all.map((one) => [one["import"], one["source"], one["grant"]])).toEqual([
      ["doteros:capsule/types@0.1.0", "nowhere", undefined],
      ["doteros:capsule/state@0.1.0", "memory", "state"],
      ["doteros:capsule/messaging@0.1.0", "memory", "publish=PATTERN"],
      ["doteros:capsule/context@0.1.0", "transition", "context"],
      ["wasi:logging/logging@0.1.0-draft", "memory", "log"],
    ]);
    expect(all.every((one) => one["waits"] === "never" && one["runtimes"] === "all")).toBe(true);
  });

  it("says what leads outside and waits, with which grant, where, and what is there without it", async () => {
    const file = folder.write(
      "outside.wasm",
      await parse(`(component
        (import "wasi:sockets/tcp@0.2.6" (instance (export "tcp-socket" (type (sub resource)))))
        (import "wasi:random/random@0.2.1" (instance (export "get-random-u64" (func (result u64)))))
        (import "acme:own/thing@1.0.0" (instance (export "go" (func)))))`),
    );
    expect(await explanations(file)).toEqual([
      { import: "wasi:sockets/tcp@0.2.6", functions: [], source: "outside", grant: "net:HOST:PORT", waits: "for the network's thread", runtimes: ["Node", "Deno", "Bun"], without: "the answer is access-denied", text: expect.stringContaining("access-denied") as string },
      { import: "wasi:random/random@0.2.1", functions: [], source: "transition", waits: "never", runtimes: "all", without: expect.any(String) as string, text: expect.stringContaining("seed") as string },
      { import: "acme:own/thing@1.0.0", functions: [], source: "refused", waits: "never", runtimes: [], text: expect.stringContaining("refused at load") as string },
    ]);
    const { stdout } = await command(["inspect", file, "--explain"]);
    expect(stdout).toMatch(/^wasi:sockets\/tcp@0\.2\.6\n {2}by what lies outside, with the grant net:HOST:PORT: .* shared memory/m);
    expect(stdout).toContain("error[DW0011]");
  });
});

describe("doteros-wasm", () => {
  it("says its version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await command(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each([[["--help"]], [["run", "--help"]], [["inspect", "-h"]]])("helps with %j, with every option and an example", async (words) => {
    const { code, stdout, stderr } = await command(words);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^usage: doteros-wasm /m);
    expect(stdout).toMatch(/^exit codes: 0 done/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(125);
  });

  it("helps and ends with 2 when nothing was typed", async () => {
    expect(await command([])).toMatchObject({ code: 2, stdout: "", stderr: (await command(["--help"])).stdout });
  });

  it("colours errors when it is told to", async () => {
    expect((await command(["rnu"], "", { FORCE_COLOR: "1" })).stderr).toContain("\u001b[31merror[DW0061]\u001b[39m");
  });
});
