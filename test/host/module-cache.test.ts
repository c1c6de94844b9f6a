import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { CACHED_MODULE_BYTES_MIN, CACHED_MODULES_MAX } from "../../host/contract/limits.ts";
import type { ModuleCache } from "../../host/contract/module-cache.ts";
import { createHost, moduleCacheIn } from "../../host/node.ts";
import { componentOf } from "../fixture/component.ts";
import { SCRIPT_MANIFEST } from "../fixture/running.ts";

const folder = mkdtempSync(join(tmpdir(), "modules-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A capsule that is large, and unlike every other: what is compiled once stays in the process. */
function large(name: string, bytes = CACHED_MODULE_BYTES_MIN): Promise<Uint8Array> {
  return componentOf(`(module
    (memory (export "memory") 16)
    (data (i32.const 4096) "${name.padEnd(bytes, ".")}")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "doteros:capsule/handler@0.1.0#handle") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
      (i32.store (i32.const 2048) (i32.const 0))
      (i32.const 2048)))`);
}

/** Loads it, and has it handle a message. */
async function run(bytes: Uint8Array, modules: ModuleCache): Promise<number> {
  await using host = await createHost({ modules });
  const capsule = await host.load(bytes, { manifest: { ...SCRIPT_MANIFEST, capabilities: {} }, grants: ["subscribe=do"] });
  await host.publish("do", "it");
  await host.idle();
  return capsule.counters.transitions;
}


describe("a cache of modules in a folder", () => {
  it("keeps a large module, for its owner alone, and leaves nothing else behind", async () => {
    const own = join(folder, "own");
    expect(await run(await large("kept"), moduleCacheIn(own))).toBe(1);
    expect(readdirSync(own)).toEqual([expect.stringMatching(/^[0-9a-f]{64}-\d+\.module$/)]);
    expect(statSync(own).mode & 0o077).toBe(0);
  });

  it("is asked before a module is rewritten, and what it has is run", async () => {
    const own = join(folder, "asked");
    const cache = moduleCacheIn(own);
    const kept = new Map<string, Uint8Array>();
    const watched: ModuleCache = {
      get: async (name) => cache.get(name),
      put: async (name, bytes) => {
        kept.set(name, bytes);
        await cache.put(name, bytes);
      },
    };
    await run(await large("first"), watched);
    const [[name, bytes]] = [...kept] as [[string, Uint8Array]];
    expect(await cache.get(name)).toEqual(Buffer.from(bytes));
    // Another module's record under the name of one that was never rewritten: that is what runs.
    const asked: string[] = [];
    const other: ModuleCache = {
      get: async (wanted) => {
        asked.push(wanted);
        return bytes;
      },
      put: async () => {
        throw new Error("there was one");
      },
    };
    expect(await run(await large("second"), other)).toBe(1);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, 1000)],
    ["empty", () => Buffer.alloc(0)],
    ["something else", () => Buffer.from("not a module")],
  ])("that is %s is like one that has forgotten", async (what, damage) => {
    const own = join(folder, what);
    await run(await large(what), moduleCacheIn(own));
    const [file = ""] = readdirSync(own);
    const whole = readFileSync(join(own, file));
    const damaged: ModuleCache = { get: async () => damage(whole), put: async (name, bytes) => moduleCacheIn(own).put(name, bytes) };
    expect(await run(await large(`${what}, again`), damaged)).toBe(1);
    expect(readdirSync(own)).toHaveLength(2);
  });

  it("that cannot be written is no reason to fail", async () => {
    const file = join(folder, "a file");
    writeFileSync(file, "");
    expect(await run(await large("unwritable"), moduleCacheIn(file))).toBe(1);
  });

  it("is not asked about small modules", async () => {
    const own = join(folder, "small");
    expect(await run(await large("small", 100), moduleCacheIn(own))).toBe(1);
    expect(() => readdirSync(own)).toThrow(/ENOENT/);
  });

  it("keeps so many, those that were used last", async () => {
    const own = join(folder, "many");
    const cache = moduleCacheIn(own);
    for (let at = 0; at < CACHED_MODULES_MAX; at += 1) await cache.put(`module-${at}`, Uint8Array.of(at));
    await wait(20);
    await cache.get("module-0");
    await cache.put("more", Uint8Array.of(1));
    const names = readdirSync(own);
    expect(names).toHaveLength(CACHED_MODULES_MAX);
    expect(names).toEqual(expect.arrayContaining(["module-0.module", "more.module"]));
  });
});
