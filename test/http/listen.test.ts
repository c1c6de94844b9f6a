import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeAll, expect, it } from "vitest";
import type { AnsweredRequest, HttpListener, HttpOptions, HttpService, ListenOptions } from "../../host/contract/http.ts";
import type { Host, HostOptions, LoadOptions } from "../../host/contract/host.ts";
import { createHost, listenHttp, serveHttp } from "../../host/node.ts";
import { httpComponent } from "./app.ts";
import { Client } from "./client.ts";

let component: Uint8Array;
beforeAll(async () => {
  component = await httpComponent();
}, 60_000);

interface Serving {
  readonly host: Host;
  readonly service: HttpService;
  readonly listener: HttpListener;
  readonly told: AnsweredRequest[];
  readonly url: (path: string) => string;
}

const running: Serving[] = [];
afterEach(async () => {
  for (const { listener, service, host } of running.splice(0)) {
    await listener.close();
    service.close();
    await host.close();
  }
});

interface Options {
  readonly load?: LoadOptions;
  readonly host?: HostOptions;
  readonly http?: HttpOptions;
  readonly listen?: ListenOptions;
}

/** Serves the component on a port of its own. */
async function serve({ load = {}, host: hostOptions = {}, http = {}, listen = {} }: Options = {}): Promise<Serving> {
  const host = await createHost(hostOptions);
  const capsule = await host.load(component, { grants: ["state"], ...load });
  const service = serveHttp(host, capsule, http);
  const told: AnsweredRequest[] = [];
  const listener = await listenHttp(service, { ...listen, told: (answered) => void told.push(answered) });
  const serving = { host, service, listener, told, url: (path: string): string => `${listener.url}${path}` };
  running.push(serving);
  return serving;
}

/** How many come at once. */
const REQUESTS = Number(process.env["DOTEROS_REQUESTS"] ?? 1_000);

/** The headers of a request to nobody in particular. */
const HOST = "host: example.com";

it("passes a request on with what the component is to know of it, and nothing of the connection", async () => {
  const { listener } = await serve();
  const client = await Client.connect(listener.port);
  client.send(["PURGE /given?x=%20 HTTP/1.1", HOST, "X-A: 1", "X-Secret: 2", "x-a: 3", "Connection: keep-alive, x-secret", "TE: trailers", "Keep-Alive: timeout=5", "Cookie: a=b"]);
  const answer = await client.until("cookie");
  expect(JSON.parse(answer.slice(answer.indexOf("[")))).toEqual([{ tag: "other", val: "PURGE" }, "example.com", ["x-a", "1"], ["x-a", "3"], ["te", "trailers"], ["cookie", "a=b"]]);
  client.end();
});

