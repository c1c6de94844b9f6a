import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { PolicySource } from "../../host/contract/policy.ts";
import { casesModule, foreignComponent, witOf } from "../dialect/foreign.ts";
import { type Running, start, textOf } from "../fixture/running.ts";
import { until } from "../fixture/threads.ts";
import { selfSigned } from "./certificate.ts";
import { type Peers, startPeers } from "./peers.ts";
import { NETWORK_ENTRY, outsidePlatform } from "./platform.ts";

const imports = `
import { Fields, IncomingBody, OutgoingBody, OutgoingRequest, RequestOptions, httpErrorCode } from "wasi:http/types@0.2.3";
import { handle } from "wasi:http/outgoing-handler@0.2.3";
import { poll } from "wasi:io/poll@0.2.2";
`;
const cases = `{
  fetch: (message) => attempt(() => answerOf(send(message))),
  late(message) {
    const { request, options } = prepare(message);
    const body = request.body();
    const future = handle(request, options);
    const stream = body.write();
    stream.blockingWriteAndFlush(bytes("first "));
    const response = responseOf(future);
    const incoming = response.consume();
    const input = incoming.stream();
    const begun = text(input.blockingRead(100));
    stream.blockingWriteAndFlush(bytes("second"));
    OutgoingBody.finish(body, Fields.fromList([["x-after", bytes("trailer")]]));
    return { begun, rest: readAll(input), trailers: trailersOf(incoming) };
  },
  plain(message) {
    const { request, options } = prepare(message);
    return attempt(() => answerOf(handle(request, options)));
  },
  drop(message) { responseOf(send(message)); return "dropped"; },
  large(message) {
    const { request, options } = prepare(message);
    const body = request.body();
    const future = handle(request, options);
    const stream = body.write();
    const chunk = new Uint8Array(100_000).fill(97);
    let response;
    let read = 0;
    let input;
    for (let count = 0; count < 20; count += 1) {
      for (let at = 0; at < chunk.length; ) {
        // Who writes and reads has to do both, or nothing moves.
        if (input === undefined) { const got = future.get(); if (got) { response = got.val.val; input = response.consume().stream(); } }
        else read += input.read(1_000_000).length;
        const room = Math.min(Number(stream.checkWrite()), chunk.length - at);
        if (room > 0) stream.write(chunk.subarray(at, at + room));
        else poll(input === undefined ? [stream.subscribe(), future.subscribe()] : [stream.subscribe(), input.subscribe()]);
        at += room;
      }
    }
    stream.flush();
    OutgoingBody.finish(body, undefined);
    if (input === undefined) input = responseOf(future).consume().stream();
    for (;;) { try { read += input.blockingRead(1_000_000).length; } catch (error) { return [read, error.payload.tag]; } }
  },
}`;
const tools = `
const header = (message, name) => message.headers.find(([key]) => key === name)?.[1];
const prepare = (message) => {
  const url = /^(\\w+):\\/\\/([^/]*)(.*)$/.exec(header(message, "url"));
  const request = new OutgoingRequest(Fields.fromList([["x-one", bytes("1")]]));
  const method = header(message, "method") ?? "get";
  request.setMethod(["get", "post", "put", "connect"].includes(method) ? { tag: method } : { tag: "other", val: method });
  request.setScheme(url[1] === "http" ? { tag: "HTTP" } : url[1] === "https" ? { tag: "HTTPS" } : { tag: "other", val: url[1] });
  request.setAuthority(url[2]);
  if (url[3] !== "") request.setPathWithQuery(url[3]);
  const options = new RequestOptions();
  const timeout = header(message, "timeout");
  if (timeout) { options.setFirstByteTimeout(Number(timeout) * 1_000_000); options.setBetweenBytesTimeout(Number(timeout) * 1_000_000); }
  return { request, options };
};
const send = (message) => {
  const { request, options } = prepare(message);
  const outgoing = request.body();
  const future = handle(request, options);
  const body = header(message, "body");
  if (body) { const stream = outgoing.write(); stream.write(bytes(body)); }
  OutgoingBody.finish(outgoing, undefined);
  return future;
};
const responseOf = (future) => {
  future.subscribe().block();
  const { val } = future.get();
  if (val.tag === "err") throw { payload: val.val };
  return val.val;
};
const readAll = (input) => {
  let whole = "";
  for (;;) {
    try { whole += text(input.blockingRead(10_000)); } catch (error) {
      if (error.payload.tag === "closed") return whole;
      return { whole, error: httpErrorCode(error.payload.val) };
    }
  }
};
const trailersOf = (incoming) => {
  const trailers = IncomingBody.finish(incoming);
  trailers.subscribe().block();
  const { tag, val } = trailers.get().val;
  return tag === "err" ? { error: val } : val?.entries().map(([name, value]) => [name, text(value)]);
};
const answerOf = (future) => {
  const response = responseOf(future);
  const headers = Object.fromEntries(response.headers().entries().map(([name, value]) => [name, text(value)]));
  const incoming = response.consume();
  return { status: response.status(), headers, body: readAll(incoming.stream()), trailers: trailersOf(incoming) };
};
`;

