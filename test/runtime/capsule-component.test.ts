import { parse } from "@bytecodealliance/jco";
import { beforeAll, describe, expect, it } from "vitest";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { capsuleComponent } from "../../host/runtime/capsule-component.ts";
import { hexOf } from "../../host/runtime/hex.ts";
import { meteredModule, meteringOf } from "../../host/wasm/metered-module.ts";
import { start } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";
import { refusalOf } from "../refusal.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 1 });
});

const digestOf = (bytes: Uint8Array): string => hexOf(nodePlatform.sha256(bytes));

describe("a component", () => {
  it("is read once for the same bytes, as long as someone has it", async () => {
    const one = await capsuleComponent(script, nodePlatform);
    const other = await capsuleComponent(new Uint8Array(script), nodePlatform);
    expect(other).toBe(one);
    expect(one.digest).toBe(digestOf(script));
  });

  it("stays what it was when the caller's bytes change", async () => {
    const bytes = await scriptCapsule({ pages: 2 });
    const before = new Uint8Array(bytes);
    const compiling = capsuleComponent(bytes, nodePlatform);
    bytes.fill(0);
    const { bytes: kept, digest } = await compiling;
    expect(kept).toEqual(before);
    expect(digest).toBe(digestOf(before));
  });

  it("that cannot be held to limits says which of its modules is meant", async () => {
    const wat = "(component (core module (memory 1)) (core module (memory 1 2 shared)))";
    const error = await refusalOf(capsuleComponent(await parse(wat), nodePlatform));
    expect([error.code, error.message]).toEqual(["unsupported", expect.stringMatching(/^core module 1 of the component: /)]);
  });

  it("that is shared by two capsules is not shared in what it may use, and what it counts", async () => {
    const [poor, rich] = await Promise.all([
      start(script, { name: "poor", retry: { attempts: 1 } }, { load: { limits: { fuelPerMessage: 10_000, memoryBytesMax: 65_536 } } }),
      start(script, { name: "rich" }),
    ]);
    const work = "c out\nc out\nc out\nc out\nc out\nc out";
    await poor.send(work);
    await rich.send(work);
    expect(poor.capsule.counters).toMatchObject({ exhausted: 1, transitions: 0 });
    expect(rich.capsule.counters).toMatchObject({ exhausted: 0, transitions: 1 });
    await poor.host.close();
    await rich.host.close();
  });
});

describe("a module", () => {
  it("is rewritten and compiled once for the same digest, with what is to be known of it", async () => {
    const bytes = await parse('(module (memory 1) (func (export "run") loop br 0 end))');
    const one = await meteredModule(bytes, digestOf(bytes));
    expect(await meteredModule(new Uint8Array(bytes), digestOf(bytes))).toBe(one);
    expect(meteringOf(one)?.countersFrom).toBe("doteros:limits");
    expect(WebAssembly.Module.imports(one).map(({ module, name }) => `${module} ${name}`)).toContain("doteros:limits fuel");
    expect(WebAssembly.Module.exports(one).map(({ name }) => name)).toContain("run");
  });

  it("that nobody rewrote is one of which nothing is known", async () => {
    expect(meteringOf(new WebAssembly.Module(await parse("(module)")))).toBeUndefined();
  });

  it("that is none is refused, each time", async () => {
    const bytes = Uint8Array.of(0, 1, 2);
    expect((await refusalOf(meteredModule(bytes, digestOf(bytes)))).code).toBe("invalid");
    expect((await refusalOf(meteredModule(bytes, digestOf(bytes)))).code).toBe("invalid");
  });
});
