import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHost, MemoryStore, replayLedger } from "../../host/node.ts";
import { findBrowsers, launch, type Running } from "../../benchmarks/browser.mjs";
import { GREEDY } from "../contract/greedy.ts";
import { componentOf } from "../fixture/component.ts";
import { bundleSite, serve, type Site } from "./site.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const COMMAND = join(ROOT, "dist", "cli", "main.js");
const browsers = findBrowsers();
const folder = mkdtempSync(join(tmpdir(), "browser-host-"));
const wasm = (name: string): Uint8Array => readFileSync(join(ROOT, ".build", "capsules", name, `${name}.wasm`));
const command = async (...words: string[]): Promise<string> => (await promisify(execFile)(process.execPath, [COMMAND, ...words], { cwd: ROOT })).stdout;

let site: Site;
beforeAll(async () => {
  const files = new Map(await bundleSite("host-page", "../../../host/browser/worker"));
  for (const name of ["counter", "thermostat"]) files.set(`/${name}.wasm`, { type: "application/wasm", body: wasm(name) });
  files.set("/greedy.wasm", { type: "application/wasm", body: await componentOf(GREEDY) });
  site = await serve(files);
}, 60_000);
afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the steps of a test begin with. */
const BEGIN = `
  const manifest = { name: "counter", version: "0.1.0", capabilities: { state: true, publish: ["counted.>"] }, subscriptions: ["readings.>"] };
  const grants = ["state", "publish=counted.>", "subscribe=readings.>", "log"];
  const text = (bytes) => new TextDecoder().decode(bytes);
  const failing = (promise) => promise.then(() => "nothing", (error) => [error.constructor.name, error.code ?? error.message, error.help !== undefined]);`;

/** Runs steps in the page; what they return is the answer. */
async function run(page: Page, steps: string): Promise<unknown> {
  return page.evaluate(`(async () => { ${BEGIN} ${steps} })()`);
}