let component: Uint8Array;
let peers: Peers;
const certificate = selfSigned();
beforeAll(async () => {
  component = await foreignComponent({
    packages: [witOf("io"), witOf("http")],
    imports: ["wasi:http/types@0.2.3", "wasi:http/outgoing-handler@0.2.3", "wasi:io/poll@0.2.2", "doteros:capsule/messaging@0.1.0"],
    code: casesModule(imports, cases) + tools,
  });
}, 60_000);
beforeEach(async () => {
  await peers?.close();
  peers = await startPeers(certificate);
});
afterAll(() => peers?.close());

/** Loads the component with grants of the network. */
function startWith(net: readonly string[], policy?: PolicySource): Promise<Running> {
  const manifest = { capabilities: { publish: [">"], request: [">"], ...(net.length === 0 ? {} : { net }) }, retry: { attempts: 1 } };
  const load = { grants: ["publish=>", "request=>", "subscribe=>", ...net.map((one) => `net:${one}`)], limits: { fuelPerMessage: 20_000_000_000 } };
  return start(component, manifest, { platform: outsidePlatform, load, ...(policy === undefined ? {} : { policy }) });
}

/** Has it do something. Answers with what it published about it. */
async function ask({ host, heard }: Running, what: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
  await host.publish("do", what, { headers: Object.entries(headers) });
  await host.idle();
  const last = heard.at(-1);
  return last?.subject === "out" ? JSON.parse(textOf(last.payload)) : last && Object.fromEntries(last.headers);
}

it("asks a server that it was granted, and gets status, headers, body and trailers", async () => {
  const { web } = peers.ports;
  const running = await startWith([`127.0.0.1:${web}`]);
  expect(await ask(running, "fetch", { url: `http://127.0.0.1:${web}/a?b=c`, method: "post", body: "hello" })).toEqual({
    status: 200,
    headers: { "x-method": "POST", "x-path": "/a?b=c", "x-host": `127.0.0.1:${web}`, "x-framing": "5", date: expect.any(String) as string, trailer: "x-end" },
    body: "hello",
    trailers: [["x-end", "asked {}"]],
  });
  expect(await ask(running, "plain", { url: `http://127.0.0.1:${web}/` })).toMatchObject({ headers: { "x-method": "GET", "x-framing": "none" }, body: "" });
  expect(await ask(running, "fetch", { url: `http://127.0.0.1:${web}/`, method: "put" })).toMatchObject({ headers: { "x-framing": "0" }, body: "" });
  await running.host.close();
});

