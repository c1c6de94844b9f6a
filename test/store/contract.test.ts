import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import init from "@sqlite.org/sqlite-wasm";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Store, Writes } from "../../host/contract/store.ts";
import { openDotstore } from "../../host/platform/dotstore/open.ts";
import { Statements } from "../../host/platform/browser/store/database.ts";
import { OpfsStore } from "../../host/platform/browser/store/opfs-store.ts";
import { prepareTables } from "../../host/platform/browser/store/schema.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { WorkingState } from "../../host/store/working-state.ts";
import { batchFor, bytes, recordOf } from "./batch.ts";

const folder = mkdtempSync(join(tmpdir(), "store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

/** The store of browsers, on a database in memory: test/browser has it on files. */
async function openSqlite(): Promise<Store> {
  const sqlite = await init();
  const statements = new Statements(new sqlite.oo1.DB(":memory:"));
  prepareTables(statements, "test");
  return new OpfsStore("test", statements, Number.POSITIVE_INFINITY, () => undefined);
}

/** What every store has to do, each made new by `open`. */
const STORES: [name: string, open: () => Promise<Store>][] = [
  ["the memory store", () => Promise.resolve(new MemoryStore())],
  ["dotstore", () => openDotstore(join(folder, String((made += 1))))],
  ["the store of browsers", openSqlite],
];

const key = fc.oneof(
  fc.string({ unit: fc.constantFrom("\u0000", "\u0001", "\u001f", "a", "b", "\u007f", "\u0080", "ü", "\u07ff", "\ue000", "\uffff", "😀", "\u{10ffff}"), minLength: 1, maxLength: 4 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 6 }),
);
const write = fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 3 }), { nil: undefined }));

describe.each(STORES)("%s", (_name, open) => {
  it("begins empty", async () => {
    const store = await open();
    expect(store.tip).toEqual({ entries: 0, hash: new Uint8Array(32), sequence: 0 });
    expect([[...store.capsules()], [...store.entries(0)], [...store.mailbox("a")], [...store.deadLetters()]]).toEqual([[], [], [], []]);
    expect([store.capsule("a"), store.source("a"), store.component("a"), store.stateAt("a", "k", 0)]).toEqual([undefined, 0, undefined, undefined]);
    expect(store.state("a")).toMatchObject({ version: 0, size: 0, bytes: 0 });
    await store.close();
  });

  it("keeps all that a batch has, and goes on after it", async () => {
    const store = await open();
    const record = recordOf("a", { index: 3, instance: 2, time: 2n ** 60n, version: 1, size: 1, bytes: 2, listens: ["x.>"] });
    await store.commit(
      batchFor(store, {
        entries: [bytes("one"), bytes(""), bytes("three")],
        changes: [{ capsule: "a", version: 1, writes: new Map([["k", bytes("v")]]) }],
        arrivals: [
          { mailbox: "a", sequence: 7, message: bytes("m7") },
          { mailbox: "a", sequence: 300, message: bytes("m300") },
          { mailbox: "ab", sequence: 8, message: bytes("m8") },
        ],
        capsules: [record],
        sources: new Map([["rows", 12]]),
        components: new Map([["d", bytes("component")]]),
        deadLetters: [1, 2],
      }),
    );
    await store.commit(batchFor(store, { entries: [bytes("four")], handled: [{ mailbox: "a", sequence: 7 }], revived: [1] }));
    expect(store.tip.entries).toBe(4);
    expect(Array.from(store.entries(1), (entry) => new TextDecoder().decode(entry))).toEqual(["", "three", "four"]);
    expect([...store.entries(4)]).toEqual([]);
    expect([...store.capsules()]).toEqual([record]);
    expect(store.state("a")).toMatchObject({ version: 1, size: 1 });
    expect([...(store.state("a").get("k") ?? [])]).toEqual([...bytes("v")]);
    expect(Array.from(store.mailbox("a"), ({ sequence, message }) => [sequence, new TextDecoder().decode(message)])).toEqual([[300, "m300"]]);
    expect(Array.from(store.mailbox("ab"), ({ sequence }) => sequence)).toEqual([8]);
    expect([store.source("rows"), [...store.deadLetters()]]).toEqual([12, [2]]);
    expect(new TextDecoder().decode(store.component("d"))).toBe("component");
    await store.close();
  });

  it("refuses a batch that does not follow, and does nothing with one that it has", async () => {
    const store = await open();
    const first = batchFor(store, { entries: [bytes("one")], changes: [{ capsule: "a", version: 1, writes: new Map([["k", bytes("1")]]) }], capsules: [recordOf("a", { version: 1 })] });
    await store.commit(first);
    await store.commit(first);
    expect([...store.entries(0)]).toHaveLength(1);
    expect(store.state("a").version).toBe(1);
    const late = { ...batchFor(store, { entries: [bytes("two")] }), first: 5, tip: { ...store.tip, entries: 6 } };
    await expect((async () => store.commit(late))()).rejects.toMatchObject({ code: "store-failed" });
    expect(store.tip.entries).toBe(1);
    await store.close();
  });

  it("has every version of every key, in the order of their UTF-8 bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(write, { minLength: 1, maxLength: 6 }), { maxLength: 8 }), key, key, async (steps, one, other) => {
        const store = await open();
        const model = new WorkingState();
        const past: Map<string, Uint8Array>[] = [new Map<string, Uint8Array>()];
        for (const step of steps) {
          const writes: Writes = new Map(step);
          model.apply(writes);
          past.push(new Map(model.scan("", undefined)));
          const { version, size, bytes: held } = model;
          const changes = [{ capsule: "a", version, writes }];
          await store.commit(batchFor(store, { entries: [bytes("x")], changes, capsules: [recordOf("a", { version, size, bytes: held })] }));
        }
        const plain = (entries: Iterable<readonly [string, Uint8Array]>): [string, number[]][] => Array.from(entries, ([name, value]) => [name, [...value]]);
        const view = store.state("a");
        expect([view.version, view.size, view.bytes]).toEqual([model.version, model.size, model.bytes]);
        expect(plain(view.scan("", undefined))).toEqual(plain(model.scan("", undefined)));
        expect(plain(view.scan(one, other))).toEqual(plain(model.scan(one, other)));
        for (const [version, state] of past.entries()) {
          for (const [name] of steps.flat()) {
            expect([...(store.stateAt("a", name, version) ?? ["none"])]).toEqual([...(state.get(name) ?? ["none"])]);
          }
        }
        await store.close();
      }),
      { numRuns: 40 },
    );
  });

  it("keeps the states of capsules apart, however alike their names are", async () => {
    const store = await open();
    const names = ["a", "a-", "a0", "ab", "A", "aa"];
    const changes = names.map((capsule) => ({ capsule, version: 1, writes: new Map([["k", bytes(capsule)]]) }));
    await store.commit(batchFor(store, { entries: [bytes("x")], changes }));
    for (const name of names) expect(Array.from(store.state(name).scan("", undefined), ([at, value]) => [at, new TextDecoder().decode(value)])).toEqual([["k", name]]);
    await store.close();
  });
});