describe.each(browsers)("a host in $name", (found) => {
  let running: Running;
  let page: Page;
  beforeAll(async () => {
    running = await launch(found);
    page = await running.browser.newPage();
    await page.goto(site.origin);
    await page.waitForFunction("globalThis.doteros !== undefined");
  }, 60_000);
  afterAll(() => running.close());

  it("runs right in the page, where the policy of content allows no code made of text", async () => {
    const seen = await run(page, `
      const host = await doteros.createHost();
      const capsule = await host.load(await bytesOf("/counter.wasm"), { grants, manifest });
      const heard = [];
      host.subscribe("counted.>", (message) => heard.push(message.subject));
      for (const city of ["oslo", "rome", "oslo"]) await host.publish("readings." + city, "1");
      await host.idle();
      const evaluated = (() => { try { return Function("return 1")(); } catch (error) { return error.name; } })();
      const result = [heard, capsule.counters.transitions, capsule.state.size, evaluated, globalThis.crossOriginIsolated];
      await host.close();
      return result;`);
    expect(seen).toEqual([["counted.readings.oslo", "counted.readings.rome", "counted.readings.oslo"], 3, 2, "EvalError", false]);
  });

  it("runs in a worker, and the page has all of it", async () => {
    const seen = await run(page, `
      const lines = [];
      await using host = await doteros.createWorkerHost({ store: {}, log: (line) => lines.push(line.message) });
      const loaded = await host.load(await bytesOf("/counter.wasm"), { grants, manifest });
      const heard = [];
      const subscription = await host.subscribe("counted.>", (message, sequence) => heard.push([message.subject, message.payload[0], sequence > 0]));
      for (const city of ["oslo", "rome", "oslo"]) await host.publish("readings." + city, "1", { contentType: "text/plain" });
      await host.idle();
      const [capsule] = await host.capsules();
      const keys = async (version) => (await host.state(loaded.name, version)).map(([key]) => key);
      const result = { name: loaded.name, heard, transitions: capsule.counters.transitions, fuel: capsule.counters.fuel > 0, version: capsule.state.version,
        states: [await keys(0), await keys(1), await keys(2), await keys()], published: (await host.counters()).published, delivered: (await subscription.counters()).delivered };
      await subscription.unsubscribe();
      await host.publish("readings.oslo", "1");
      await host.idle();
      const entries = await host.entries(1, 2);
      return { ...result, after: heard.length, kinds: entries.map(({ index, entry }) => [index, entry.kind, entry.message.subject, [...entry.writes.keys()].length]), tip: (await host.tip()).entries };`);
    expect(seen).toMatchObject({
      name: "counter",
      heard: [["counted.readings.oslo", 1, true], ["counted.readings.rome", 1, true], ["counted.readings.oslo", 2, true]],
      transitions: 3,
      fuel: true,
      version: 3,
      states: [[], ["readings.oslo"], ["readings.oslo", "readings.rome"], ["readings.oslo", "readings.rome"]],
      published: 6,
      delivered: 3,
      after: 3,
      kinds: [[1, "transition", "readings.oslo", 1], [2, "transition", "readings.rome", 1]],
      tip: 5,
    });
  });

  it("in a worker tells what a capsule has of memory and used of fuel, as it goes", async () => {
    const seen = (await run(page, `
      await using host = await doteros.createWorkerHost();
      const limits = { memoryBytesMax: 1048576 };
      const loaded = await host.load(await bytesOf("/greedy.wasm"), { grants: ["state", "subscribe=do"], manifest: { name: "greedy", version: "0.1.0", capabilities: { state: true }, subscriptions: ["do"] }, limits });
      const seen = [[loaded.memoryBytes, loaded.counters.fuel]];
      for (const payload of ["g10", "w1000", "g99"]) {
        await host.publish("do", payload);
        await host.idle();
        const [{ memoryBytes, counters }] = await host.capsules();
        seen.push([memoryBytes, counters.fuel]);
      }
      return seen;`)) as [number, number][];
    const PAGE = 65_536;
    // The last of them is refused what it asks for.
    expect(seen.map(([memory]) => memory)).toEqual([2 * PAGE, 12 * PAGE, 12 * PAGE, 12 * PAGE]);
    const fuel = seen.map(([, used]) => used);
    expect(fuel.toSorted((a, b) => a - b)).toEqual(fuel);
    expect(new Set(fuel).size).toBe(fuel.length);
  });

  it("in a worker tells the page what is wrong as itself", async () => {
    const seen = await run(page, `
      await using host = await doteros.createWorkerHost();
      const bytes = await bytesOf("/counter.wasm");
      const handled = [];
      await host.subscribe("boom", () => { throw new RangeError("a handler of the page"); });
      await host.publish("boom", "");
      return [
        await failing(host.load(bytes, { manifest })),
        await failing(host.load(new Uint8Array(8), { grants, manifest })),
        await failing(host.publish("not a subject", "")),
        await failing(host.tip()),
        await failing(host.checkpoint()),
        await failing(host.idle()),
        await failing(doteros.createWorkerHost({ mailbox: { messagesMax: 0 } })),
        await failing(doteros.createWorkerHost({ policy: { modules: { "p.rego": "package" } } })),
        await failing(host.close().then(() => host.idle())),
      ];`);
    expect(seen).toEqual([
      ["DoterosError", "not-granted", true],
      ["DoterosError", "not-wasm", true],
      ["DoterosError", "invalid-subject", true],
      ["DoterosError", "usage", true],
      ["DoterosError", "usage", true],
      ["RangeError", "a handler of the page", false],
      ["RangeError", "mailbox.messagesMax must be a whole number of at least 1, not 0", false],
      ["DoterosError", "invalid-policy", true],
      ["DoterosError", "closed", true],
    ]);
  });

  it("in a worker takes a new policy between two messages", async () => {
    const seen = await run(page, `
      await using host = await doteros.createWorkerHost({ policy: { modules: { "p.rego": "package doteros\\nallow := true" } } });
      await host.load(await bytesOf("/counter.wasm"), { grants, manifest });
      await host.publish("readings.oslo", "1");
      await host.idle();
      await host.setPolicy({ modules: { "p.rego": "package doteros\\nallow if input.operation != \\"publish\\"" } });
      await host.publish("readings.oslo", "1");
      await host.idle();
      const [{ counters }] = await host.capsules();
      return [counters.transitions, counters.denied > 0];`);
    expect(seen).toEqual([1, true]);
  });

  it("with a store goes on after the page is loaded again, signed with the same key, as the command line verifies", async () => {
    const first = await run(page, `
      const host = await doteros.createWorkerHost({ store: { name: "host" }, signingKey: { origin: "example.com/page" } });
      await host.load(await bytesOf("/counter.wasm"), { grants, manifest });
      for (const city of ["oslo", "rome", "oslo"]) await host.publish("readings." + city, "1");
      await host.idle();
      return host.checkpoint();`);
    await page.reload();
    await page.waitForFunction("globalThis.doteros !== undefined");
    const second = await run(page, `
      await using host = await doteros.createWorkerHost({ store: { name: "host" }, signingKey: { origin: "example.com/page" } });
      const capsule = await host.load(await bytesOf("/counter.wasm"), { grants, manifest });
      await host.publish("readings.oslo", "1");
      await host.idle();
      await host.checkpoint();
      const { fault, size, signed, key, checkpoints } = await host.verifyLedger();
      const file = await host.exportLedger();
      const own = await host.verifyLedger({ file, key: key.text });
      const changed = new Uint8Array(await file.arrayBuffer());
      changed[changed.length - 300] ^= 1;
      const broken = await host.verifyLedger({ file: new Blob([changed]) });
      return { version: capsule.state.version, count: (await host.state("counter")).map(([key, value]) => [key, value[0]]), fault: fault === undefined, size, signed, key: key.text,
        checkpoints: checkpoints.length, same: own.fault === undefined && own.size === size, broken: broken.fault?.index, hex: hexOf(new Uint8Array(await file.arrayBuffer())) };`) as Record<string, unknown>;
    expect(first).toMatch(/^example\.com\/page\n4\n/);
    expect(second).toMatchObject({ version: 3, count: [["readings.oslo", 3], ["readings.rome", 1]], fault: true, checkpoints: 2, same: true, broken: 4 });
    expect(second["signed"]).toBe(second["size"]);
    const file = join(folder, `${found.name}.dwl`);
    writeFileSync(file, Buffer.from(String(second["hex"]), "hex"));
    expect(await command("ledger", "verify", "--file", file, "--key", String(second["key"]))).toMatch(/^entries +6$/m);
    expect(await command("ledger", "replay", "--file", file)).toMatch(/^transitions +4$/m);
  });

  it("verifies and reads a ledger that the command line exported", async () => {
    const rows = join(folder, `rows-${found.name}.ndjson`);
    writeFileSync(rows, `{"city":"oslo","value":1}\n{"city":"rome","value":2}\n`);
    const [store, file] = [join(folder, `store-${found.name}`), join(folder, `made-${found.name}.dwl`)];
    await command("run", ".build/capsules/counter/counter.wasm", "--input", rows, "--subject", "readings.{city}", "--store", store, "--grant", "state", "--grant", "publish=counted.>", "--grant", "subscribe=readings.>");
    await command("ledger", "export", "--store", store, "--out", file);
    const bytes = JSON.stringify([...readFileSync(file)]);
    const seen = await run(page, `
      await using host = await doteros.createWorkerHost();
      const file = new Blob([new Uint8Array(${bytes})]);
      const { fault, size } = await host.verifyLedger({ file });
      return [fault === undefined, size, (await host.entries(0, 10, file)).map(({ entry }) => entry.message?.subject ?? entry.kind)];`);
    expect(seen).toEqual([true, 3, ["load", "readings.oslo", "readings.rome"]]);
  });

  it("comes to the same ledger as Node, which does its transitions again", async () => {
    const hex = await run(page, `
      await using host = await doteros.createWorkerHost({ store: {} });
      await host.load(await bytesOf("/counter.wasm"), { grants, manifest });
      for (let at = 0; at < 50; at += 1) await host.publish("readings.c" + (at % 7), String(at));
      await host.idle();
      return (await host.entries(0, 100)).map(({ bytes }) => hexOf(bytes));`) as string[];
    const entries = hex.map((digits) => new Uint8Array(Buffer.from(digits, "hex")));
    const report = await replayLedger({ entries, component: () => wasm("counter") });
    expect([report.transitions, report.difference]).toEqual([50, undefined]);
    const store = new MemoryStore();
    const host = await createHost({ store });
    await host.load(wasm("counter"), { grants: ["state", "publish=counted.>", "subscribe=readings.>", "log"] });
    for (let at = 0; at < 50; at += 1) await host.publish(`readings.c${at % 7}`, String(at));
    await host.close();
    expect([...store.entries(0)].length).toBe(entries.length);
  });
});
