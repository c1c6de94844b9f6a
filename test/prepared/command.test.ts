import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "@bytecodealliance/jco";
import { parseSync } from "oxc-parser";
import { afterAll, describe, expect, it } from "vitest";
import { command, objects } from "../cli/command.ts";
import { Folder, moody } from "../cli/fixture.ts";

const COUNTER = join(".build", "capsules", "counter", "counter.wasm");
const GRANTS = ["state", "publish=counted.>", "subscribe=readings.>"].flatMap((grant) => ["--grant", grant]);
const folder = new Folder();
afterAll(() => folder.remove());

describe("doteros-wasm prepare", () => {
  it("writes the modules, the plan, the manifest and a worker that has them all", async () => {
    const out = join(folder.path, "counter");
    const settings = ["--config", "a=1", "--label", "tenant=acme", "--limit", "fuelPerMessage=1M", "--header", "X-Request-Id"];
    const { code, stdout, stderr } = await command(["prepare", COUNTER, "--out", out, ...GRANTS, ...settings, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const digest = createHash("sha256").update(readFileSync(COUNTER)).digest("hex");
    const [report = {}] = objects(stdout);
    expect(report).toMatchObject({ type: "prepared", folder: out, name: "counter", version: "0.1.0", digest });
    const files = readdirSync(out).sort();
    expect(Object.keys(report["files"] as object).sort()).toEqual(files);
    const cores = files.filter((name) => name.startsWith("core"));
    expect(files).toEqual(["capsule.mjs", "host.mjs", "worker.mjs", "workerd.capnp", ...["f32", "f64", "gauge", "route"].map((name) => `host-${name}.wasm`), ...cores].sort());
    for (const name of files.filter((file) => file.endsWith(".wasm"))) expect(WebAssembly.validate(readFileSync(join(out, name)))).toBe(true);
    const { manifest, prepared } = (await import(pathToFileURL(join(out, "capsule.mjs")).href)) as { manifest: object; prepared: (compiled: readonly unknown[]) => { digest: string; modules: { module: unknown; metering: { countersFrom?: string } }[] } };
    expect(manifest).toMatchObject({ name: "counter", subscriptions: ["readings.>"] });
    const capsule = prepared(cores);
    expect([capsule.digest, capsule.modules.map(({ module }) => module)]).toEqual([digest, cores]);
    expect(capsule.modules[0]?.metering.countersFrom).toBe("doteros:limits");
    const worker = readFileSync(join(out, "worker.mjs"), "utf8");
    for (const line of ['  grants: ["state","publish=counted.>","subscribe=readings.>"],', '  config: {"a":"1"},', '  labels: {"tenant":"acme"},', '  limits: {"fuelPerMessage":1000000},', '  headers: ["x-request-id"],']) expect(worker).toContain(`\n${line}\n`);
    for (const name of files.filter((file) => file !== "worker.mjs" && file !== "workerd.capnp")) expect(worker).toContain(`"./${name}"`);
    for (const name of files.filter((file) => file !== "workerd.capnp")) expect(readFileSync(join(out, "workerd.capnp"), "utf8")).toContain(`embed "${name}"`);
    const host = readFileSync(join(out, "host.mjs"), "utf8");
    expect(parseSync("host.mjs", host).module.staticImports).toEqual([]);
    // A method may be named eval; one that is called is behind a dot.
    expect(/.{0,40}(?:\bnew Function\b|(?<![.}\w$])eval\()/u.exec(host)).toBeNull();
  });

  it("tells people the same", async () => {
    const out = join(folder.path, "told");
    const { code, stdout } = await command(["prepare", COUNTER, "--out", out, ...GRANTS]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/told: counter 0\.1\.0$/mu);
    expect(stdout).toMatch(/^ {2}sha-256 +[0-9a-f]{64}$/mu);
    expect(stdout).toMatch(/^ {2}core0\.wasm +[\d,]+ bytes$/mu);
  });

  it("prepares a component without a manifest as what it is granted", async () => {
    const out = join(folder.path, "moody");
    expect((await command(["prepare", folder.write("moody.wasm", await moody()), "--out", out, "--grant", "state", "--grant", "publish=b.>", "--grant", "subscribe=a.>"])).code).toBe(0);
    expect(readFileSync(join(out, "worker.mjs"), "utf8")).not.toContain("manifest");
  });

  it.each([
    ["what is not granted, with the flags that grant it", [COUNTER, "--grant", "state"], 1, /error\[DW0031\][^]*--grant 'publish=counted\.>'/u],
    ["limits that are too low for what it begins with", [COUNTER, ...GRANTS, "--limit", "memoryBytesMax=1"], 1, /error\[DW0006\]/u],
    ["a file that is no component", ["package.json", ...GRANTS], 1, /error\[DW0001\]/u],
    ["a header that can be none", [COUNTER, ...GRANTS, "--header", "a b"], 2, /error\[DW0061\]/u],
    ["a grant that is none", [COUNTER, "--grant", "moon"], 2, /error\[DW0033\]/u],
    ["two components", [COUNTER, COUNTER], 2, /error\[DW0061\]/u],
  ])("refuses %s, and writes nothing", async (_, words, exit, message) => {
    const out = join(folder.path, "refused");
    const { code, stdout, stderr } = await command(["prepare", ...words, "--out", out]);
    expect([code, stdout]).toEqual([exit, ""]);
    expect(stderr).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  it("refuses what imports what no host offers, and what is no capsule", async () => {
    const file = folder.write("foreign.wasm", await parse('(component (import "acme:math/ops" (instance (export "go" (func)))))'));
    const { code, stderr } = await command(["prepare", file, "--out", join(folder.path, "foreign")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error\[DW001[13]\]/u);
  });

  it("leaves a folder alone that is there, and wants to be told one", async () => {
    const out = folder.folder("there");
    const { code, stderr } = await command(["prepare", COUNTER, "--out", out, ...GRANTS]);
    expect(code).toBe(1);
    expect(stderr).toContain("error[DW0064]");
    expect(readdirSync(out)).toEqual([]);
    expect((await command(["prepare", COUNTER, ...GRANTS])).code).toBe(2);
    expect((await command(["prepare"])).code).toBe(2);
  });
});
