import { beforeAll, expect, it } from "vitest";
import { type HeaderPair, requestHeaders, responseOf } from "../../host/contract/http-message.ts";
import type { Message } from "../../host/contract/message.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { headersOf, type Running, start, textOf } from "../fixture/running.ts";
import { foreignComponent, witOf } from "./foreign.ts";
import { sameAgain } from "./replaying.ts";

// A component that does what the path of a request says.
const code = `
import { Fields, OutgoingRequest, OutgoingResponse, OutgoingBody, IncomingBody, RequestOptions, ResponseOutparam, httpErrorCode } from "wasi:http/types@0.2.3";
import { handle as request } from "wasi:http/outgoing-handler@0.2.3";
import { poll } from "wasi:io/poll@0.2.2";
import { open } from "wasi:keyvalue/store@0.2.0-draft";
const bytes = (text) => new Uint8Array(Array.from(text, (character) => character.charCodeAt(0)));
const text = (data) => Array.from(data, (byte) => String.fromCharCode(byte)).join("");
const plain = (key, value) => typeof value === "bigint" ? String(value) + "n" : value instanceof Uint8Array ? text(value) : value === undefined ? null : value;
const attempt = (call) => { try { return call() ?? "done"; } catch (error) { return { error: error.payload ?? String(error) }; } };
const readAll = (input) => { let whole = ""; for (;;) { try { whole += text(input.blockingRead(1000)); } catch { return whole; } } };
const respond = (out, status, headers, body, trailers) => {
  const response = new OutgoingResponse(Fields.fromList(headers.map(([name, value]) => [name, bytes(value)])));
  response.setStatusCode(status);
  const outgoing = response.body();
  ResponseOutparam.set(out, { tag: "ok", val: response });
  if (body !== "") { const stream = outgoing.write(); for (let at = 0; at < body.length; at += 4096) stream.blockingWriteAndFlush(bytes(body.slice(at, at + 4096))); }
  OutgoingBody.finish(outgoing, trailers && Fields.fromList(trailers.map(([name, value]) => [name, bytes(value)])));
};
const tell = (out, value) => respond(out, 200, [["content-type", "application/json"]], JSON.stringify(value, plain));
const cases = {
  echo(asked, out) {
    const body = asked.consume();
    const again = attempt(() => asked.consume());
    const stream = body.stream();
    const twice = attempt(() => body.stream());
    const read = readAll(stream);
    const trailers = IncomingBody.finish(body);
    const ready = poll([trailers.subscribe()]);
    tell(out, { method: asked.method(), path: asked.pathWithQuery(), scheme: asked.scheme(), authority: asked.authority(), headers: asked.headers().entries(), read, again, twice, ready: [...ready], trailers: [trailers.get(), trailers.get()] });
  },
  count(asked, out) {
    const bucket = open("b");
    const count = Number(text(bucket.get("n") ?? bytes("0"))) + 1;
    bucket.set("n", bytes(String(count)));
    respond(out, 201, [["X-Count", String(count)], ["set-cookie", "a=1"], ["set-cookie", "b=2"]], "count " + count, [["x-end", "yes: it is"]]);
  },
  fields(asked, out) {
    const made = new Fields();
    made.append("X-A", bytes("1"));
    made.append("x-a", bytes("2"));
    made.set("X-B", [bytes("3"), bytes("4\\xe9")]);
    const copy = made.clone();
    made.delete("x-A");
    const own = asked.headers();
    const response = new OutgoingResponse(copy);
    tell(out, {
      made: made.entries(), has: [made.has("x-b"), made.has("x-a"), made.has("no such")], get: [made.get("X-b"), made.get("")],
      copy: response.headers().entries(),
      immutable: [attempt(() => own.set("a", [])), attempt(() => own.delete("a")), attempt(() => response.headers().append("a", bytes("b"))), attempt(() => own.clone().append("a", bytes("b")))],
      invalid: [attempt(() => made.append("a b", bytes("x"))), attempt(() => made.append("", bytes("x"))), attempt(() => made.set("a", [bytes("x\\r\\ny")])), attempt(() => Fields.fromList([["a:", bytes("x")]]) && 0)],
      forbidden: ["Connection", "transfer-encoding", "Host", "keep-alive", "upgrade"].map((name) => attempt(() => made.append(name, bytes("x")))),
      after: made.entries(),
    });
  },
  request(asked, out) {
    const options = new RequestOptions();
    options.setConnectTimeout(5);
    const outgoing = new OutgoingRequest(new Fields());
    const before = [outgoing.method(), outgoing.pathWithQuery(), outgoing.scheme(), outgoing.authority()];
    outgoing.setMethod({ tag: "other", val: "BREW" });
    outgoing.setPathWithQuery("/pot?size=1");
    outgoing.setScheme({ tag: "HTTPS" });
    outgoing.setAuthority("example.com:8443");
    const after = [outgoing.method(), outgoing.pathWithQuery(), outgoing.scheme(), outgoing.authority(), options.connectTimeout(), options.firstByteTimeout()];
    const wrong = [attempt(() => outgoing.setMethod({ tag: "other", val: "A B" })), attempt(() => outgoing.setPathWithQuery("/a b")), attempt(() => outgoing.setPathWithQuery("/\\r\\n")), attempt(() => outgoing.setScheme({ tag: "other", val: "1" })), attempt(() => outgoing.setAuthority("a/b"))];
    const body = attempt(() => outgoing.body() && "body");
    const twice = attempt(() => outgoing.body() && "body");
    tell(out, { before, after, wrong, body, twice, sent: attempt(() => request(outgoing, options) && 0) });
  },
  length(asked, out) {
    const response = new OutgoingResponse(Fields.fromList([["content-length", bytes("3")]]));
    const outgoing = response.body();
    const stream = outgoing.write();
    const second = attempt(() => outgoing.write() && 0);
    stream.write(bytes("abc"));
    let code;
    try { stream.write(bytes("d")); } catch (error) { code = httpErrorCode(error.payload.val); }
    tell(out, { second, code, statuses: [99, 100, 600].map((status) => attempt(() => response.setStatusCode(status))), short: attempt(() => { const other = new OutgoingResponse(Fields.fromList([["content-length", bytes("3")]])); OutgoingBody.finish(other.body(), undefined); }) });
  },
  nothing() {},
  err(asked, out) { open("b").set("n", bytes("9")); ResponseOutparam.set(out, { tag: "err", val: { tag: "DNS-error", val: { rcode: "NXDOMAIN", infoCode: undefined } } }); },
  unfinished(asked, out) { const response = new OutgoingResponse(new Fields()); globalThis.kept = response.body(); ResponseOutparam.set(out, { tag: "ok", val: response }); },
  bodiless(asked, out) { const response = new OutgoingResponse(new Fields()); response.setStatusCode(204); ResponseOutparam.set(out, { tag: "ok", val: response }); },
  twice(asked, out) { respond(out, 200, [], "once"); respond(out, 200, [], "twice"); },
  trap(asked, out) { open("b").set("n", bytes("9")); respond(out, 200, [], "lost"); publish.now(); },
  spin(asked, out) { respond(out, 200, [], "lost"); for (;;); },
  long(asked, out) { respond(out, 200, [], "x".repeat(20_001)); },
};
export const incomingHandler = { handle: (asked, out) => cases[/^.(\\w+)/.exec(asked.pathWithQuery())[1]](asked, out) };
`;

