import { afterAll, beforeAll, expect, it } from "vitest";
import type { PolicySource } from "../../host/contract/policy.ts";
import { threadPlatform, until } from "../fixture/threads.ts";
import { outsidePlatform } from "../network/platform.ts";
import { type Peers, startPeers } from "../network/peers.ts";
import { ANSWER_WORD, BLOCK_OF, GRANTS, MANIFEST, pluginOf, type RunningPlugin, startPlugin, wordOf } from "./plugin.ts";

const REQUEST = "(call $http_request (call $input_offset) (call $config_get (call $block_of (i32.const 0) (i32.const 4))))";
/** Makes the request that it is given, with the setting `body` for its body. */
const PLUGIN = `(data (i32.const 0) "body") ${BLOCK_OF} ${ANSWER_WORD}
  (func $tell (param $at i64) (call $output_set (local.get $at) (call $length (local.get $at))))
  (func (export "run") (call $tell ${REQUEST}))
  (func (export "headers") (drop ${REQUEST}) (call $tell (call $http_headers)))
  (func (export "status") (drop ${REQUEST}) (call $answer (i64.extend_i32_u (call $http_status_code))))
  (func (export "nothing") (call $answer (i64.add (call $http_headers) (i64.extend_i32_u (call $http_status_code)))))`;

let bytes: Uint8Array;
let peers: Peers;
beforeAll(async () => {
  bytes = await pluginOf(PLUGIN);
  peers = await startPeers();
});
afterAll(() => peers.close());

interface Options {
  readonly net?: readonly string[];
  readonly body?: string;
  readonly policy?: PolicySource;
  readonly limits?: { readonly memoryBytesMax?: number; readonly fuelPerMessage?: number };
}

/** Loads the plugin with grants of the network. */
function startWith(call: string, { net = [`127.0.0.1:*`], body, policy, limits = {} }: Options = {}): Promise<RunningPlugin> {
  const load = { call, grants: [...GRANTS, ...net.map((one) => `net:${one}`)], limits, config: body === undefined ? {} : { body } };
  const asked = net.length === 0 ? {} : { net };
  return startPlugin(bytes, { platform: outsidePlatform, load, manifest: { capabilities: { ...MANIFEST.capabilities, ...asked } }, ...(policy === undefined ? {} : { policy }) });
}

/** What one call answers. */
async function ask(call: string, request: object, options: Options = {}): Promise<string | undefined> {
  const { host, text } = await startWith(call, options);
  const answer = await text(JSON.stringify(request));
  await host.close();
  return answer;
}

const at = (path: string, port: keyof Peers["ports"] = "web"): string => `http://127.0.0.1:${peers.ports[port]}${path}`;

it("asks a server that it was granted, and has status, headers and body", async () => {
  const request = { url: at("/a?b=c"), method: "post", headers: { "x-one": "1" } };
  expect(await ask("run", request, { body: "hello" })).toBe("hello");
  expect(JSON.parse((await ask("headers", request, { body: "hello" })) ?? "")).toMatchObject({ "x-method": "POST", "x-path": "/a?b=c", "x-host": `127.0.0.1:${peers.ports.web}`, "x-framing": "5" });
  const { host, call } = await startWith("status");
  expect(wordOf(await call(JSON.stringify(request)))).toBe(200n);
  await host.close();
});

it("asks with GET and without a body when nothing else is said", async () => {
  expect(await ask("run", { url: at("/") }, { body: "no" })).toBe("");
  expect(JSON.parse((await ask("headers", { url: at("/") }, { body: "no" })) ?? "")).toMatchObject({ "x-method": "GET", "x-framing": "none" });
});

it("sends and receives more than the network takes at a time", async () => {
  const body = "0123456789".repeat(60_000);
  expect(await ask("run", { url: at("/"), method: "PUT" }, { body, limits: { fuelPerMessage: 1_000_000_000 } })).toBe(body);
});

it("is made from a thread of its own as well", async () => {
  const net = [`127.0.0.1:${peers.ports.web}`];
  const { host, text } = await startPlugin(bytes, {
    platform: { ...threadPlatform, ...outsidePlatform },
    load: { grants: [...GRANTS, ...net.map((one) => `net:${one}`)], config: { body: "hello" }, isolation: "thread" },
    manifest: { capabilities: { ...MANIFEST.capabilities, net } },
  });
  expect(await text(JSON.stringify({ url: at("/"), method: "POST" }))).toBe("hello");
  await host.close();
});

