import { openBrowserStore } from "doteros-wasm/browser";
import type { StoreAnswer, StoreRequest } from "./store-request.ts";

// A page that hands what the test asks for to a worker with a store.

const worker = new Worker("/store-worker.js", { type: "module" });
const waiting = new Map<number, (answer: StoreAnswer) => void>();
let asked = 0;

/** How often the worker has answered a request that has no end. */
const progress = { last: -1 };

worker.addEventListener("message", ({ data }: MessageEvent<StoreAnswer>) => {
  const resolve = waiting.get(data.id);
  if (resolve === undefined) progress.last = data.value as number;
  waiting.delete(data.id);
  resolve?.(data);
});

/** Asks the worker, and answers with its value or `CODE: message`. */
function ask(request: Omit<StoreRequest, "id">): Promise<unknown> {
  asked += 1;
  const id = asked;
  worker.postMessage({ ...request, id }, []);
  return new Promise((resolve) => {
    waiting.set(id, ({ value, error }) => resolve(error === undefined ? value : `${error.code}: ${error.message}`));
  });
}

/** Tries to open a store on the page itself. */
async function openHere(): Promise<unknown> {
  return openBrowserStore("here").then(
    () => "opened",
    (error: unknown) => (error as { code: string }).code,
  );
}

Object.assign(globalThis, { ask, openHere, progress });