let component: Uint8Array;
beforeAll(async () => {
  component = await foreignComponent({
    packages: [witOf("io"), witOf("http"), witOf("keyvalue")],
    imports: ["wasi:http/types@0.2.3", "wasi:http/outgoing-handler@0.2.3", "wasi:io/poll@0.2.2", "wasi:keyvalue/store@0.2.0-draft"],
    exports: "wasi:http/incoming-handler@0.2.3",
    code,
  });
}, 60_000);

/** Sends a request as a message. */
async function ask({ host }: Running, path: string, headers: readonly HeaderPair[] = [], payload = ""): Promise<void> {
  await host.publish("do", payload, { replyTo: "answer.here", headers: requestHeaders({ method: "GET", path, scheme: "http", authority: "example.com", headers }) });
  await host.idle();
}

const json = (message: Message | undefined): unknown => JSON.parse(Buffer.from(message?.payload ?? []).toString("latin1"));

it("handles a request as a message, and sends its response to whom it asks for an answer to", async () => {
  const running = await start(component);
  await ask(running, "/echo?x=1", [["x-a", "1"], ["x-a", "2\u00e9"]], "hello");
  expect(running.heard).toMatchObject([{ subject: "answer.here", contentType: "application/json", headers: [["http-status", "200"], ["content-type", "application/json"]] }]);
  expect(json(running.heard[0])).toEqual({
    method: { tag: "get" },
    path: "/echo?x=1",
    scheme: { tag: "HTTP" },
    authority: "example.com",
    headers: [["x-a", "1"], ["x-a", "2\u00e9"]],
    read: "hello",
    again: { error: expect.anything() as unknown },
    twice: { error: expect.anything() as unknown },
    ready: [0],
    trailers: [{ tag: "ok", val: { tag: "ok", val: null } }, { tag: "err" }],
  });
  await running.host.close();
});

