import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { adoptCapsule, MemoryStore, type Platform, type PreparedCapsule, prepareCapsule, serveCapsule, type ServeOptions } from "../../host/edge.ts";
import { readEntry } from "../../host/ledger/entry-reader.ts";
import { anyPlatform } from "../../host/runtime/any-platform.ts";
import { componentOf } from "../fixture/component.ts";
import { SlowStore } from "../fixture/stores.ts";
import { httpComponent } from "../http/app.ts";

const GRANTS = ["state", "publish=counted.>", "subscribe=readings.>"];

/** A prepared capsule, whose modules are compiled. */
async function preparedOf(bytes: Uint8Array): Promise<PreparedCapsule> {
  const { digest, plan, modules } = await prepareCapsule(bytes);
  return { digest, plan, modules: modules.map(({ bytes: code, digest: before, metering }) => ({ module: new WebAssembly.Module(code), digest: before, metering })) };
}

let counter: PreparedCapsule;
beforeAll(async () => {
  counter = await preparedOf(readFileSync(join(import.meta.dirname, "..", "..", ".build", "capsules", "counter", "counter.wasm")));
});

/** A request to a worker that serves the counter. */
function poster(options: ServeOptions = {}): (subject: string, body?: RequestInit["body"], headers?: Record<string, string>) => Promise<{ status: number; json: unknown }> {
  const { fetch: answer } = serveCapsule(counter, { grants: GRANTS, ...options });
  return async (subject, body = "1", headers = {}) => {
    const response = await answer(new Request(`http://worker/${subject}`, { method: "POST", body, headers, duplex: "half" }));
    return { status: response.status, json: await response.json() };
  };
}

it("a message has of the request its subject, its body, its types, and the headers that it may see", async () => {
  const store = new MemoryStore();
  const post = poster({ headers: ["x-request-id", "x-missing"], host: { store } });
  const headers = { "content-type": "text/csv", "doteros-data-type": "reading", "doteros-reply-to": "answers.7", "x-request-id": "r7", authorization: "Bearer secret" };
  expect((await post("readings.%C3%B8st", "12,5", headers)).status).toBe(200);
  const messages = [...store.entries(0)].map((bytes) => readEntry(bytes)).flatMap((entry) => (entry.kind === "transition" ? [entry.message] : []));
  expect(messages).toMatchObject([{ subject: "readings.øst", contentType: "text/csv", dataType: "reading", replyTo: "answers.7", headers: [["x-request-id", "r7"]] }]);
  expect(new TextDecoder().decode(messages[0]?.payload)).toBe("12,5");
});

it("what cannot be a message is the request's fault", async () => {
  const post = poster();
  expect(await post("readings.a", "1", { "doteros-reply-to": "a..b" })).toMatchObject({ status: 400, json: { error: { code: "invalid-message" } } });
  expect(await post("readings.a", "1", { "content-type": "x".repeat(300) })).toMatchObject({ status: 400, json: { error: { code: "invalid-message" } } });
  expect((await post("readings.a")).status).toBe(200);
});

it("a body that does not end holds up nobody else", async () => {
  const post = poster();
  let stop: () => void = () => undefined;
  const slow = post("readings.slow", new ReadableStream({ start: (controller) => void (stop = () => controller.close()) }));
  expect((await post("readings.quick")).status).toBe(200);
  stop();
  expect((await slow).status).toBe(200);
});

it("a store that is given has the state, and the next worker goes on from it", async () => {
  const store = new MemoryStore();
  const [before, after] = [poster({ host: { store } }), poster({ host: { store } })];
  const first = await before("readings.oslo");
  const second = await after("readings.oslo");
  expect([first, second].map(({ json }) => (json as { published: { payload: string }[] }).published[0]?.payload)).toEqual(["AQAAAAAAAAA=", "AgAAAAAAAAA="]);
});

it("a host whose store failed is replaced, with what the store has", async () => {
  const store = new SlowStore(0);
  // Who tries again waits for no time.
  const platform: Platform = { ...anyPlatform, after: (_, callback) => anyPlatform.after(0, callback) };
  const post = poster({ host: { store, platform } });
  expect((await post("readings.oslo")).status).toBe(200);
  store.failures = 1_000;
  expect(await post("readings.oslo")).toMatchObject({ status: 500, json: { error: { code: "store-failed" } } });
  store.failures = 0;
  expect(await post("readings.oslo")).toMatchObject({ status: 200, json: { published: [{ payload: "AgAAAAAAAAA=" }] } });
}, 60_000);

