import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "../cli/command.ts";
import { Folder } from "../cli/fixture.ts";
import { crimeCapsule } from "../fixture/greedy.ts";
import { httpComponent } from "../http/app.ts";
import { findWorkerd, startWorker, type Worker } from "./workerd.ts";

const { program, missing } = findWorkerd();
const programs = program === undefined ? [] : [{ program }];
const required = (process.env["DOTEROS_REQUIRE"] ?? "").split(",");
const folder = new Folder();
afterAll(() => folder.remove());

/** Prepares a capsule with the command, and starts workerd on what that wrote. */
async function prepared(workerd: string, component: string, words: readonly string[]): Promise<Worker> {
  const out = join(folder.path, `worker-${Math.random().toString(36).slice(2)}`);
  const { code, stderr } = await command(["prepare", component, "--out", out, ...words]);
  if (code !== 0) throw new Error(stderr);
  return startWorker(workerd, join(out, "workerd.capnp"));
}

const built = (name: string): string => join(".build", "capsules", name, `${name}.wasm`);

it("says whether workerd is here, without which its tests are skipped", () => {
  if (missing !== undefined) process.stderr.write(`test/prepared: workerd is skipped: ${missing}\n`);
  expect(missing === undefined || !required.includes("workerd")).toBe(true);
});

describe.each(programs)("a counter in workerd", ({ program: workerd }) => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await prepared(workerd, built("counter"), ["--grant", "state", "--grant", "publish=counted.>", "--grant", "subscribe=readings.>"]);
  }, 60_000);
  afterAll(() => worker.end());

  const counted = (subject: string, first: number): object => ({
    status: 200,
    json: { published: [{ subject: `counted.${subject}`, headers: [], encoding: "base64", payload: Buffer.from([first, 0, 0, 0, 0, 0, 0, 0]).toString("base64") }] },
  });

  it("answers, and remembers from one request to the next", async () => {
    expect(await worker.post("readings.oslo", "12.5")).toEqual(counted("readings.oslo", 1));
    expect(await worker.post("readings.oslo", "12.5")).toEqual(counted("readings.oslo", 2));
    expect(await worker.post("readings.rome", "12.5")).toEqual(counted("readings.rome", 1));
  });

  it("answers many at a time one after the other, each with what came of it alone", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => worker.post("readings.busy", "1")));
    const counts = answers.map(({ json }) => Buffer.from(String(json.published?.[0]?.["payload"]), "base64")[0]);
    expect(counts.sort((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(answers.map(({ json }) => json.published?.length)).toEqual(answers.map(() => 1));
  });

  it("goes on when someone hangs up", async () => {
    const gone = new AbortController();
    const requests = Array.from({ length: 20 }, () => fetch(`${worker.origin}/readings.gone`, { method: "POST", body: "1", signal: gone.signal }).catch(() => undefined));
    gone.abort();
    await Promise.all(requests);
    expect((await worker.post("readings.still", "1")).status).toBe(200);
  });

  it("says 404 where nobody listens, 400 where there is no subject, 405 without POST", async () => {
    expect(await worker.post("other.oslo", "1")).toEqual({ status: 404, json: { error: { code: "invalid-subject", message: 'counter has not subscribed to "other.oslo"' } } });
    expect((await worker.post("counted.readings.oslo", "1")).status).toBe(404);
    expect((await worker.post("dlq.counter", "1")).status).toBe(404);
    expect((await worker.post("readings.os%20lo", "1")).status).toBe(400);
    expect((await worker.post("readings.%ff", "1")).status).toBe(400);
    expect((await worker.post("", "1")).status).toBe(404);
    const got = await fetch(`${worker.origin}/readings.oslo`);
    expect([got.status, got.headers.get("allow"), got.headers.get("content-type")]).toEqual([405, "POST", "application/json"]);
  });

  it("says 413 to payloads that are too long, whether they say so or not", async () => {
    const long = new Uint8Array(1_048_577);
    expect(await worker.post("readings.long", long)).toMatchObject({ status: 413, json: { error: { code: "limit-exceeded" } } });
    // In chunks, whose number no header says.
    const chunks = new ReadableStream({
      start(controller) {
        for (let count = 0; count < 17; count += 1) controller.enqueue(new Uint8Array(65_536));
        controller.close();
      },
    });
    expect((await fetch(`${worker.origin}/readings.long`, { method: "POST", body: chunks, duplex: "half" })).status).toBe(413);
    expect(await worker.post("readings.long", long.subarray(1))).toEqual(counted("readings.long", 1));
  });
});

describe.each(programs)("a weather station in workerd", ({ program: workerd }) => {
  it("answers with its alerts, and with its fault where a reading is wrong", async () => {
    const words = ["state", "publish=alerts.>", "subscribe=readings.>", "log", "context"].flatMap((grant) => ["--grant", grant]);
    const worker = await prepared(workerd, built("weather"), words);
    try {
      const reading = (day: string, max: number): string => JSON.stringify({ location: "Oslo", date: day, precipitation: 0, temp_max: max, temp_min: 1, wind: 2, weather: "sun" });
      const days = ["2012-01-01", "2012-01-02", "2012-01-03", "2012-01-04", "2012-01-05"];
      const answers = [];
      for (const [index, day] of days.entries()) answers.push(await worker.post("readings.oslo", reading(day, 35 + index), { "content-type": "application/json" }));
      expect(answers.map(({ status }) => status)).toEqual(days.map(() => 200));
      const published = answers.flatMap(({ json }) => json.published ?? []);
      expect(published.length).toBeGreaterThan(0);
      expect(published[0]).toMatchObject({ subject: "alerts.oslo", contentType: "application/json", encoding: "json", payload: { city: "Oslo" } });
      expect(await worker.post("readings.oslo", "no reading")).toMatchObject({ status: 422, json: { error: { code: "capsule-fault" }, published: [] } });
      expect((await worker.post("readings.oslo", reading("2012-01-06", 3))).status).toBe(200);
    } finally {
      await worker.end();
    }
  }, 60_000);
});

