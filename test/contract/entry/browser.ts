// What the suite is in a page, and in a worker of one: it tells the page's server what became of the cases.
import { browserPlatform, createHost, deleteBrowserStore, openBrowserStore, replayLedger } from "../../../host/browser.ts";
import type { Kit } from "../kit.ts";
import { runSuite } from "../suite.ts";

let places = 0;

/** Finds places in the site's own files, which browsers let nobody but workers read. */
const place: Kit["place"] =
  "document" in globalThis
    ? "a page itself opens no store on disk, its worker does"
    : async () => {
        places += 1;
        const name = `contract-${places}`;
        return { open: () => openBrowserStore(name), remove: () => deleteBrowserStore(name) };
      };

async function load(): Promise<Map<string, Uint8Array>> {
  const names = (await (await fetch("/files")).json()) as string[];
  return new Map(await Promise.all(names.map(async (name) => [name, new Uint8Array(await (await fetch(`/files/${name}`)).arrayBuffer())] as const)));
}

async function run(): Promise<string> {
  const report = await runSuite({ door: { createHost, replayLedger }, platform: browserPlatform, files: await load(), place });
  return JSON.stringify(report);
}

const tell = (path: string, body: string): Promise<unknown> => fetch(path, { method: "POST", body });
await run().then((report) => tell("/report", report), (error: unknown) => tell("/failure", error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error)));
