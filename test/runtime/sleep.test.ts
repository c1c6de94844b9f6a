import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Capsule, SleepOptions } from "../../host/contract/host.ts";
import { createHost, MemoryStore, openDotstore, replayLedger, type Store } from "../../host/node.ts";
import { fromEnvironment, Random } from "../component/random.ts";
import { componentOf } from "../fixture/component.ts";
import { ALL_GRANTS, type Running, SCRIPT_MANIFEST, start } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

const SEED = fromEnvironment("DOTEROS_SEED", 1);
const RUNS = fromEnvironment("DOTEROS_SEEDS", 12);
const SOON: SleepOptions = { afterMilliseconds: 5 };
const folder = mkdtempSync(join(tmpdir(), "sleep-"));
let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 2 });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function until(done: () => boolean): Promise<void> {
  for (let left = 400; left > 0 && !done(); left -= 1) await wait(5);
  expect(done()).toBe(true);
}
const asleep = ({ capsule }: Running): Promise<void> => until(() => capsule.isAsleep);

const STORES: readonly (readonly [string, () => Promise<Store | undefined>])[] = [
  ["without a store", () => Promise.resolve(undefined)],
  ["with one in memory", () => Promise.resolve(new MemoryStore())],
  ["with dotstore", () => openDotstore(join(folder, String(Math.random())))],
];

describe.each(STORES)("a capsule that has nothing to do, %s", (_, open) => {
  it("sleeps, is woken by a message, and is what it was: state, memory, counters", async () => {
    const store = await open();
    const running = await start(script, {}, { sleep: SOON, ...(store === undefined ? {} : { store }) });
    const { capsule, send, texts, entries } = running;
    await send("p a 1\nx out");
    await asleep(running);
    expect([capsule.isAsleep, entries(), capsule.counters.transitions, capsule.name, capsule.manifest.subscriptions]).toEqual([true, { a: "1" }, 1, "script", ["do"]]);
    expect(capsule.isAsleep).toBe(true);
    await send("x out\np b 2");
    expect(texts()).toEqual(["out 1", "out 2"]);
    await asleep(running);
    await send("x out\ng b out");
    expect([texts().slice(2), entries(), capsule.counters.transitions]).toEqual([["out 3", "out 2"], { a: "1", b: "2" }, 3]);
    expect(capsule.handlerNanoseconds).toBeGreaterThan(0);
    await running.host.close();
    if (store === undefined) return;
    expect(await replayLedger({ entries: store.entries(0), component: (digest) => store.component(digest) })).toMatchObject({ difference: undefined, transitions: 3 });
    await store.close();
  });

  it(`comes to the same, wherever it slept, ${RUNS} runs from seed ${SEED} on`, async () => {
    for (let seed = SEED; seed < SEED + RUNS; seed += 1) {
      const random = new Random(seed);
      const store = await open();
      const kept = store === undefined ? {} : { store };
      const here = await start(script, { retry: { attempts: 2 } }, { sleep: { afterMilliseconds: "never" } });
      const there = await start(script, { retry: { attempts: 2 } }, { sleep: { afterMilliseconds: 1 }, ...kept });
      for (let left = 8; left > 0; left -= 1) {
        const line = ["p a 1\nx out", "x out", "p b 2", "t", "f no", "o", "d a", "g a out\ns out", "v out", "r svc hello"][random.below(10)] as string;
        await Promise.all([here.send(line), there.send(line)]);
        if (random.once(2)) await asleep(there);
      }
      expect(there.texts(), `seed ${seed}`).toEqual(here.texts());
      expect(there.entries(), `seed ${seed}`).toEqual(here.entries());
      expect({ ...there.capsule.counters }, `seed ${seed}`).toEqual({ ...here.capsule.counters });
      expect(Buffer.from(await there.capsule.snapshot()).equals(await here.capsule.snapshot()), `seed ${seed}`).toBe(true);
      for (const { host } of [here, there]) await host.close();
      await store?.close();
    }
  });

  it("can be unloaded, and the host be closed, while it sleeps", async () => {
    const store = await open();
    const kept = store === undefined ? {} : { store };
    const running = await start(script, {}, { sleep: SOON, ...kept });
    await running.send("p a 1");
    await asleep(running);
    await running.capsule.unload();
    const again = await running.host.load(script, { grants: ALL_GRANTS, manifest: SCRIPT_MANIFEST });
    await running.send("p b 2\nx out");
    expect(Array.from(again.state.entries(), ([key]) => key)).toEqual(["a", "b"]);
    await until(() => again.isAsleep);
    await running.host.close();
    await store?.close();
  });
});

