import { beforeAll, describe, expect, it } from "vitest";
import { LedgerUsages } from "../../host/cli/usage/ledger-usage.ts";
import type { Capsule, Host } from "../../host/contract/host.ts";
import type { CapsuleUsage } from "../../host/contract/usage.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { createHost } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { ALL_GRANTS, SCRIPT_MANIFEST } from "../fixture/running.ts";
import { scriptCapsule } from "../fixture/script.ts";

let script: Uint8Array;
beforeAll(async () => {
  script = await scriptCapsule({ pages: 2 });
});

const load = (host: Host, name: string, labels: Record<string, string>): Promise<Capsule> =>
  host.load(script, { grants: ALL_GRANTS, manifest: { ...SCRIPT_MANIFEST, name, subscriptions: [name], retry: { attempts: 2 } }, labels });

async function send(host: Host, ...messages: readonly (readonly [subject: string, text: string])[]): Promise<void> {
  for (const [subject, text] of messages) await host.publish(subject, text);
  await host.idle();
}

const PAGE = 65_536;

describe("what a host tells of what was used", () => {
  it("is by capsule and by tenant, of those that are there", async () => {
    const host = await createHost();
    const a = await load(host, "a", { tenant: "acme" });
    await load(host, "b", { tenant: "acme" });
    await load(host, "c", {});
    await send(host, ["a", "p k 12345\nm out hello"], ["a", "f no"], ["b", "m out hi\nm out ho"], ["a", "t"]);
    const { capsules, tenants } = host.usage();
    expect(capsules).toEqual([
      { capsule: "a", tenant: "acme", messages: 3, transitions: 1, failures: 4, fuel: a.counters.fuel, receivedBytes: 26, published: 1, publishedBytes: 5, stateBytes: 6, memoryBytes: 2 * PAGE, nanoseconds: a.handlerNanoseconds },
      expect.objectContaining({ capsule: "b", tenant: "acme", messages: 1, transitions: 1, failures: 0, receivedBytes: 17, published: 2, publishedBytes: 4, stateBytes: 0 }) as unknown,
      { capsule: "c", tenant: undefined, messages: 0, transitions: 0, failures: 0, fuel: 0, receivedBytes: 0, published: 0, publishedBytes: 0, stateBytes: 0, memoryBytes: 2 * PAGE, nanoseconds: 0 },
    ]);
    const [acme, nobody] = tenants;
    expect(acme).toMatchObject({ tenant: "acme", capsules: 2, messages: 4, transitions: 2, failures: 4, receivedBytes: 43, published: 3, publishedBytes: 9, stateBytes: 6, memoryBytes: 4 * PAGE });
    expect(acme?.fuel).toBe((capsules[0]?.fuel ?? 0) + (capsules[1]?.fuel ?? 0));
    expect(nobody).toMatchObject({ tenant: undefined, capsules: 1, messages: 0 });
    await host.close();
  });

  it("has what was used by those that are gone, under each tenant that they had", async () => {
    const host = await createHost();
    const first = await load(host, "a", { tenant: "acme" });
    await send(host, ["a", "p k 1"], ["a", "p l 1"]);
    await first.unload();
    expect(host.usage().capsules).toEqual([expect.objectContaining({ capsule: "a", tenant: "acme", messages: 2, stateBytes: 4, memoryBytes: 0 })]);
    const second = await load(host, "a", { tenant: "apex" });
    await send(host, ["a", "d k"]);
    await second.unload();
    await load(host, "a", { tenant: "acme" });
    await send(host, ["a", "d l"]);
    const { capsules, tenants } = host.usage();
    expect(capsules.map(({ tenant, messages, stateBytes, memoryBytes }) => [tenant, messages, stateBytes, memoryBytes])).toEqual([["acme", 3, 0, 2 * PAGE], ["apex", 1, 2, 0]]);
    expect(tenants.map(({ tenant, capsules: count, messages }) => [tenant, count, messages])).toEqual([["acme", 1, 3], ["apex", 1, 1]]);
    expect(capsules[0]?.fuel).toBeGreaterThan(capsules[1]?.fuel ?? Number.NaN);
    await host.close();
  });

  it("is what its ledger has", async () => {
    const store = new MemoryStore();
    const host = await createHost({ store });
    const gone = await load(host, "a", { tenant: "acme" });
    await load(host, "b", {});
    await send(host, ["a", "c out\nm b hello"], ["b", "f no"], ["b", "p k v\nm out x"], ["a", "t"], ["a", "c out"]);
    await gone.unload();
    await load(host, "a", { tenant: "apex" });
    await send(host, ["a", "o\nm out x"], ["a", "o"]);
    const usages = new LedgerUsages();
    for (const bytes of store.entries(0)) {
      const entry = readEntry(bytes);
      usages.learn(entry);
      usages.add(entry);
    }
    const plain = ({ stateBytes: _s, memoryBytes: _m, nanoseconds: _n, ...usage }: CapsuleUsage): unknown => usage;
    const byName = (a: { capsule: string; tenant: string | undefined }, b: typeof a): number => `${a.capsule} ${a.tenant}`.localeCompare(`${b.capsule} ${b.tenant}`);
    expect(usages.all.toSorted(byName)).toEqual([...host.usage().capsules].toSorted(byName).map(plain));
    expect(usages.all).toHaveLength(3);
    await host.close();
  });
});