describe.each(programs)("a capsule that takes too much in workerd", ({ program: workerd }) => {
  let worker: Worker;
  beforeAll(async () => {
    const file = folder.write("crime.wasm", await crimeCapsule());
    const limits = ["fuelPerMessage=5M", "memoryBytesMax=4Mi", "payloadBytesMax=100"].flatMap((limit) => ["--limit", limit]);
    worker = await prepared(workerd, file, ["--grant", "state", "--grant", "subscribe=crimes.>", ...limits]);
  }, 60_000);
  afterAll(() => worker.end());

  it.each([
    ["spins", "s", "fuel-exhausted", "it used up the fuel for one message: 5000000 units"],
    ["calls itself for ever", "r", "stack-exhausted", "it called itself too deep: its stack has 4000 frames"],
    ["hoards memory", "g", "memory-exhausted", "it was refused more than 4194304 bytes of memory"],
  ])("is stopped when it %s, and goes on", async (_, letter, code, reason) => {
    expect((await worker.post("crimes.none", "n")).status).toBe(200);
    const { status, json } = await worker.post("crimes.some", letter);
    expect([status, json.error?.code, json.published]).toEqual([422, code, []]);
    expect(json.error?.message).toContain(reason);
    expect(await worker.post("crimes.none", "n")).toEqual({ status: 200, json: { published: [] } });
  });

  it("may be told by its operator to take shorter payloads", async () => {
    expect((await worker.post("crimes.none", "n".repeat(100))).status).toBe(200);
    expect((await worker.post("crimes.none", "n".repeat(101))).status).toBe(413);
  });
});

describe.each(programs)("workerd", ({ program: workerd }) => {
  /** Prepares a counter, and starts a worker that was changed. */
  async function changed(name: string, change: (worker: string) => string): Promise<Worker> {
    const out = join(folder.path, name);
    const { code, stderr } = await command(["prepare", built("counter"), "--out", out, "--grant", "state", "--grant", "publish=counted.>", "--grant", "subscribe=readings.>"]);
    if (code !== 0) throw new Error(stderr);
    folder.write(`${name}/worker.mjs`, change(readFileSync(join(out, "worker.mjs"), "utf8")));
    return startWorker(workerd, join(out, "workerd.capnp"));
  }

  it("compiles nothing: a worker that is not given the host's own modules cannot begin", async () => {
    const worker = await changed("bare", (text) => text.replace(/^useHostModules\(.*$/mu, ""));
    try {
      const response = await fetch(`${worker.origin}/readings.oslo`, { method: "POST", body: "1" });
      expect(response.status).toBe(500);
      expect(worker.said()).toMatch(/Wasm code generation disallowed/u);
    } finally {
      await worker.end();
    }
  }, 60_000);

  it("has the policy, the store and the retries that a worker is given", async () => {
    const rego = 'package doteros\ndefault allow := true\ndeny contains "not to rome" if { input.operation == "publish"; endswith(input.resource.subject, ".rome") }';
    const worker = await changed("policy", (text) =>
      text
        .replace("{ serveCapsule,", "{ MemoryStore, serveCapsule,")
        .replace("  manifest,", "  manifest: { ...manifest, retry: { attempts: 3, backoffMilliseconds: 50 } },")
        .replace("  host: {", `  host: { store: new MemoryStore(), policy: ${JSON.stringify({ modules: { "policy.rego": rego } })},`),
    );
    try {
      expect((await worker.post("readings.oslo", "1")).status).toBe(200);
      const begun = performance.now();
      expect(await worker.post("readings.rome", "1")).toMatchObject({ status: 422, json: { error: { code: "capsule-fault", message: expect.stringContaining("not to rome") as unknown } } });
      expect(performance.now() - begun).toBeGreaterThan(100);
      expect((await worker.post("readings.oslo", "1")).status).toBe(200);
    } finally {
      await worker.end();
    }
  }, 60_000);
});

describe.each(programs)("a component of wasi:http in workerd", ({ program: workerd }) => {
  it("answers requests itself", async () => {
    const worker = await prepared(workerd, folder.write("app.wasm", await httpComponent()), ["--grant", "state"]);
    const texts = await Promise.all(Array.from({ length: 4 }, async () => (await fetch(`${worker.origin}/count`)).text()));
    const echoed = await fetch(`${worker.origin}/body`, { method: "PUT", body: "hello" });
    const failed = await fetch(`${worker.origin}/trap`);
    await worker.end();
    expect(texts.sort()).toEqual(["count 1", "count 2", "count 3", "count 4"]);
    expect([echoed.status, await echoed.text(), failed.status, await failed.text()]).toEqual([200, "hello", 500, "500 Internal Server Error\n"]);
  }, 60_000);
});