it("takes bodies with a length and in chunks, and sends them back", async () => {
  const { url, listener } = await serve();
  const response = await fetch(url("body"), { method: "POST", body: "hello" });
  expect([response.status, response.headers.get("x-length"), await response.text()]).toEqual([200, "5", "hello"]);
  const client = await Client.connect(listener.port);
  client.send(["POST /body HTTP/1.1", HOST, "transfer-encoding: chunked"], "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
  expect(await client.until("hello")).toContain("content-length: 5\r\n");
  // On the same connection, two at once.
  client.send(["GET /times HTTP/1.1", HOST]);
  client.send(["GET /times HTTP/1.1", HOST]);
  await client.until(/\r\n\r\n1HTTP[^]*\r\n\r\n2$/);
  client.end();
});

it("sends no body where there is none, and says how long it would be where that may be said", async () => {
  const { url } = await serve();
  const head = await fetch(url("body"), { method: "HEAD" });
  expect([head.status, head.headers.get("x-length"), await head.text()]).toEqual([200, "0", ""]);
  expect((await fetch(url("said"), { method: "HEAD" })).headers.get("content-length")).toBe("42");
  for (const status of [204, 304]) {
    const response = await fetch(url(`status-with-${status}`));
    expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([status, null, ""]);
  }
  expect((await fetch(url("status-404"))).headers.get("content-length")).toBe("0");
});

it("sends cookies one by one, and trailers to who can have them", async () => {
  const { url, listener } = await serve();
  const response = await fetch(url("count"));
  expect([response.status, response.headers.getSetCookie(), await response.text()]).toEqual([201, ["a=1", "b=2"], "count 1"]);
  const client = await Client.connect(listener.port);
  client.send(["GET /trailers HTTP/1.1", HOST]);
  const answer = await client.until("x-end: yes");
  expect(answer).toMatch(/trailer: x-end\r\n[^]*\r\n\r\n4\r\nbody\r\n0\r\nx-end: yes\r\n\r\n$/);
  client.end();
});

it("refuses a body that is too long before it is there, and goes on", async () => {
  const { listener, url } = await serve({ load: { limits: { payloadBytesMax: 1_000 } } });
  const told = await Client.connect(listener.port);
  told.send(["POST /body HTTP/1.1", HOST, "content-length: 1001", "expect: 100-continue"]);
  await told.closed;
  expect(told.text).toMatch(/^HTTP\/1.1 413 [^]*connection: close[^]*413 Content Too Large\n$/i);
  const chunked = await Client.connect(listener.port);
  chunked.send(["POST /body HTTP/1.1", HOST, "transfer-encoding: chunked"], `3e9\r\n${"x".repeat(1_001)}\r\n`);
  await chunked.closed;
  expect(chunked.text).toMatch(/^HTTP\/1.1 413 /);
  const waits = await Client.connect(listener.port);
  waits.send(["POST /body HTTP/1.1", HOST, "content-length: 5", "expect: 100-continue"]);
  expect(await waits.until("100")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  waits.write("hello");
  expect(await waits.until("hello")).toContain("HTTP/1.1 200 OK");
  waits.end();
  expect((await fetch(url("body"), { method: "POST", body: "x".repeat(1_000) })).status).toBe(200);
});

it("refuses headers that are too long or too many, and what is no HTTP", async () => {
  const { listener } = await serve();
  const answerTo = async (lines: readonly string[]): Promise<string> => {
    const client = await Client.connect(listener.port);
    client.send(lines);
    await client.closed;
    return client.text.split("\r\n", 1)[0] ?? "";
  };
  expect(await answerTo(["GET /body HTTP/1.1", HOST, `x: ${"y".repeat(20_000)}`])).toBe("HTTP/1.1 431 Request Header Fields Too Large");
  expect(await answerTo(["GET /body HTTP/1.1", HOST, ...Array.from({ length: 5_000 }, (_, at) => `x${at}: y`)])).toBe("HTTP/1.1 431 Request Header Fields Too Large");
  expect(await answerTo(["GET /body HTTP/1.1", HOST, "x y: z"])).toBe("HTTP/1.1 400 Bad Request");
  expect(await answerTo(["POST /body HTTP/1.1", HOST, "content-length: 3", "transfer-encoding: chunked"])).toBe("HTTP/1.1 400 Bad Request");
});

it.each([
  ["nothing", 500, "trap", /without a response/],
  ["err", 502, "capsule-fault", /NXDOMAIN/],
  ["unfinished", 500, "trap", /had come to its end/],
  ["twice", 500, "trap", /./],
  ["trap", 500, "trap", /./],
  ["spin", 504, "fuel-exhausted", /fuel/],
])("tells a client nothing of why /%s has no answer, and the log everything", async (path, status, code, reason) => {
  const { url, told } = await serve();
  const response = await fetch(url(path));
  expect(response.status).toBe(status);
  expect(await response.text()).toMatch(/^\d{3} [A-Za-z ]+\n$/);
  expect(told).toMatchObject([{ answer: { failure: { code, reason: expect.stringMatching(reason) as string } } }]);
  // What it wrote is undone, and it was tried once.
  expect(await (await fetch(url("count"))).text()).toBe("count 1");
});

it("has an instance answer one request after the other, or each a new one, as the manifest says", async () => {
  const manifest = { name: "app", version: "1.0.0", capabilities: { state: true }, subscriptions: [] } as const;
  const times = async ({ url }: Serving): Promise<string[]> => [await (await fetch(url("times"))).text(), await (await fetch(url("times"))).text()];
  expect(await times(await serve({ load: { manifest } }))).toEqual(["1", "2"]);
  expect(await times(await serve({ load: { manifest: { ...manifest, http: { instance: "fresh" } } } }))).toEqual(["1", "1"]);
});

it("leaves who is slow with the headers or the body, and who does not read", async () => {
  const { listener, url, told } = await serve({ listen: { headersMillisecondsMax: 300, stallMillisecondsMax: 300 } });
  const [silent, slow, stalled] = [await Client.connect(listener.port), await Client.connect(listener.port), await Client.connect(listener.port)];
  slow.write("GET /body HT");
  stalled.send(["POST /body HTTP/1.1", HOST, "content-length: 10"], "hel");
  await Promise.all([silent.closed, slow.closed, stalled.closed]);
  expect(stalled.text).toBe("");
  const deaf = await Client.connect(listener.port);
  deaf.pause();
  for (let times = 0; times < 20; times += 1) deaf.send(["GET /large HTTP/1.1", HOST]);
  for (let tries = 0; tries < 300 && !told.some(({ isSent }) => !isSent); tries += 1) await wait(20);
  expect(told.some(({ isSent }) => !isSent)).toBe(true);
  deaf.end();
  expect((await fetch(url("body"))).status).toBe(200);
}, 20_000);

it("keeps nothing of who hangs up in the middle", async () => {
  const { listener, url, told } = await serve({ http: { requestsMax: 1 } });
  const client = await Client.connect(listener.port);
  client.send(["POST /body HTTP/1.1", HOST, "content-length: 10"], "hel");
  for (let tries = 0; tries < 300 && (await fetch(url("body"))).status !== 503; tries += 1) await wait(10);
  const busy = await fetch(url("body"));
  expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "1"]);
  client.end();
  for (let tries = 0; tries < 300 && !told.some(({ isSent }) => !isSent); tries += 1) await wait(10);
  expect(told.find(({ isSent }) => !isSent)).toMatchObject({ answer: { failure: { code: "closed" } } });
  expect((await fetch(url("body"))).status).toBe(200);
});

