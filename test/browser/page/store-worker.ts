import { openBrowserStore, deleteBrowserStore, type Batch, type Store } from "doteros-wasm/browser";
import { packEntries } from "../../../host/contract/packed-entries.ts";
import type { StoreAnswer, StoreRequest } from "./store-request.ts";

// A store in a worker, driven step by step from outside.

let store: Store | undefined;
const text = new TextDecoder();
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A batch with one entry and the change of one key, which follows on what is there. */
function batchOf(open: Store, key: string, value: string): Batch {
  const first = open.tip.entries;
  const version = (open.capsule("a")?.version ?? 0) + 1;
  const record = { name: "a", digest: "0".repeat(64), index: version, instance: 1, time: 0n, version, size: 1, bytes: 2, listens: [] };
  return {
    first,
    entries: packEntries([bytes(`${key}=${value.slice(0, 20)}`)]),
    changes: [{ capsule: "a", version, writes: new Map([[key, bytes(value)]]) }],
    arrivals: [],
    handled: [],
    capsules: [record],
    sources: new Map(),
    components: new Map(),
    images: new Map(),
    deadLetters: [],
    revived: [],
    checkpoints: [],
    tip: { entries: first + 1, hash: new Uint8Array(32).fill(first), sequence: first },
  };
}

function opened(): Store {
  if (store === undefined) throw new Error("no store is open");
  return store;
}

async function carryOut(request: StoreRequest): Promise<unknown> {
  switch (request.do) {
    case "open":
      store = await openBrowserStore(request.name, request.options);
      return store.tip.entries;
    case "put":
      await opened().commit(batchOf(opened(), request.key, request.value.repeat(request.times ?? 1)));
      return opened().tip.entries;
    case "put-for-ever":
      for (let at = opened().tip.entries; ; at += 1) {
        await opened().commit(batchOf(opened(), "k", String(at)));
        postMessage({ id: request.id, value: at } satisfies StoreAnswer);
      }
    case "get":
      return text.decode(opened().state("a").get(request.key));
    case "get-at":
      return text.decode(opened().stateAt("a", request.key, request.version));
    case "entries":
      return Array.from(opened().entries(request.from ?? 0), (entry) => text.decode(entry));
    case "close":
      await opened().close();
      return null;
    case "delete":
      await deleteBrowserStore(request.name);
      return null;
  }
}

addEventListener("message", ({ data }: MessageEvent<StoreRequest>) => {
  carryOut(data).then(
    (value) => postMessage({ id: data.id, value } satisfies StoreAnswer),
    (error: unknown) => postMessage({ id: data.id, error: errorOf(error) } satisfies StoreAnswer),
  );
});

function errorOf(error: unknown): { code: string; message: string } {
  const { code, message } = error as { code?: string; message: string };
  return { code: typeof code === "string" ? code : "none", message };
}
