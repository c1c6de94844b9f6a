import { setTimeout as wait } from "node:timers/promises";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Found, findBrowsers, launch, type Running } from "../../benchmarks/browser.mjs";
import { bundleSite, serve, type Site } from "./site.ts";

const browsers = findBrowsers();
let site: Site;
beforeAll(async () => {
  site = await serve(await bundleSite("store-page", "store-worker"));
}, 60_000);
afterAll(() => site.close());

/** A tab, and a way to ask the worker in it. */
interface Tab {
  readonly page: Page;
  readonly ask: (request: Record<string, unknown>) => Promise<unknown>;
}

async function openTab({ browser }: Running): Promise<Tab> {
  const page = await browser.newPage();
  await page.goto(site.origin);
  await page.waitForFunction("globalThis.ask !== undefined");
  return { page, ask: (request) => page.evaluate(`ask(${JSON.stringify(request)})`) };
}

/** Does something to the files of a store that no worker has open: code of the page's own, given the file of the database. */
function harm(page: Page, store: string, work: string): Promise<unknown> {
  return page.evaluate(`(async () => {
    let folder = await navigator.storage.getDirectory();
    for (const name of ["doteros-wasm", ${JSON.stringify(store)}, ".opaque"]) folder = await folder.getDirectoryHandle(name);
    for await (const handle of folder.values()) {
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      const path = new TextDecoder().decode(bytes.subarray(0, 9));
      if (path !== "/store.db") continue;
      const written = await handle.createWritable({ keepExistingData: true });
      ${work}
      await written.close();
    }
  })()`);
}

it("says which browsers it did not find, whose tests are skipped", () => {
  const missing = ["Chromium", "Firefox"].filter((name) => browsers.every((found) => found.name !== name));
  if (missing.length > 0) process.stderr.write(`test/browser: ${missing.join(" and ")} not found, skipped\n`);
  expect(missing.length + browsers.length).toBe(2);
});

describe.each(browsers)("a store in $name", (found: Found) => {
  let running: Running;
  beforeAll(async () => {
    running = await launch(found);
  }, 60_000);
  afterAll(() => running.close());

  it("has what was committed when the page is loaded again, and every version of it", async () => {
    const { page, ask } = await openTab(running);
    expect(await ask({ do: "open", name: "kept" })).toBe(0);
    for (const value of ["one", "two", "three"]) await ask({ do: "put", key: "k", value });
    await page.reload();
    await page.waitForFunction("globalThis.ask !== undefined");
    expect(await ask({ do: "open", name: "kept" })).toBe(3);
    expect(await ask({ do: "get", key: "k" })).toBe("three");
    expect(await ask({ do: "get-at", key: "k", version: 2 })).toBe("two");
    expect(await ask({ do: "entries" })).toEqual(["k=one", "k=two", "k=three"]);
    expect(await ask({ do: "close" })).toBe(null);
    expect(await ask({ do: "open", name: "kept" })).toBe(3);
    await page.close();
  });

  it("is refused to a second tab by name, which gets it when the first is closed", async () => {
    const first = await openTab(running);
    const second = await openTab(running);
    await first.ask({ do: "open", name: "one" });
    await first.ask({ do: "put", key: "k", value: "v" });
    expect(await second.ask({ do: "open", name: "one" })).toMatch(/^store-in-use: the store one is in use by another tab/);
    expect(await second.ask({ do: "open", name: "other" })).toBe(0);
    const waiting = second.ask({ do: "open", name: "one", options: { wait: true } });
    expect(await Promise.race([waiting, wait(1_500, "waits")])).toBe("waits");
    await first.page.close();
    expect(await waiting).toBe(1);
    await second.page.close();
  });

  it("is whole after its page was closed in the middle of commits", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { page, ask } = await openTab(running);
      const before = Number(await ask({ do: "open", name: "torn" }));
      void ask({ do: "put-for-ever" }).catch(() => undefined);
      await page.waitForFunction(`progress.last > ${before + 20}`);
      await wait(round * 7);
      const told = Number(await page.evaluate("progress.last"));
      await page.close();
      const again = await openTab(running);
      const after = Number(await again.ask({ do: "open", name: "torn" }));
      // What was told to be committed is there, and what is there holds together.
      expect(after).toBeGreaterThan(told);
      expect(await again.ask({ do: "get", key: "k" })).toBe(String(after - 1));
      expect(await again.ask({ do: "entries", from: after - 1 })).toEqual([`k=${after - 1}`]);
      await again.page.close();
    }
  });

  it.each([
    ["its content is overwritten", `await written.write({ type: "write", position: 4096, data: new TextEncoder().encode("no database at all".repeat(9)) });`],
    ["pages of it are overwritten", `for (let at = 8192; at < bytes.length; at += 4096) await written.write({ type: "write", position: at, data: new Uint8Array(4096).fill(0xa5) });`],
    ["it is cut short", `await written.truncate(4096 + 4096 + 100);`],
    ["its header is overwritten", `await written.write({ type: "write", position: 2, data: new Uint8Array([1, 2, 3]) });`],
    ["it is emptied", `await written.truncate(0);`],
  ])("is refused as damaged when %s, and can be deleted", async (_what, work) => {
    const { page, ask } = await openTab(running);
    await ask({ do: "delete", name: "hurt" });
    await ask({ do: "open", name: "hurt" });
    for (let at = 0; at < 40; at += 1) await ask({ do: "put", key: `k${at}`, value: "value ", times: 500 });
    await ask({ do: "close" });
    await page.reload();
    await page.waitForFunction("globalThis.ask !== undefined");
    await harm(page, "hurt", work);
    expect(await ask({ do: "open", name: "hurt" })).toMatch(/^store-damaged: the store hurt is damaged/);
    expect(await ask({ do: "delete", name: "hurt" })).toBe(null);
    expect(await ask({ do: "open", name: "hurt" })).toBe(0);
    await page.close();
  });

  it("belongs in a worker, and says so on a page", async () => {
    const { page } = await openTab(running);
    expect(await page.evaluate("openHere()")).toBe("unsupported");
    await page.close();
  });
});