it("lets those that there are have their answers, and then ends", async () => {
  const { listener } = await serve();
  const [busy, idle] = [await Client.connect(listener.port), await Client.connect(listener.port)];
  idle.send(["GET /times HTTP/1.1", HOST]);
  await idle.until("200");
  busy.send(["POST /body HTTP/1.1", HOST, "content-length: 5"], "he");
  await wait(50);
  const closing = listener.close(10_000);
  await idle.closed;
  await expect(Client.connect(listener.port)).rejects.toThrow("ECONNREFUSED");
  busy.write("llo");
  await Promise.all([busy.closed, closing]);
  expect(busy.text).toMatch(/connection: close[^]*hello$/i);
});

it("waits no longer than it is told to for those that there are", async () => {
  const { listener } = await serve();
  const client = await Client.connect(listener.port);
  client.send(["POST /body HTTP/1.1", HOST, "content-length: 5"], "he");
  await wait(50);
  await listener.close(100);
  await client.closed;
  expect(client.text).not.toContain("200 OK");
});

it("answers with 503 what a service that is closed still has", async () => {
  const { service, url } = await serve();
  const answered = service.answer({ method: "GET", path: "/times", scheme: "http", authority: undefined, headers: [] }, undefined);
  service.close();
  expect(await answered).toMatchObject({ status: 503, failure: { code: "closed" } });
  expect((await fetch(url("times"))).status).toBe(503);
});

it("does not wait for ever for an answer", async () => {
  const { service, host } = await serve({ http: { answerMillisecondsMax: 10 } });
  const answered = service.answer({ method: "GET", path: "/times", scheme: "http", authority: undefined, headers: [] }, undefined);
  await host.close();
  expect(await answered).toMatchObject({ status: 504, failure: { code: "timeout" } });
});

it(`answers ${REQUESTS} at a time, each with its own`, async () => {
  const { url, told } = await serve({ http: { requestsMax: REQUESTS } });
  const crowd = spawn(process.execPath, [join(import.meta.dirname, "crowd.mjs"), url("body"), String(REQUESTS)], { stdio: ["ignore", "pipe", "inherit"] });
  expect((await text(crowd.stdout)).trim()).toBe(String(REQUESTS));
  expect(told).toHaveLength(REQUESTS);
}, 120_000);

it("says what is wrong with a port, and with a capsule that answers no requests", async () => {
  const { listener, host } = await serve();
  const other = await serve();
  await expect(listenHttp(other.service, { port: listener.port })).rejects.toMatchObject({ code: "port-unavailable", message: expect.stringContaining("another program listens there") as string });
  const capsule = { name: "other", handler: "doteros:capsule/handler@0.1.0" } as unknown as Parameters<typeof serveHttp>[1];
  expect(() => serveHttp(host, capsule)).toThrow(expect.objectContaining({ code: "missing-export" }));
});
