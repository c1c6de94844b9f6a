import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { NetworkRequest } from "../../host/contract/network.ts";
import type { OpenOutside } from "../../host/contract/outside.ts";
import { createHost } from "../../host/index.ts";
import { listenHttp, openDotstore, replayLedger, serveHttp } from "../../host/node.ts";
import { outsidePlatform } from "../network/platform.ts";

// wasmCloud's http_counter.wasm, by the file that an environment variable names: see test/README.md. It asks https://example.com, keeps
// what that answers in a container, counts in a bucket, and answers with the count.

const file = process.env["DOTEROS_HTTP_COUNTER"] ?? "";
const FILES = file === "" ? [] : [file];
const PRESENCE = file === "" ? "was skipped: DOTEROS_HTTP_COUNTER names no file of it, see test/README.md" : `is the file that DOTEROS_HTTP_COUNTER names: ${file}`;
const GRANTS = ["state", "log", "context", "net:example.com:443"];
const PAGE = "<h1>Example Domain</h1>";

const HEAD = `# wasmCloud's http_counter

What became of \`crates/wash-runtime/tests/fixtures/http_counter.wasm\` of wasmCloud/wasmCloud: key-value, blobstore, logging,
settings, an HTTP request that it makes and those that it answers, in one component. Written by
\`DOTEROS_HTTP_COUNTER=file DOTEROS_PROGRAMS_TABLE=1 npm test -- test/http/counter\`; the component is no part of this project.

| what it does, unchanged | here |
|---|---|
`;
/** What became of each thing that it does. */
const rows: string[] = [];
afterEach(({ task }) => {
  const [what = ""] = task.name.split(": ");
  if (file !== "" && task.name !== PRESENCE) rows.push(`| ${what} | ${task.result?.state === "pass" ? "passes" : "does not"} |\n`);
});
afterAll(() => {
  if (process.env["DOTEROS_PROGRAMS_TABLE"] !== undefined) writeFileSync(join(import.meta.dirname, "COUNTER.md"), `${HEAD}${rows.join("")}`);
});

describe("wasmCloud's http_counter", () => {
  it.each([PRESENCE])("%s", () => expect(existsSync(file)).toBe(file !== ""));

  it.each(FILES)("is refused without what it asks for, and asks nobody that it was not granted: %s", async () => {
    await using host = await createHost({ platform: outsidePlatform });
    const bytes = readFileSync(file);
    await expect(host.load(bytes)).rejects.toMatchObject({ code: "not-granted", help: "to grant all of it, add --grant state --grant log --grant context" });
    const service = serveHttp(host, await host.load(bytes, { grants: ["state", "log", "context"] }));
    const response = await service.fetch(new Request("http://localhost/"));
    expect([response.status, await response.text()]).toEqual([500, "Internal server error: Failed to initiate outgoing request"]);
    service.close();
  });

  it.each(FILES)("counts over a restart, keeps what it was answered, and says so in its log: %s", async () => {
    expect(await counts(2)).toEqual({ texts: ["1", "2"], page: PAGE, last: "Successfully processed request, count: 2" });
    expect(await counts(1)).toEqual({ texts: ["3"], page: PAGE, last: "Successfully processed request, count: 3" });
    const store = await openDotstore(join(folder, "store"));
    // What came over the network is nowhere to be had again, and that is said.
    const report = await replayLedger({ entries: store.entries(0), component: (digest) => store.component(digest) });
    expect(report).toMatchObject({ outside: [expect.any(String)], transitions: 0, difference: undefined });
    await store.close();
  }, 60_000);
});

const folder = mkdtempSync(join(tmpdir(), "doteros-wasm-"));
/** In a thread of its own: who asks blocks the thread that it is in. */
const example = new Worker(
  `const { parentPort } = require("node:worker_threads");
  const server = require("node:http").createServer((_, response) => response.end(${JSON.stringify(PAGE)}));
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
  { eval: true },
);
let port = 0;
beforeAll(async () => {
  [port] = (await once(example, "message")) as [number];
});
afterAll(async () => {
  await example.terminate();
  rmSync(folder, { recursive: true, force: true });
});

/** What lies outside, but https://example.com is on this machine. */
async function nearby(): Promise<OpenOutside> {
  const open = await (outsidePlatform.outside as NonNullable<typeof outsidePlatform.outside>)();
  const divert = (request: NetworkRequest): NetworkRequest =>
    request.kind === "exchange" && request.request.host === "example.com" ? { kind: "exchange", request: { ...request.request, isSecure: false, host: "127.0.0.1", port } } : request;
  return (rights) => {
    const outside = open(rights);
    const { network } = outside;
    return { ...outside, network: network && { begin: (request: NetworkRequest) => network.begin(divert(request)), poll: () => network.poll() } };
  };
}

/** Serves it on the store, and asks it so often. */
async function counts(times: number): Promise<{ texts: string[]; page: string; last: string }> {
  const store = await openDotstore(join(folder, "store"));
  const lines: string[] = [];
  const host = await createHost({ platform: { ...outsidePlatform, outside: nearby }, store, log: ({ message }) => void lines.push(message) });
  const capsule = await host.load(readFileSync(file), { grants: GRANTS, config: { greeting: "hello" } });
  const service = serveHttp(host, capsule);
  const listener = await listenHttp(service);
  const texts: string[] = [];
  for (let at = 0; at < times; at += 1) texts.push(await (await fetch(listener.url)).text());
  const page = [...capsule.state.entries()].map(([, value]) => new TextDecoder().decode(value)).find((text) => text.includes(PAGE)) ?? "";
  await listener.close();
  service.close();
  await host.close();
  await store.close();
  expect(lines).toContain("Config key: greeting = hello");
  return { texts, page: page.slice(page.indexOf("<")), last: lines.at(-1) ?? "" };
}
