import { beforeAll, expect, it } from "vitest";
import { type HeaderPair, requestHeaders, responseOf } from "../../host/contract/http-message.ts";
import type { Message } from "../../host/contract/message.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { headersOf, type Running, start, textOf } from "../fixture/running.ts";
import { httpComponent } from "../http/app.ts";
import { sameAgain } from "./replaying.ts";

let component: Uint8Array;
beforeAll(async () => {
  component = await httpComponent();
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

it("makes requests of its own, of which the log says what would have to be granted", async () => {
  const running = await start(component);
  await ask(running, "/request");
  const refused = { error: expect.anything() as unknown };
  expect(json(running.heard[0])).toEqual({
    before: [{ tag: "get" }, null, null, null],
    after: [{ tag: "other", val: "BREW" }, "/pot?size=1", { tag: "HTTPS" }, "example.com:8443", 5, null],
    wrong: Array.from({ length: 5 }, () => refused),
    body: "body",
    twice: refused,
    sent: { error: { tag: "HTTP-request-denied" } },
  });
  expect(running.lines).toMatchObject([{ level: "warn", message: expect.stringContaining("--grant net:example.com:8443") as string }]);
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
