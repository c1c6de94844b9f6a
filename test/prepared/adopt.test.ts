import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { adoptCapsule, createHost, hostModules, MemoryStore, prepareCapsule, replayLedger } from "../../host/edge.ts";
import type { LoadOptions } from "../../host/index.ts";
import { componentOf } from "../fixture/component.ts";

const counter = readFileSync(join(import.meta.dirname, "..", "..", ".build", "capsules", "counter", "counter.wasm"));
const OPTIONS: LoadOptions = { grants: ["state", "publish=counted.>", "subscribe=readings.>"] };

/** What stands for a component that was prepared, and its digest. */
async function adopted(bytes: Uint8Array): Promise<{ bytes: Uint8Array; digest: string }> {
  const { digest, plan, modules } = structuredClone(await prepareCapsule(bytes));
  const compiled = modules.map(({ bytes: code, digest: before, metering }) => ({ module: new WebAssembly.Module(code), digest: before, metering }));
  return { bytes: await adoptCapsule({ digest, plan, modules: compiled }), digest };
}

/** A ledger of a few messages. */
async function ledgerOf(bytes: Uint8Array): Promise<{ store: MemoryStore; digest: string }> {
  const store = new MemoryStore();
  const host = await createHost({ store });
  const { digest } = await host.load(bytes, OPTIONS);
  for (const city of ["oslo", "rome", "oslo"]) await host.publish(`readings.${city}`, "1");
  await host.idle();
  await host.close();
  return { store, digest };
}

describe("a capsule that was prepared", () => {
  it("writes the ledger that the component writes, to the byte", async () => {
    const [whole, prepared] = [await ledgerOf(counter), await ledgerOf((await adopted(counter)).bytes)];
    expect(prepared.digest).toBe(whole.digest);
    expect([...prepared.store.entries(0)]).toEqual([...whole.store.entries(0)]);
    expect([...whole.store.entries(0)].length).toBeGreaterThan(3);
  });

  it("is replayed with the component, which its store does not have", async () => {
    const { store, digest } = await ledgerOf((await adopted(counter)).bytes);
    expect(store.component(digest)).toBeUndefined();
    const report = await replayLedger({ entries: store.entries(0), component: (wanted) => (wanted === digest ? counter : undefined) });
    expect([report.transitions, report.difference]).toEqual([3, undefined]);
    await expect(replayLedger({ entries: store.entries(0), component: (wanted) => store.component(wanted) })).rejects.toMatchObject({ code: "not-kept" });
  });

  it("is not taken for another whose plan is the same", async () => {
    const capsule = (digit: number): Promise<Uint8Array> => componentOf(`(module
      (import "doteros:capsule/state@0.1.0" "put" (func $put (param i32 i32 i32 i32 i32)))
      (memory (export "memory") 1)
      (data (i32.const 256) "k")
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
      (func (export "doteros:capsule/handler@0.1.0#handle") ${"(param i32) ".repeat(15)} (result i32)
        (i32.store8 (i32.const 512) (i32.const ${digit}))
        (call $put (i32.const 256) (i32.const 1) (i32.const 512) (i32.const 1) (i32.const 64))
        (i32.store8 (i32.const 64) (i32.const 0))
        (i32.const 64)))`);
    const [one, two] = [await capsule(1), await capsule(2)];
    expect((await prepareCapsule(one)).plan).toEqual((await prepareCapsule(two)).plan);
    const host = await createHost();
    for (const bytes of [one, two]) await host.load((await adopted(bytes)).bytes, { grants: ["state", "subscribe=a"] });
    await host.publish("a", "");
    await host.idle();
    expect([...host.capsules.values()].map(({ state }) => state.get("k")?.[0])).toEqual([1, 2]);
    await host.close();
  });

  it("may be linked to another that was", async () => {
    const stranger = await adopted(counter);
    const host = await createHost();
    // It is found, and looked at: it exports something else.
    await expect(host.load(counter, { ...OPTIONS, link: { "doteros:capsule/state": stranger.bytes } })).rejects.toMatchObject({ code: "missing-export" });
    await host.close();
  });

  it("is no core module: a plugin cannot be prepared", async () => {
    await expect(prepareCapsule(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))).rejects.toMatchObject({ code: "unsupported", message: expect.stringContaining("a plugin cannot be prepared") as unknown });
  });

  it("wants all its modules", async () => {
    const { digest, plan } = await prepareCapsule(counter);
    await expect(adoptCapsule({ digest: digest.replace(/^./u, "x"), plan, modules: [] })).rejects.toMatchObject({ code: "wrong-import" });
  });
});

it("the host's own modules are modules", () => {
  expect(Object.values(hostModules()).map((bytes) => WebAssembly.validate(bytes))).toEqual([true, true, true, true]);
});