it("knows of no response before there is one, and none of an earlier call", async () => {
  const { host, call } = await startWith("nothing");
  expect(wordOf(await call())).toBe(0n);
  await host.close();
});

it("follows no redirection", async () => {
  expect(JSON.parse((await ask("headers", { url: at("/moved") })) ?? "")).toMatchObject({ location: at("/echo") });
});

it.each([
  ["without a grant", []],
  ["with grants of other ports and hosts", ["127.0.0.1:1", "*.example.com:*", "listen:*"]],
])("is refused by name %s, with the grant that would allow it", async (_, net) => {
  const before = peers.count("connections") + peers.count("requests");
  const { web } = peers.ports;
  expect(await ask("run", { url: at("/") }, { net })).toBe(`trap: run trapped: http_request: it may not reach 127.0.0.1 at port ${web}; --grant net:127.0.0.1:${web} would let it`);
  expect(await ask("run", { url: "https://Example.org/a" }, { net })).toContain("--grant net:example.org:443 would let it");
  expect(peers.count("connections") + peers.count("requests")).toBe(before);
});

it("is asked of the policy, which is told method and URL", async () => {
  const rules = 'package doteros\nallow if input.operation != "http.request"\nallow if { input.resource.method == "GET"; endswith(input.resource.url, "/open") }';
  const policy = { modules: { "policy.rego": rules } };
  expect(await ask("run", { url: at("/open") }, { policy })).toBe("");
  expect(await ask("run", { url: at("/closed") }, { policy })).toMatch(/^trap: run trapped: http_request: denied: /);
  expect(await ask("run", { url: at("/open"), method: "POST" }, { policy })).toMatch(/^trap: run trapped: http_request: denied: /);
});

it.each([
  ["no JSON", "http://example.org", "a request is an object in JSON, with url"],
  ["no object", "7", "a request is an object in JSON, with url"],
  ["no URL", "{}", "undefined is no URL"],
  ["another scheme", '{"url":"ftp://127.0.0.1/"}', "HTTP-protocol-error"],
  ["a password", '{"url":"http://a:b@127.0.0.1/"}', "a URL has no user and no password; say them in the header authorization"],
  ["no method", '{"url":"http://127.0.0.1/","method":"A B"}', '"A B" is no method'],
  ["a tunnel", '{"url":"http://127.0.0.1/","method":"connect"}', "HTTP-protocol-error"],
  ["headers that are none", '{"url":"http://127.0.0.1/","headers":7}', "headers are an object in JSON"],
  ["a header that is no text", '{"url":"http://127.0.0.1/","headers":{"a":7}}', "the header a is no text"],
  ["a header that is two", '{"url":"http://127.0.0.1/","headers":{"a":"b\\r\\nc: d"}}', "the header a: invalid-syntax"],
  ["a header of the connection", '{"url":"http://127.0.0.1/","header":{"connection":"close"}}', "the header connection: forbidden"],
])("refuses %s", async (_, request, expected) => {
  const { host, text } = await startWith("run");
  expect(await text(request)).toBe(`trap: run trapped: http_request: ${expected}`);
  await host.close();
});

it("is ended by what does not come to its end, with the reason", async () => {
  for (const [path, reason] of [["/garbage", "HTTP-protocol-error"], ["/nothing", "connection-terminated"], ["/early", "HTTP-response-incomplete"]] as const) {
    expect(await ask("run", { url: at(path, "raw") })).toBe(`trap: run trapped: http_request: ${reason}`);
  }
});

it("is held to its memory and its fuel: what is larger is not read to its end, and its connection ends", async () => {
  const large = { url: at("/large", "raw") };
  expect(await ask("run", large, { limits: { memoryBytesMax: 500_000 } })).toBe("memory-exhausted: http_request: the response has more than the 500000 bytes that it may have");
  expect(await ask("run", large, { limits: { memoryBytesMax: 1_000_100 } })).toMatch(/^memory-exhausted: http_request: its blocks would have more than/);
  expect(await ask("run", large, { limits: { fuelPerMessage: 500_000 } })).toMatch(/^fuel-exhausted/);
  await until(() => peers.count("open") === 0);
});

it("cannot be made while no message is being handled", async () => {
  const begins = await pluginOf('(func $begin (drop (call $http_request (i64.const 0) (i64.const 0)))) (start $begin) (func (export "run"))');
  await expect(startPlugin(begins)).rejects.toMatchObject({ code: "trap", message: expect.stringContaining("http_request was called while no message is being handled") as unknown });
});