it("what is wrong with how a capsule is served is told to each request, and no one's payload is too long for it", async () => {
  const refused = poster({ grants: ["state"] });
  for (let times = 0; times < 2; times += 1) expect(await refused("readings.oslo")).toMatchObject({ status: 500, json: { error: { code: "not-granted" } } });
  expect(await poster({ limits: { memoryBytesMax: 1 } })("readings.oslo")).toMatchObject({ status: 500, json: { error: { code: "limit-exceeded" } } });
});

it("what a function of the host's user throws is for the runtime to tell, and the next request is answered", async () => {
  const capsule = await preparedOf(await componentOf(LOGGER));
  let times = 0;
  const log = (): void => {
    times += 1;
    if (times === 1) throw new Error("the log is full");
  };
  const { fetch: answer } = serveCapsule(capsule, { grants: ["log", "subscribe=a"], host: { log } });
  const request = (): Request => new Request("http://worker/a", { method: "POST", body: "1" });
  await expect(answer(request())).rejects.toThrow("the log is full");
  expect((await answer(request())).status).toBe(200);
});

/** Logs a line for each message. */
const LOGGER = `(module
  (import "wasi:logging/logging@0.1.0-draft" "log" (func $log (param i32 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "doteros:capsule/handler@0.1.0#handle") ${"(param i32) ".repeat(15)} (result i32)
    (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.const 64)))`;

it("tells as many messages as an answer can hold, and how many more there were", async () => {
  // Two messages of a megabyte for each byte of the payload.
  const capsule = await preparedOf(await componentOf(LOUD));
  const { fetch: answer } = serveCapsule(capsule, { grants: ["publish=out", "subscribe=in"] });
  const response = await answer(new Request("http://worker/in", { method: "POST", body: "12345" }));
  const { published, omitted } = (await response.json()) as { published: { payload: string }[]; omitted: number };
  expect([response.status, published.length, omitted]).toEqual([200, 8, 2]);
  expect(published[0]?.payload).toHaveLength(1_048_576);
}, 60_000);

const LOUD = `(module
  (import "doteros:capsule/messaging@0.1.0" "publish" (func $publish ${"(param i32) ".repeat(15)} (param i32)))
  (memory (export "memory") 64)
  (data (i32.const 256) "out")
  (global $heap (mut i32) (i32.const 2097152))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $heap))
    (global.set $heap (i32.and (i32.add (i32.add (local.get $at) (local.get 3)) (i32.const 7)) (i32.const -8)))
    (local.get $at))
  (func $send
    (memory.fill (i32.const 65536) (i32.const 97) (i32.const 1048576))
    (call $publish (i32.const 256) (i32.const 3) ${"(i32.const 0) ".repeat(9)} (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const 1048576) (i32.const 64)))
  (func (export "doteros:capsule/handler@0.1.0#handle") ${"(param i32) ".repeat(14)} (param $length i32) (result i32)
    (loop $again
      (call $send)
      (call $send)
      (br_if $again (local.tee $length (i32.sub (local.get $length) (i32.const 1)))))
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.const 64)))`;

it("a plan whose modules are missing is told", async () => {
  await expect(adoptCapsule({ ...counter, digest: "0".repeat(64), modules: [] })).rejects.toMatchObject({ code: "wrong-import" });
});

it("a component of wasi:http answers requests itself, of any method, each to its end before the next", async () => {
  const { fetch: answer } = serveCapsule(await preparedOf(await httpComponent()), { grants: ["state"] });
  const response = await answer(new Request("http://worker/body?a=1", { method: "PUT", body: "hello" }));
  expect([response.status, response.headers.get("x-length"), await response.text()]).toEqual([200, "5", "hello"]);
  const counts = await Promise.all(Array.from({ length: 3 }, async () => (await answer(new Request("http://worker/count"))).text()));
  expect(counts).toEqual(["count 1", "count 2", "count 3"]);
  const failed = await answer(new Request("http://worker/trap"));
  expect([failed.status, await failed.text()]).toEqual([500, "500 Internal Server Error\n"]);
  expect((await answer(new Request("http://worker/status-with-204"))).body).toBe(null);
}, 60_000);
