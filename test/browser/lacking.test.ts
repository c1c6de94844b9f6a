import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { componentOf } from "../fixture/component.ts";
import { findBrowsers, launch, type Running } from "../../benchmarks/browser.mjs";
import { bundleSite, serve, type Site } from "./site.ts";

// What browsers and sites lack is named, with what still works, and that does.

const browsers = findBrowsers();
const COUNTER = join(import.meta.dirname, "..", "..", ".build", "capsules", "counter", "counter.wasm");
/** What a server has in place of a file that is not there. */
const HTML = { type: "text/html", body: "<!doctype html><title>404</title><h1>Not found</h1>" };
const NO_WORKERS = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'; connect-src 'self'";

/** Begins with nearly as much memory as there can be. */
const HUGE = `(module (memory (export "memory") 65535)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "doteros:capsule/handler@0.1.0#handle") (param ${"i32 ".repeat(15)}) (result i32) (i32.store8 (i32.const 64) (i32.const 0)) (i32.const 64)))`;

const SITES = ["whole", "without workers", "without the worker's script", "without SQLite"] as const;
let sites: Readonly<Record<(typeof SITES)[number], Site>>;
beforeAll(async () => {
  const files = new Map(await bundleSite("host-page", "../../../host/browser/worker", "lacking-worker"));
  files.set("/counter.wasm", { type: "application/wasm", body: readFileSync(COUNTER) });
  files.set("/huge.wasm", { type: "application/wasm", body: await componentOf(HUGE) });
  files.set("/page.wasm", HTML);
  sites = {
    whole: await serve(files),
    "without workers": await serve(files, NO_WORKERS),
    "without the worker's script": await serve(new Map([...files, ["/worker.js", HTML]])),
    "without SQLite": await serve(new Map([...files, ["/sqlite3.wasm", HTML]])),
  };
}, 60_000);
afterAll(async () => {
  for (const name of SITES) await sites[name].close();
});

/** What the steps of a test begin with. */
const BEGIN = `
  const manifest = { name: "counter", version: "0.1.0", capabilities: { state: true, publish: ["counted.>"] }, subscriptions: ["readings.>"] };
  const grants = ["state", "publish=counted.>", "subscribe=readings.>"];
  const failing = (promise) => promise.then(() => "nothing failed", ({ code, message, help }) => code + ": " + message + " / " + help);
  const works = async (host) => {
    const heard = [];
    await host.load(await bytesOf("/counter.wasm"), { grants, manifest });
    await host.subscribe("counted.>", ({ subject }) => void heard.push(subject));
    await host.publish("readings.oslo", "1");
    await host.idle();
    await host.close();
    return heard.join();
  };`;
const WORKS = "counted.readings.oslo";

/** Runs steps in the page; what they return is the answer. */
async function run(page: Page, steps: string): Promise<unknown> {
  return page.evaluate(`(async () => { ${BEGIN} ${steps} })()`);
}

/** A page of a site, in a new tab. */
async function visit({ browser }: Running, name: (typeof SITES)[number]): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(sites[name].origin);
  await page.waitForFunction("globalThis.doteros !== undefined");
  return page;
}

