import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { AnsweredRequest, HttpListener, HttpService, ListenOptions } from "../../host/contract/http.ts";
import type { Capsule, Host, LoadOptions } from "../../host/contract/host.ts";
import { createHost, serveHttp } from "../../host/node.ts";
import { listenStreaming } from "../../host/platform/node/http/stream/listen.ts";
import { Folder } from "../cli/fixture.ts";
import { httpComponent } from "./app.ts";
import { Client } from "./client.ts";
import { serve as serveFile, type Served } from "./served.ts";

/** What the thread runs: as it is built, because Node cannot run it as it is written. */
const ENTRY = new URL("../../dist/node-http.js", import.meta.url);
const HOST = "host: example.com";

const folder = new Folder();
let component: Uint8Array;
let file: string;
beforeAll(async () => {
  component = await httpComponent();
  file = folder.write("app.wasm", component);
}, 60_000);
afterAll(() => folder.remove());

/** In a process of its own: while a capsule waits for a client, nothing else is done in its thread. */
const start = (words: readonly string[]): Promise<Served> => serveFile(file, ["--stream", ...words]);

interface Serving {
  readonly host: Host;
  readonly capsule: Capsule;
  readonly service: HttpService;
  readonly listener: HttpListener;
  readonly told: AnsweredRequest[];
}

const running: Serving[] = [];
afterEach(async () => {
  for (const { listener, service, host } of running.splice(0)) {
    await listener.close();
    service.close();
    await host.close();
  }
});

async function serve(load: LoadOptions = {}, options: ListenOptions = {}): Promise<Serving> {
  const host = await createHost();
  const capsule = await host.load(component, { grants: ["state"], ...load });
  const service = serveHttp(host, capsule);
  const told: AnsweredRequest[] = [];
  const listener = await listenStreaming(service, { ...options, told: (answered) => void told.push(answered) }, ENTRY);
  const serving = { host, capsule, service, listener, told };
  running.push(serving);
  return serving;
}

it("sends on what comes in while it comes, and more than is ever in memory", async () => {
  const { child, url, lines, ended } = await start(["--limit", "fuelPerMessage=10G", "--limit", "payloadBytesMax=100000"]);
  const client = await Client.connect(Number(new URL(url).port));
  client.send(["POST /pipe HTTP/1.1", HOST, "transfer-encoding: chunked"], "5\r\nfirst\r\n");
  expect(await client.until("first")).toMatch(/^HTTP\/1.1 200 OK[^]*transfer-encoding: chunked/i);
  client.write("6\r\nsecond\r\n");
  await client.until("second");
  client.write("0\r\n\r\n");
  await client.until(/0\r\n\r\n$/);
  client.end();
  const large = new Uint8Array(3_000_000).map((_, at) => at % 251);
  const response = await fetch(`${url}pipe`, { method: "POST", body: large });
  expect(Buffer.from(await response.arrayBuffer()).equals(large)).toBe(true);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(lines.filter(({ type }) => type === "request")).toMatchObject([{ status: 200 }, { status: 200 }]);
}, 60_000);

it("does what whole bodies do, too", async () => {
  const { listener } = await serve();
  expect(await (await fetch(`${listener.url}count`)).text()).toBe("count 1");
  expect(await (await fetch(`${listener.url}body`, { method: "POST", body: "hello" })).text()).toBe("hello");
  expect((await fetch(`${listener.url}status-with-204`)).status).toBe(204);
});

it("ends a handler that streams for ever, by its fuel, and cuts off what it sent", async () => {
  const { listener, capsule } = await serve();
  const client = await Client.connect(listener.port);
  client.send(["GET /forever HTTP/1.1", HOST]);
  await client.closed;
  expect(client.text).toContain("tick");
  expect(client.text.endsWith("0\r\n\r\n")).toBe(false);
  expect(capsule.counters).toMatchObject({ exhausted: 1, transitions: 0 });
  expect(await (await fetch(`${listener.url}count`)).text()).toBe("count 1");
});

it("tells a handler that nobody reads any more, or sends", async () => {
  const { child, url, lines, ended } = await start(["--limit", "fuelPerMessage=100G"]);
  const port = Number(new URL(url).port);
  const reader = await Client.connect(port);
  reader.send(["GET /forever HTTP/1.1", HOST]);
  await reader.until("tick");
  reader.end();
  const sender = await Client.connect(port);
  sender.send(["POST /pipe HTTP/1.1", HOST, "content-length: 10"], "hel");
  await sender.until("hel");
  sender.end();
  expect(await (await fetch(`${url}count`)).text()).toBe("count 1");
  child.kill("SIGTERM");
  await ended;
  // The first one let the error be its end, the second one took it for the end of the body.
  expect(lines.filter(({ type }) => type === "request").map(({ path, failure }) => [path, (failure as { code: string } | undefined)?.code])).toEqual([["/forever", "trap"], ["/pipe", undefined], ["/count", undefined]]);
}, 60_000);

it("does not wait for ever for who sends nothing, or reads nothing", async () => {
  const { listener } = await serve({ limits: { fuelPerMessage: 10_000_000_000 } }, { stallMillisecondsMax: 300 });
  const silent = await Client.connect(listener.port);
  silent.send(["POST /pipe HTTP/1.1", HOST, "content-length: 10"], "hel");
  await silent.closed;
  const deaf = await Client.connect(listener.port);
  deaf.pause();
  deaf.send(["GET /forever HTTP/1.1", HOST]);
  expect(await (await fetch(`${listener.url}count`)).text()).toBe("count 1");
  deaf.end();
}, 60_000);

it("says that it failed as long as nothing has left, and cuts off what has", async () => {
  const { listener, told } = await serve();
  const response = await fetch(`${listener.url}trap`);
  expect([response.status, await response.text()]).toEqual([200, "lost"]);
  expect((await fetch(`${listener.url}nothing`)).status).toBe(500);
  expect((await fetch(`${listener.url}err`)).status).toBe(502);
  const client = await Client.connect(listener.port);
  client.send(["GET /late HTTP/1.1", HOST]);
  await client.closed;
  expect(client.text).toMatch(/some\r\n$/);
  expect(told.map(({ answer }) => answer.failure?.code)).toEqual(["trap", "trap", "capsule-fault", "trap"]);
});

it("lets those that there are have their answers before it ends", async () => {
  const { listener } = await serve();
  const client = await Client.connect(listener.port);
  client.send(["GET /times HTTP/1.1", HOST]);
  await client.until("200 OK");
  await listener.close(5_000);
  await client.closed;
  expect(client.text).toMatch(/1\r\n0\r\n\r\n$/);
});

it("says what is wrong with a port", async () => {
  const { listener, service } = await serve();
  await expect(listenStreaming(service, { port: listener.port }, ENTRY)).rejects.toMatchObject({ code: "port-unavailable" });
});