describe.each(browsers.filter(({ name }) => name === "Chromium"))("a store in $name with a small quota", (found) => {
  it("says that it is full, keeps what it had, and goes on when there is room", async () => {
    const running = await launch(found);
    const { page, ask } = await openTab(running);
    await ask({ do: "open", name: "small" });
    await ask({ do: "put", key: "k", value: "v" });
    const session = await page.createCDPSession();
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin, quotaSize: 300_000 });
    expect(await ask({ do: "put", key: "large", value: "0123456789", times: 100_000 })).toMatch(/^store-full: the store small has no room/);
    expect([await ask({ do: "get", key: "k" }), await ask({ do: "entries" })]).toEqual(["v", ["k=v"]]);
    const second = await openTab(running);
    expect(await second.ask({ do: "open", name: "no-room" })).toMatch(/^store-full: the store no-room/);
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin });
    expect(await ask({ do: "put", key: "large", value: "0123456789", times: 100_000 })).toBe(2);
    await running.close();
  });
});

describe.each(browsers.filter(({ name }) => name === "Firefox"))("a store in $name with little room", (found) => {
  it("says that it is full, keeps what it had, and goes on with what fits", async () => {
    // In KiB, for all sites; one may have a fifth of it, and ten MiB at least.
    const running = await launch(found, { preferences: { "dom.quotaManager.temporaryStorage.fixedLimit": 12_000 } });
    const { ask } = await openTab(running);
    await ask({ do: "open", name: "small" });
    await ask({ do: "put", key: "k", value: "v" });
    expect(await ask({ do: "put", key: "large", value: "0123456789", times: 2_000_000 })).toMatch(/^store-full: the store small has no room/);
    expect([await ask({ do: "get", key: "k" }), await ask({ do: "entries" })]).toEqual(["v", ["k=v"]]);
    const second = await openTab(running);
    expect(await second.ask({ do: "open", name: "no-room" })).toMatch(/^store-full: the store no-room/);
    expect(await ask({ do: "put", key: "fits", value: "0123456789", times: 1_000 })).toBe(2);
    await running.close();
  });
});

describe.each(browsers.filter(({ name }) => name === "Chromium"))("a store in $name in a private window", (found) => {
  it("works as long as the window is open, and is gone with it", async () => {
    const running = await launch(found);
    for (const _window of [1, 2]) {
      const window = await running.browser.createBrowserContext();
      const page = await window.newPage();
      await page.goto(site.origin);
      await page.waitForFunction("globalThis.ask !== undefined");
      const ask = (request: object): Promise<unknown> => page.evaluate(`ask(${JSON.stringify(request)})`);
      expect(await ask({ do: "open", name: "private" })).toBe(0);
      await ask({ do: "put", key: "k", value: "v" });
      await page.reload();
      await page.waitForFunction("globalThis.ask !== undefined");
      expect([await ask({ do: "open", name: "private" }), await ask({ do: "get", key: "k" })]).toEqual([1, "v"]);
      await window.close();
    }
    await running.close();
  });
});

describe.each(browsers.filter(({ name }) => name === "Chromium"))("a store in $name on a page that anyone on the way could have changed", (found) => {
  it("is unavailable, which is said with what still works", async () => {
    const running = await launch(found, { words: ["--host-resolver-rules=MAP plain.example 127.0.0.1"] });
    const page = await running.browser.newPage();
    await page.goto(site.origin.replace("localhost", "plain.example"));
    await page.waitForFunction("globalThis.ask !== undefined");
    expect(await page.evaluate(`ask({ do: "open", name: "plain" })`)).toMatch(/^store-unavailable: this page can keep nothing: it was not loaded over HTTPS/);
    await running.close();
  });
});

describe.each(browsers.filter(({ name }) => name === "Firefox"))("a store in $name in a private window", (found) => {
  it("is said to be unavailable where the browser gives no files, else works", async () => {
    const running = await launch(found, { preferences: { "browser.privatebrowsing.autostart": true } });
    const { ask } = await openTab(running);
    const answer = await ask({ do: "open", name: "private" });
    expect(typeof answer === "number" ? "works" : String(answer)).toMatch(/^(?:works$|store-unavailable: this page can keep nothing)/);
    await running.close();
  });
});