describe.each(browsers)("in $name", (found) => {
  let running: Running;
  beforeAll(async () => {
    running = await launch(found);
  }, 60_000);
  afterAll(() => running.close());

  it.each([
    ["a policy of content forbids workers", "without workers", "", /^internal: the worker with the host failed: .*worker-src 'self'/],
    ["the worker's script is a page of HTML", "without the worker's script", "", /^internal: the worker with the host failed: its script cannot be loaded/],
    ["the browser has no workers", "whole", "delete globalThis.Worker;", /^unsupported: this page can have no worker: ReferenceError/],
    ["its workers know no modules", "whole", "const Real = Worker; globalThis.Worker = class extends Real { constructor(url) { super(url); } };", /^internal: the worker with the host failed: /],
  ] as const)("a page without a worker has its host in the page itself: %s", async (_what, site, begin, problem) => {
    const page = await visit(running, site);
    const [said, heard] = (await run(page, `${begin} return [await failing(doteros.createWorkerHost()), await works(await doteros.createHost())];`)) as string[];
    expect(said).toMatch(problem);
    expect(said).toContain("createHost() makes a host in the page itself, in memory");
    expect(heard).toBe(WORKS);
    await page.close();
  });

  it.each([
    ["storage", /^store-unavailable: this page can keep nothing: the browser has no private files \(OPFS\) or no locks .* works in memory/],
    ["locks", /^store-unavailable: this page can keep nothing: the browser has no private files \(OPFS\) or no locks .* works in memory/],
    ["consent", /^store-unavailable: this page can keep nothing: the browser refuses its private files \(OPFS\).* works in memory/],
    ["handles", /^unsupported: a store is read synchronously, .* works in memory/],
  ] as const)("a browser without %s runs capsules in memory", async (lack, problem) => {
    const page = await visit(running, "whole");
    const worker = `new Worker("/lacking-worker.js?${lack}", { type: "module" })`;
    const [said, heard] = (await run(page, `return [
      await failing(doteros.createWorkerHost({ worker: ${worker}, store: { name: "lacking" } })),
      await works(await doteros.createWorkerHost({ worker: ${worker}, store: {} })),
    ];`)) as string[];
    expect(said).toMatch(problem);
    expect(heard).toBe(WORKS);
    await page.close();
  });

  it("a site that serves a page of HTML for SQLite runs capsules in memory", async () => {
    const page = await visit(running, "without SQLite");
    const [said, heard] = (await run(page, `return [await failing(doteros.createWorkerHost({ store: { name: "lacking" } })), await works(await doteros.createWorkerHost({ store: {} }))];`)) as string[];
    expect(said).toMatch(/^unsupported: a store in a browser needs the package @sqlite\.org\/sqlite-wasm, and it cannot be loaded: .*its file sqlite3\.wasm must lie where/s);
    expect(heard).toBe(WORKS);
    await page.close();
  });

  it.each(["createHost", "createWorkerHost"])("%s refuses files that are no capsules, by name, and goes on", async (make) => {
    const page = await visit(running, "whole");
    const said = await run(page, `
      const host = await doteros.${make}();
      const files = [new Uint8Array(), await bytesOf("/page.wasm"), await bytesOf("/not-there.wasm"), new Uint8Array(300 * 2 ** 20)];
      const said = [];
      for (const file of files) said.push(await failing(host.load(file, { grants, manifest })));
      return [...said, await works(host)];`);
    expect(said).toEqual([
      expect.stringMatching(/^not-wasm: .*there are no bytes/),
      expect.stringMatching(/^not-wasm: .*it does not begin with/),
      expect.stringMatching(/^not-wasm: /),
      expect.stringMatching(/^limit-exceeded: the component has 314572800 bytes, more than 134217728/),
      WORKS,
    ]);
    await page.close();
  });
});

describe.each(browsers.filter(({ name }) => name === "Chromium"))("in $name, whose memories all have a place in a terabyte", (found) => {
  it("a capsule that there is no memory for is refused, and those that are there go on", async () => {
    const running = await launch(found);
    const page = await visit(running, "whole");
    const [loaded, refused, transitions] = (await run(page, `
      await using host = await doteros.createWorkerHost();
      const bytes = await bytesOf("/huge.wasm");
      const limits = { memoryBytesMax: 65535 * 65536 };
      const load = (name) => host.load(bytes, { grants: ["subscribe=a"], manifest: { name, version: "0.1.0", capabilities: {}, subscriptions: ["a"] }, limits });
      let [loaded, refused] = [0, "nothing failed"];
      for (; loaded < 1000 && refused === "nothing failed"; loaded += 1) refused = await failing(load("h" + loaded));
      loaded -= 1;
      await host.publish("a", "");
      await host.idle();
      const capsules = await host.capsules();
      return [loaded, refused, capsules.map(({ counters }) => counters.transitions)];`)) as [number, string, number[]];
    expect(refused).toMatch(/^memory-exhausted: there is no room for one more instance: .*those that have an instance go on/);
    expect(loaded).toBeGreaterThan(50);
    expect(transitions).toEqual(Array.from({ length: loaded }, () => 1));
    await running.close();
  }, 60_000);
});

describe.each(browsers.filter(({ name }) => name === "Firefox"))("in $name", (found) => {
  it.each([
    ["without private files", { "dom.fs.enabled": false }],
    ["that lets sites keep nothing", { "network.cookie.cookieBehavior": 2 }],
  ])("one %s says so, and runs capsules in memory", async (_what, preferences) => {
    const running = await launch(found, { preferences });
    const page = await visit(running, "whole");
    const [said, heard] = (await run(page, `return [await failing(doteros.createWorkerHost({ store: { name: "lacking" } })), await works(await doteros.createWorkerHost({ store: {} }))];`)) as string[];
    expect(said).toMatch(/^store-unavailable: this page can keep nothing: .* works in memory/);
    expect(heard).toBe(WORKS);
    await running.close();
  }, 60_000);
});