it("has headers, cookies one by one, and trailers in what it sends", async () => {
  const running = await start(component);
  await ask(running, "/count");
  await ask(running, "/count");
  const [, second] = running.heard;
  expect(responseOf(second as Message)).toEqual({ status: 201, headers: [["X-Count", "2"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]], trailers: [["x-end", "yes: it is"]] });
  expect(textOf(second?.payload ?? new Uint8Array())).toBe("count 2");
  await ask(running, "/bodiless");
  expect(running.heard[2]).toMatchObject({ headers: [["http-status", "204"]], payload: new Uint8Array() });
  await running.host.close();
});

it("keeps fields in order and without regard to case, and refuses what is no header, or none of its own", async () => {
  const running = await start(component);
  await ask(running, "/fields", [["a", "b"]]);
  const error = (tag: string): object => ({ error: { tag } });
  const immutable = error("immutable");
  expect(json(running.heard[0])).toEqual({
    made: [["X-B", "3"], ["X-B", "4\u00e9"]],
    has: [true, false, false],
    get: [["3", "4\u00e9"], []],
    copy: [["X-A", "1"], ["x-a", "2"], ["X-B", "3"], ["X-B", "4\u00e9"]],
    immutable: [immutable, immutable, immutable, "done"],
    invalid: Array.from({ length: 4 }, () => error("invalid-syntax")),
    forbidden: Array.from({ length: 5 }, () => error("forbidden")),
    after: [["X-B", "3"], ["X-B", "4\u00e9"]],
  });
  await running.host.close();
});

it("makes requests of its own, which say what would have to be granted", async () => {
  const running = await start(component);
  await ask(running, "/request");
  const refused = { error: expect.anything() as unknown };
  expect(json(running.heard[0])).toEqual({
    before: [{ tag: "get" }, null, null, null],
    after: [{ tag: "other", val: "BREW" }, "/pot?size=1", { tag: "HTTPS" }, "example.com:8443", 5, null],
    wrong: Array.from({ length: 5 }, () => refused),
    body: "body",
    twice: refused,
    sent: { error: { tag: "internal-error", val: expect.stringContaining("--grant net:example.com:8443") as string } },
  });
  await running.host.close();
});

it("holds a body to its content-length", async () => {
  const running = await start(component);
  await ask(running, "/length");
  const refused = { error: expect.anything() as unknown };
  expect(json(running.heard[0])).toEqual({
    second: refused,
    code: { tag: "HTTP-response-body-size", val: 4 },
    statuses: [refused, refused, refused],
    short: { error: { tag: "HTTP-response-body-size", val: 0 } },
  });
  await running.host.close();
});

it.each([
  ["nothing", "trap", /returned without a response/],
  ["err", "capsule-fault", /^failed: it answered with the error DNS-error: .*NXDOMAIN/],
  ["unfinished", "trap", /before the body of its response had come to its end/],
  ["twice", "trap", /./],
  ["trap", "trap", /./],
  ["spin", "fuel-exhausted", /./],
  ["long", "trap", /./],
])("sends no response, and undoes what was written, when it answers as /%s does", async (path, kind, reason) => {
  const store = new MemoryStore();
  const running = await start(component, { retry: { attempts: 1 } }, { store, load: { limits: { payloadBytesMax: 20_000, fuelPerMessage: 200_000_000 } } });
  await ask(running, `/${path}`);
  expect(running.heard.map(({ subject }) => subject)).toEqual(["dlq.script"]);
  expect(running.heard[0]?.replyTo).toBe("answer.here");
  const headers = headersOf(running.heard[0]);
  expect(headers["dead-letter-code"]).toBe(kind);
  expect(headers["dead-letter-reason"]).toMatch(reason);
  expect(running.capsule.state.size).toBe(0);
  await ask(running, "/count");
  expect(textOf(running.heard[1]?.payload ?? new Uint8Array())).toBe("count 1");
  await running.host.close();
  expect(await sameAgain(store)).toEqual({ transitions: 1, failures: 1 });
});
