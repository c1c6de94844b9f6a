import { foreignComponent, witOf } from "../dialect/foreign.ts";

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
  given(asked, out) { tell(out, [asked.method(), asked.authority(), ...asked.headers().entries()]); },
  body(asked, out) { const read = readAll(asked.consume().stream()); respond(out, 200, [["x-length", String(read.length)]], read); },
  status(asked, out) { respond(out, Number(/\\d+$/.exec(asked.pathWithQuery())[0]), [], /with/.test(asked.pathWithQuery()) ? "a body" : ""); },
  said(asked, out) { const response = new OutgoingResponse(Fields.fromList([["content-length", bytes("42")]])); ResponseOutparam.set(out, { tag: "ok", val: response }); },
  trailers(asked, out) { respond(out, 200, [], "body", [["x-end", "yes"]]); },
  times(asked, out) { globalThis.times = (globalThis.times ?? 0) + 1; respond(out, 200, [], String(globalThis.times)); },
  large(asked, out) { const response = new OutgoingResponse(new Fields()); const body = response.body(); ResponseOutparam.set(out, { tag: "ok", val: response }); const stream = body.write(); stream.blockingWriteZeroesAndFlush(1000000); OutgoingBody.finish(body, undefined); },
  pipe(asked, out) {
    const response = new OutgoingResponse(new Fields());
    const body = response.body();
    ResponseOutparam.set(out, { tag: "ok", val: response });
    const input = asked.consume().stream();
    const output = body.write();
    for (;;) { let chunk; try { chunk = input.blockingRead(65536); } catch { break; } output.blockingWriteAndFlush(chunk); }
    OutgoingBody.finish(body, undefined);
  },
  forever(asked, out) {
    const response = new OutgoingResponse(new Fields());
    const output = response.body().write();
    ResponseOutparam.set(out, { tag: "ok", val: response });
    for (;;) output.blockingWriteAndFlush(bytes("tick"));
  },
  late(asked, out) { const response = new OutgoingResponse(new Fields()); const output = response.body().write(); ResponseOutparam.set(out, { tag: "ok", val: response }); output.blockingWriteAndFlush(bytes("some")); publish.now(); },
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

/** A component that answers requests. */
export function httpComponent(): Promise<Uint8Array> {
  return foreignComponent({
    packages: [witOf("io"), witOf("http"), witOf("keyvalue")],
    imports: ["wasi:http/types@0.2.3", "wasi:http/outgoing-handler@0.2.3", "wasi:io/poll@0.2.2", "wasi:keyvalue/store@0.2.0-draft"],
    exports: "wasi:http/incoming-handler@0.2.3",
    code,
  });
}