it("more capsules than may be awake: those that did nothing for longest sleep", async () => {
  const host = await createHost({ sleep: { awakeMax: 8, afterMilliseconds: "never" } });
  const capsules: Capsule[] = [];
  for (let at = 0; at < 40; at += 1) {
    capsules.push(await host.load(script, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name: `script-${at}`, subscriptions: [`do.${at}`] } }));
  }
  await until(() => capsules.filter(({ isAsleep }) => !isAsleep).length <= 8);
  for (let at = 0; at < 40; at += 1) await host.publish(`do.${at}`, "p a 1");
  await host.idle();
  expect(capsules.map(({ counters }) => counters.transitions)).toEqual(capsules.map(() => 1));
  await until(() => capsules.filter(({ isAsleep }) => !isAsleep).length <= 8);
  expect(capsules.map(({ state }) => state.size)).toEqual(capsules.map(() => 1));
  await host.close();
});

it("what cannot be copied, or remembers the last seconds, stays awake", async () => {
  const tables = await componentOf(`(module
    (memory (export "memory") 1)
    (table $t 4 funcref)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "doteros:capsule/handler@0.1.0#handle") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
      (table.set $t (i32.const 0) (ref.null func))
      (i32.store (i32.const 2048) (i32.const 0))
      (i32.const 2048)))`);
  const kept = [await start(tables, {}, { sleep: SOON }), await start(script, { limits: { breaker: { failures: 3, openMilliseconds: 10 } } }, { sleep: SOON }), await start(script, { limits: { fuelPerSecond: 1_000_000_000 } }, { sleep: SOON })];
  const sleeper = await start(script, {}, { sleep: SOON });
  for (const { send } of kept) await send("v out");
  await asleep(sleeper);
  await wait(30);
  expect(kept.map(({ capsule }) => capsule.isAsleep)).toEqual([false, false, false]);
  await expect(kept[0]?.capsule.snapshot()).rejects.toMatchObject({ code: "unsupported", message: expect.stringContaining("a table that its code changes") as string });
  for (const { host } of [...kept, sleeper]) await host.close();
});

it.each([
  [{ afterMilliseconds: 0 }, /sleep\.afterMilliseconds/],
  [{ afterMilliseconds: 1.5 }, /sleep\.afterMilliseconds/],
  [{ awakeMax: 0 }, /sleep\.awakeMax/],
])("the option %j is refused", async (sleep, message) => {
  await expect(createHost({ sleep })).rejects.toThrow(message);
});

it("a policy that changes is written down for capsules that sleep, too, and wakes nobody", async () => {
  const store = new MemoryStore();
  const allow = { modules: { "policy.rego": "package doteros\nallow := true" } };
  const running = await start(script, {}, { sleep: SOON, store, policy: allow });
  await asleep(running);
  await running.host.setPolicy({ modules: { "policy.rego": 'package doteros\nallow if input.operation != "state.put"' } });
  expect(running.capsule.isAsleep).toBe(true);
  await running.send("p a 1");
  expect(running.capsule.counters).toMatchObject({ deadLettered: 1, denied: 3 });
  await running.host.close();
  expect(await replayLedger({ entries: store.entries(0), component: (digest) => store.component(digest) })).toMatchObject({ difference: undefined });
});
