import { type Batch, MemoryStore, type Store } from "../../../host/index.ts";
import { equal, holds, refused } from "../check.ts";
import { bytesOf, type Cases, type Kit, NotHere, type Place, textOf } from "../kit.ts";
import { start } from "../running.ts";

/** A batch without anything in it, but what is said. */
function batchOf(store: Store, parts: Partial<Batch>): Batch {
  const first = store.tip.entries;
  return {
    first,
    entries: new Uint8Array(),
    changes: [],
    arrivals: [],
    handled: [],
    capsules: [],
    sources: new Map(),
    components: new Map(),
    images: new Map(),
    deadLetters: [],
    revived: [],
    checkpoints: [],
    tip: store.tip,
    ...parts,
  };
}

/** Has work done in a place of its own, which is gone afterwards. @throws NotHere where there are no places */
async function inPlace(kit: Kit, work: (place: Place) => Promise<void>): Promise<void> {
  if (typeof kit.place === "string") throw new NotHere(kit.place);
  const place = await kit.place();
  try {
    await work(place);
  } finally {
    await place.remove();
  }
}

const stateOf = (store: Store): [string, string][] => Array.from(store.state("script").scan("", undefined), ([key, value]) => [key, textOf(value)]);

/** What any store does; the cases are named after the store. */
function storeCases(name: string, withStore: (kit: Kit, work: (store: Store) => Promise<void>) => Promise<void>): Cases {
  return {
    [`${name} keeps keys in the order of their UTF-8 bytes, and every version of them`]: (kit) =>
      withStore(kit, async (store) => {
        const writes = (...keys: readonly string[]): Map<string, Uint8Array> => new Map(keys.map((key) => [key, bytesOf(`of ${key}`)]));
        const kept = (version: number): Pick<Batch, "capsules"> => ({ capsules: [{ name: "script", digest: "0".repeat(64), index: version, instance: 1, time: 0n, version, size: 0, bytes: 0, listens: undefined }] });
        await store.commit(batchOf(store, { ...kept(1), changes: [{ capsule: "script", version: 1, writes: writes("b", "\u{10000}", "\uFF01", "a", "ü") }] }));
        await store.commit(batchOf(store, { ...kept(2), changes: [{ capsule: "script", version: 2, writes: new Map([["a", undefined], ["b", bytesOf("new")]]) }] }));
        equal(stateOf(store).map(([key]) => key), ["b", "ü", "\uFF01", "\u{10000}"]);
        equal(Array.from(store.state("script").scan("c", "\uFF01"), ([key]) => key), ["ü"]);
        const at = (key: string, version: number): string | undefined => {
          const value = store.stateAt("script", key, version);
          return value === undefined ? undefined : textOf(value);
        };
        equal([at("a", 0), at("a", 1), at("a", 2), at("b", 1), at("b", 2)], [undefined, "of a", undefined, "of b", "new"]);
        equal(store.state("nobody").size, 0);
      }),

    [`${name} takes a batch once, and none that does not follow`]: (kit) =>
      withStore(kit, async (store) => {
        const { host, send } = await start(kit, { store });
        await send("p a 1");
        await host.close();
        const { tip } = store;
        await refused("store-failed", () => store.commit(batchOf(store, { first: tip.entries + 5, tip: { ...tip, entries: tip.entries + 6 } })));
        equal(store.tip.entries, tip.entries);
        equal(stateOf(store), [["a", "1"]]);
      }),

    [`${name} holds what a host left, and the next one goes on`]: (kit) =>
      withStore(kit, async (store) => {
        const first = await start(kit, { store });
        await first.send("p a 1");
        await first.send("p b 1\nf no");
        await first.host.close();
        equal([...store.deadLetters()].length, 1);
        const second = await start(kit, { store });
        equal(second.entries(), { a: "1" });
        await second.send("v out\np a 2");
        equal(second.texts(), ["out 1"]);
        await second.host.close();
        equal([textOf(store.stateAt("script", "a", 1) ?? bytesOf("")), store.state("script").version, store.capsule("script")?.index], ["1", 2, 3]);
      }),

    [`${name} holds messages that nobody handled yet`]: (kit) =>
      withStore(kit, async (store) => {
        const first = await start(kit, { store });
        await first.host.close();
        const host = await kit.door.createHost({ store });
        await host.publish("do", "p a 1");
        await host.close();
        equal([...store.mailbox("script")].length, 1);
        const second = await start(kit, { store });
        await second.host.idle();
        equal([second.entries(), [...store.mailbox("script")].length], [{ a: "1" }, 0]);
        await second.host.close();
      }),

    [`${name} knows which messages of a source came before`]: (kit) =>
      withStore(kit, async (store) => {
        const { host, entries } = await start(kit, { store });
        const from = (sequence: number) => ({ source: { name: "rows.csv", sequence } });
        await host.publish("do", "p a 1", from(1));
        await host.publish("do", "p b 1", from(1));
        await host.publish("do", "p c 1", from(2));
        await host.idle();
        equal([Object.keys(entries()), host.counters.repeated], [["a", "c"], 1]);
        await host.close();
      }),
  };
}

/** What stores keep. */
export const allStoreCases: Cases = {
  ...storeCases("a store in memory", (_, work) => work(new MemoryStore())),
  ...storeCases("a store on disk", (kit, work) =>
    inPlace(kit, async (place) => {
      const store = await place.open();
      try {
        await work(store);
      } finally {
        await store.close();
      }
    })),

  "a store on disk is the same when it is opened again": (kit) =>
    inPlace(kit, async (place) => {
      const store = await place.open();
      const first = await start(kit, { store });
      for (const line of ["p a 1", "p b 2\nm out x", "f no", "d a"]) await first.send(line);
      await first.host.close();
      const before = [store.tip, stateOf(store), Array.from(store.entries(0), (entry) => entry.slice()), [...store.deadLetters()], store.capsule("script")];
      await store.close();
      const again = await place.open();
      equal([again.tip, stateOf(again), Array.from(again.entries(0), (entry) => entry.slice()), [...again.deadLetters()], again.capsule("script")], before);
      await again.close();
    }),

  "a store on disk is open once at a time": (kit) =>
    inPlace(kit, async (place) => {
      const store = await place.open();
      await refused("store-in-use", () => place.open());
      await store.close();
      const again = await place.open();
      holds(again.tip.entries === 0, "it is not empty");
      await again.close();
    }),
};