it("has bodies that go both ways at once, with trailers after them", async () => {
  const { web } = peers.ports;
  const running = await startWith([`127.0.0.1:${web}`]);
  expect(await ask(running, "late", { url: `http://127.0.0.1:${web}/`, method: "post" })).toEqual({ begun: "first ", rest: "second", trailers: [["x-end", 'asked {"x-after":"trailer"}']] });
  expect(await ask(running, "large", { url: `http://127.0.0.1:${web}/`, method: "post" })).toEqual([2_000_000, "closed"]);
  await running.host.close();
});

it.each([
  ["without a grant", []],
  ["with grants of other ports and hosts", ["127.0.0.1:1", "*.example.com:*", "listen:*", "10.0.0.1:*"]],
])("asks no server %s", async (_, net) => {
  const { web } = peers.ports;
  const running = await startWith(net);
  for (const url of [`http://127.0.0.1:${web}/`, `http://localhost:${web}/`, `https://127.0.0.1:${web}/`]) {
    expect(await ask(running, "fetch", { url })).toEqual({ error: { tag: "HTTP-request-denied" } });
  }
  expect([peers.count("requests"), peers.count("connections")]).toEqual([0, 0]);
  await running.host.close();
});

it("asks what the policy allows, which is told method and URL", async () => {
  const { web } = peers.ports;
  const rules = `package doteros\nallow if input.operation != "http.request"\nallow if { input.resource.method == "GET"; startswith(input.resource.url, "http://127.0.0.1:${web}/open/") }`;
  const running = await startWith(["*:*"], { modules: { "policy.rego": rules } });
  expect(await ask(running, "fetch", { url: `http://127.0.0.1:${web}/open/a` })).toMatchObject({ status: 200 });
  expect(await ask(running, "fetch", { url: `http://127.0.0.1:${web}/closed` })).toEqual({ error: { tag: "HTTP-request-denied" } });
  expect(await ask(running, "fetch", { url: `http://127.0.0.1:${web}/open/a`, method: "post" })).toEqual({ error: { tag: "HTTP-request-denied" } });
  expect(peers.count("requests")).toBe(1);
  await running.host.close();
});

it("follows no redirection", async () => {
  const { web } = peers.ports;
  const running = await startWith(["*:*"]);
  expect(await ask(running, "fetch", { url: `http://127.0.0.1:${web}/moved` })).toMatchObject({ status: 302, headers: { location: `http://127.0.0.1:${web}/echo` } });
  expect(peers.count("requests")).toBe(1);
  await running.host.close();
});

it("tells apart in how many ways a server can fail", async () => {
  const { raw } = peers.ports;
  const running = await startWith(["*:*"]);
  const at = (path: string): Record<string, string> => ({ url: `http://127.0.0.1:${raw}${path}`, timeout: "200" });
  const error = (tag: string): object => ({ error: { tag } });
  expect(await ask(running, "fetch", at("/garbage"))).toEqual(error("HTTP-protocol-error"));
  expect(await ask(running, "fetch", at("/both"))).toEqual(error("HTTP-protocol-error"));
  expect(await ask(running, "fetch", at("/upgrade"))).toEqual(error("HTTP-protocol-error"));
  expect(await ask(running, "fetch", at("/nothing"))).toEqual(error("connection-terminated"));
  expect(await ask(running, "fetch", at("/reset"))).toEqual(error("connection-terminated"));
  expect(await ask(running, "fetch", at("/headers"))).toMatchObject(error("HTTP-response-header-section-size"));
  expect(await ask(running, "fetch", at("/stall"))).toEqual(error("connection-read-timeout"));
  expect(await ask(running, "fetch", at("/early"))).toMatchObject({ status: 200, body: { whole: "abc", error: { tag: "HTTP-response-incomplete" } }, trailers: { error: { tag: "HTTP-response-incomplete" } } });
  expect(await ask(running, "fetch", at("/slow"))).toMatchObject({ status: 200, body: { whole: "ab", error: { tag: "connection-read-timeout" } } });
  await until(() => peers.count("open") === 0);
  await running.host.close();
});

