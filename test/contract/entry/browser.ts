// What the suite is in a page, and in a worker of one: it tells the page's server what became of the cases.
import { browserPlatform, createHost, replayLedger } from "../../../host/browser.ts";
import { runSuite } from "../suite.ts";

async function load(): Promise<Map<string, Uint8Array>> {
  const names = (await (await fetch("/files")).json()) as string[];
  return new Map(await Promise.all(names.map(async (name) => [name, new Uint8Array(await (await fetch(`/files/${name}`)).arrayBuffer())] as const)));
}

async function run(): Promise<string> {
  const place = "no store on disk in browsers yet";
  const report = await runSuite({ door: { createHost, replayLedger }, platform: browserPlatform, files: await load(), place });
  return JSON.stringify(report);
}

const tell = (path: string, body: string): Promise<unknown> => fetch(path, { method: "POST", body });
await run().then((report) => tell("/report", report), (error: unknown) => tell("/failure", error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error)));
