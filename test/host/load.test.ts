import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { DoterosError } from "../../host/contract/error.ts";
import type { LoadOptions } from "../../host/contract/host.ts";
import type { Manifest } from "../../host/contract/manifest.ts";
import { withManifest } from "../../host/cli/build/manifest-section.ts";
import { createHost } from "../../host/node.ts";
import { componentOf, ownWit } from "../fixture/component.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST, textOf } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

const HANDLE = '(func (export "doteros:capsule/handler@0.1.0#handle") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) i32.const 16)';
const MEMORY = '(memory (export "memory") 1) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)';
const withImports = (...imports: string[]): string => `(module ${imports.join(" ")} ${MEMORY} ${HANDLE})`;

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule();
});

async function refusal(bytes: Uint8Array, options: LoadOptions = {}): Promise<DoterosError> {
  await using host = await createHost();
  const error = await host.load(bytes, options).then(
    () => new Error("it was loaded"),
    (thrown: unknown) => thrown,
  );
  expect(host.capsules.size).toBe(0);
  return error as DoterosError;
}

describe("loading a capsule", () => {
  it("gives it the name, version and digest that it has", async () => {
    await using host = await createHost();
    const capsule = await host.load(script, { manifest: SCRIPT_MANIFEST, grants: ALL_GRANTS });
    expect(capsule).toMatchObject({ name: "script", version: "0.1.0", manifest: SCRIPT_MANIFEST });
    expect(capsule.digest).toBe(createHash("sha256").update(script).digest("hex"));
    expect(host.capsules.get("script")).toBe(capsule);
  });

  it("works without a manifest: the grants say what it listens on", async () => {
    await using host = await createHost();
    const capsule = await host.load(script, { grants: ["state", "publish=out.*", "request=svc", "log", "context", "subscribe=do.*"] });
    expect(capsule.name).toBe(capsule.digest.slice(0, 12));
    expect(capsule.manifest).toMatchObject({ version: "0.0.0", subscriptions: ["do.*"], capabilities: { publish: ["out.*"], request: ["svc"] } });
    const heard: string[] = [];
    host.subscribe("out.>", ({ payload }) => heard.push(textOf(payload)));
    await host.publish("do.it", "m out.a well");
    await host.idle();
    expect(heard).toEqual(["well"]);
  });

  it("takes the manifest that the component carries, when none is given", async () => {
    const carrying = withManifest(script, "name: carried\nversion: 2.0.0\ncapabilities:\n  state: true\n  log: true\n  context: true\n  publish: [out]\n  request: [svc]\nsubscriptions: [do.it]\n");
    expect(await refusal(carrying, { grants: ["state"] })).toMatchObject({ code: "not-granted", message: expect.stringContaining("carried asks for") as string });
    await using host = await createHost();
    expect(await host.load(carrying, { grants: ALL_GRANTS })).toMatchObject({ name: "carried", version: "2.0.0", manifest: { subscriptions: ["do.it"] } });
    expect(await host.load(carrying, { grants: ALL_GRANTS, manifest: SCRIPT_MANIFEST })).toMatchObject({ name: "script" });
    expect(await refusal(withManifest(script, "name: [\n"))).toMatchObject({ code: "invalid-manifest", where: "doteros:manifest" });
  });

  it("takes the operator's settings before those of the manifest", async () => {
    const core = `(module
      (import "doteros:capsule/context@0.1.0" "config" (func $config (param i32 i32 i32)))
      (import "doteros:capsule/state@0.1.0" "put" (func $put (param i32 i32 i32 i32 i32)))
      (memory (export "memory") 1) (data (i32.const 64) "ab")
      (global $heap (mut i32) (i32.const 1024))
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $heap (i32.add (global.get $heap) (i32.const 64))) (global.get $heap))
      (func $copy (param i32)
        (call $config (local.get 0) (i32.const 1) (i32.const 32))
        (call $put (local.get 0) (i32.const 1) (i32.load (i32.const 36)) (i32.load (i32.const 40)) (i32.const 48)))
      ${HANDLE.replace("i32.const 16)", "(call $copy (i32.const 64)) (call $copy (i32.const 65)) i32.const 16)")})`;
    await using host = await createHost();
    const manifest: Manifest = { ...SCRIPT_MANIFEST, config: { a: "manifest", b: "manifest" } };
    const capsule = await host.load(await componentOf(core), { manifest, grants: ALL_GRANTS, config: { b: "operator" } });
    await host.publish("do", "");
    await host.idle();
    expect(Array.from(capsule.state.entries(), ([key, value]) => [key, textOf(value)])).toEqual([["a", "manifest"], ["b", "operator"]]);
  });

  it("runs a component that imports nothing", async () => {
    await using host = await createHost();
    const capsule = await host.load(await componentOf(withImports()), { grants: ["subscribe=a"] });
    await host.publish("a", "x");
    await host.idle();
    expect(capsule.counters.transitions).toBe(1);
  });

  it("is not confused by bytes that change while it reads them", async () => {
    await using host = await createHost();
    const bytes = script.slice();
    const loading = host.load(bytes, { manifest: SCRIPT_MANIFEST, grants: ALL_GRANTS });
    bytes.fill(0);
    expect((await loading).digest).toBe(createHash("sha256").update(script).digest("hex"));
  });

  it("does not load two of the same name at once, but one after the other", async () => {
    await using host = await createHost();
    const load = () => host.load(script, { manifest: SCRIPT_MANIFEST, grants: ALL_GRANTS });
    const outcomes = await Promise.allSettled([load(), load()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(load()).rejects.toMatchObject({ code: "capsule-loaded", message: "a capsule named script is loaded already" });
    await host.capsules.get("script")?.unload();
    expect((await load()).name).toBe("script");
  });
});

describe("a component that cannot be loaded", () => {
  it("is refused when it is none, with what it is", async () => {
    expect(await refusal(new TextEncoder().encode("hello"))).toMatchObject({ code: "not-wasm" });
    expect(await refusal(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).toMatchObject({ code: "core-module" });
    expect((await refusal(script.subarray(0, script.length - 3))).code).toMatch(/malformed|invalid/);
  });

  it("is refused when it handles no messages, with what it exports", async () => {
    const wit = "package demo:app; world tool { export run: func(); }";
    const error = await refusal(await componentOf('(module (func (export "run")))', { wit, world: "tool" }));
    expect(error).toMatchObject({ code: "missing-export", where: "doteros:capsule/handler@0.1.0" });
    expect(error.message).toContain("it exports run");
    expect(error.help).toContain("wit/capsule.wit");
  });

  it("is refused when its handler has another type", async () => {
    const wit = "package doteros:capsule@0.1.0; interface handler { handle: func(message: string); } world capsule { export handler; }";
    const core = `(module ${MEMORY} (func (export "doteros:capsule/handler@0.1.0#handle") (param i32 i32)))`;
    const error = await refusal(await componentOf(core, { wit }), { grants: ["subscribe=a"] });
    expect(error).toMatchObject({ code: "missing-export", where: "doteros:capsule/handler@0.1.0#handle" });
    expect(error.message).toContain("handle is func(message: string)");
    expect(error.help).toContain("record { subject: string,");
  });

  it("is refused with all imports that nobody offers, and the nearest that somebody does", async () => {
    const wit = `${ownWit().replace("world capsule {", "world capsule {\n  import clock;\n  import stat;")}
      `.replace("interface types {", "interface clock { now: func() -> u64; }\ninterface stat { get: func(); }\ninterface types {");
    const core = withImports(
      '(import "doteros:capsule/clock@0.1.0" "now" (func (result i64)))',
      '(import "doteros:capsule/stat@0.1.0" "get" (func))',
      '(import "doteros:capsule/state@0.1.0" "version" (func (result i64)))',
      '(import "doteros:capsule/policy@0.1.0" "evaluate" (func (param i32 i32 i32 i32 i32)))',
      '(import "doteros:capsule/series@0.1.0" "append" (func (param i32 i32 i64 f64 i32)))',
    );
    const error = await refusal(await componentOf(core, { wit }), { grants: ALL_GRANTS });
    expect(error.code).toBe("missing-import");
    const lines = error.message.split("\n  ").slice(1);
    expect(new Set(lines.map((line) => line.split(" ", 1)[0]))).toEqual(new Set(
      ["clock", "stat"].map((name) => `doteros:capsule/${name}@0.1.0`),
    ));
    expect(error.message).toContain("doteros:capsule/stat@0.1.0 (the nearest one offered is doteros:capsule/state@0.1.0)");
    expect(error.where).toMatch(/^doteros:capsule\/\w+@0\.1\.0$/);
    expect(error.help).toContain("wasi:logging/logging@0.1.0-draft");
  });

  it("is refused when an interface has a function that nobody offers", async () => {
    const wit = ownWit().replace("version: func() -> u64;", "version: func() -> u64; versions: func() -> u64;");
    const core = withImports('(import "doteros:capsule/state@0.1.0" "versions" (func (result i64)))');
    const error = await refusal(await componentOf(core, { wit }), { grants: ALL_GRANTS });
    expect(error).toMatchObject({ code: "missing-import", where: "doteros:capsule/state@0.1.0#versions" });
    expect(error.message).toContain("#versions (the nearest one offered is version)");
  });

  it("is refused when a function has another type than the host's, before anything can break", async () => {
    const wit = ownWit().replace("put: func(key: string, value: list<u8>)", "put: func(key: string, value: string)");
    const core = withImports('(import "doteros:capsule/state@0.1.0" "put" (func (param i32 i32 i32 i32 i32)))');
    const error = await refusal(await componentOf(core, { wit }), { grants: ALL_GRANTS });
    expect(error).toMatchObject({ code: "wrong-import", where: "doteros:capsule/state@0.1.0#put" });
    expect(error.message).toMatch(/the component has func\(key: string, value: string\).*the host func\(key: string, value: list<u8>\)/);
  });

  it("is refused when its manifest does not ask for what it imports, with the lines to add", async () => {
    const manifest: Manifest = { name: "script", version: "0.1.0", capabilities: { state: true, publish: ["a"] }, subscriptions: [] };
    const error = await refusal(script, { manifest, grants: ALL_GRANTS });
    expect(error.code).toBe("invalid-manifest");
    expect(error.message).toBe(
      [
        "script imports what its manifest does not ask for:",
        '  doteros:capsule/messaging@0.1.0#request needs  request: ["SUBJECTS.>"]',
        "  doteros:capsule/context@0.1.0#time needs  context: true",
        "  wasi:logging/logging@0.1.0-draft#log needs  log: true",
      ].join("\n"),
    );
    expect(error.help).toBe('add to capsule.yaml, under capabilities: request: ["SUBJECTS.>"], context: true, log: true');
  });

  it("is refused when it is granted nothing, with every flag", async () => {
    const error = await refusal(script, { manifest: SCRIPT_MANIFEST });
    expect(error.code).toBe("not-granted");
    for (const flag of ["--grant state", "--grant 'publish=>'", "--grant 'request=>'", "--grant log", "--grant context", "--grant subscribe=do"]) {
      expect(error.message).toContain(flag);
    }
  });

  it("is refused when it has no manifest and is granted nothing, with what it imports", async () => {
    const error = await refusal(script);
    expect(error.code).toBe("not-granted");
    expect(error.message).toMatch(/state.*publish >.*request >.*log.*context/s);
    expect(error.message).not.toContain("subscribe");
  });

  it("is refused for a grant that is none, before anything else", async () => {
    expect(await refusal(script, { grants: ["stat"] })).toMatchObject({ code: "invalid-grant" });
  });

  it("is refused for a manifest that is none, whatever its type says", async () => {
    const manifest = { name: "script" } as unknown as Manifest;
    expect(await refusal(script, { manifest, grants: ALL_GRANTS })).toMatchObject({ code: "invalid-manifest" });
  });

  it("is refused when it traps as it is instantiated, and its name is free again", async () => {
    await using host = await createHost();
    const broken = await componentOf(`(module (func $start unreachable) (start $start) ${MEMORY} ${HANDLE})`);
    await expect(host.load(broken, { manifest: SCRIPT_MANIFEST, grants: ALL_GRANTS })).rejects.toMatchObject({ code: "trap" });
    expect((await host.load(script, { manifest: SCRIPT_MANIFEST, grants: ALL_GRANTS })).name).toBe("script");
  });

  it("is refused when it writes or asks for the time as it is instantiated", async () => {
    const impatient = await componentOf(
      `(module (import "doteros:capsule/context@0.1.0" "time" (func $time (result i64)))
        (func $start (drop (call $time))) (start $start) ${MEMORY} ${HANDLE})`,
    );
    const error = await refusal(impatient, { grants: ALL_GRANTS });
    expect(error.code).toBe("trap");
    expect(error.message).toContain("context.time was called while no message is being handled");
  });
});