it("refuses what is no request, and names that nobody has", async () => {
  const running = await startWith(["*:*"]);
  const error = (tag: string): object => ({ error: { tag } });
  expect(await ask(running, "fetch", { url: "ws://127.0.0.1/" })).toEqual(error("HTTP-protocol-error"));
  expect(await ask(running, "fetch", { url: "http://127.0.0.1/", method: "connect" })).toEqual(error("HTTP-protocol-error"));
  expect(await ask(running, "fetch", { url: "http://127.0.0.1:99999/" })).toEqual(error("HTTP-request-URI-invalid"));
  expect(await ask(running, "fetch", { url: "http://a..b/" })).toEqual(error("HTTP-request-URI-invalid"));
  expect(await ask(running, "fetch", { url: "http://127.0.0.1" })).toEqual(error("HTTP-request-URI-invalid"));
  expect(await ask(running, "fetch", { url: "http://nobody.invalid/" })).toMatchObject({ error: { tag: expect.stringMatching(/^DNS-/) as string } });
  await running.host.close();
});

it("ends a request that the capsule drops", async () => {
  const { endless, web } = peers.ports;
  const running = await startWith(["*:*"]);
  expect(await ask(running, "drop", { url: `http://127.0.0.1:${web}/`, method: "post", body: "x" })).toBe("dropped");
  expect(await ask(running, "fetch", { url: `http://127.0.0.1:${endless}/` })).toEqual({ error: { tag: "HTTP-protocol-error" } });
  await until(() => peers.count("open") === 0);
  await running.host.close();
});

it("believes no certificate that nobody signed, whatever the environment says", async () => {
  const { secure } = peers.ports;
  const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  const running = await startWith(["*:*"]);
  expect(await ask(running, "fetch", { url: `https://localhost:${secure}/` })).toEqual({ error: { tag: "TLS-certificate-error" } });
  expect(await ask(running, "fetch", { url: `https://127.0.0.1:${peers.ports.raw}/`, timeout: "500" })).toMatchObject({ error: { tag: expect.stringMatching(/TLS|read-timeout|terminated/) as string } });
  await running.host.close();
  if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
  expect(peers.count("requests")).toBe(0);
});

it("believes one that the operator vouches for, uses no proxy that the environment names, and keeps no process alive", async () => {
  const { secure, web, proxy } = peers.ports;
  const folder = mkdtempSync(join(tmpdir(), "doteros-wasm-"));
  writeFileSync(join(folder, "ca.pem"), certificate.cert);
  // The thread is left open: that keeps nothing alive.
  const script = `
    import { openNetwork } from ${JSON.stringify(new URL("../../dist/platform/node/network/network.js", import.meta.url).href)};
    const network = openNetwork(new URL(${JSON.stringify(NETWORK_ENTRY.href)}));
    for (const [isSecure, host, port] of [[true, "localhost", ${secure}], [true, "127.0.0.1", ${secure}], [false, "127.0.0.1", ${web}]]) {
      const end = network.begin({ kind: "exchange", request: { isSecure, host, port, method: "GET", path: "/", headers: [] } });
      let told;
      end.receive = (event) => { told ??= event.status ?? event.reason; };
      end.send({ order: "finish", trailers: [] });
      while (told === undefined) { network.poll(); network.wait(1_000); }
      console.log(told);
    }`;
  const proxies = { HTTP_PROXY: `http://127.0.0.1:${proxy}`, HTTPS_PROXY: `http://127.0.0.1:${proxy}`, http_proxy: `http://127.0.0.1:${proxy}`, https_proxy: `http://127.0.0.1:${proxy}`, NODE_USE_ENV_PROXY: "1", NO_PROXY: "", no_proxy: "" };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { env: { ...process.env, ...proxies, NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") }, timeout: 20_000 });
  rmSync(folder, { recursive: true });
  expect(stdout).toBe("200\n200\n200\n");
  expect(peers.count("proxied")).toBe(0);
});
