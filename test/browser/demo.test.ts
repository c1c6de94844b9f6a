import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, SITE } from "../../browser-demo/build.mjs";
import { serve } from "../../browser-demo/serve.mjs";
import { findBrowsers, launch, type Running } from "../../benchmarks/browser.mjs";
import { GREEDY } from "../contract/greedy.ts";
import { componentOf } from "../fixture/component.ts";

// Everything that browser-demo/ shows, pressed and read as somebody would who has it in front of them. The steps go on where
// those before them ended.

const ROOT = join(import.meta.dirname, "..", "..");
const COMMAND = join(ROOT, "dist", "cli", "main.js");
const folder = mkdtempSync(join(tmpdir(), "browser-demo-"));
const command = async (...words: string[]): Promise<string> => (await promisify(execFile)(process.execPath, [COMMAND, ...words], { cwd: ROOT })).stdout;
/** How long the page may take for a step: the machine may be busy with other things. */
const PATIENCE = { timeout: 20_000, polling: 50 } as const;

let server: Server;
let address: string;
beforeAll(async () => {
  await build();
  server = await serve(SITE, 0);
  address = `http://localhost:${(server.address() as AddressInfo).port}/`;
}, 60_000);
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the demo in a new tab, and waits until it runs. */
async function visit({ browser }: Running): Promise<{ readonly page: Page; readonly problems: string[] }> {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
  await page.goto(address);
  await page.waitForSelector("html[data-ready]", PATIENCE);
  return { page, problems };
}

/** Presses the button with that text, once it is there and stands still. */
async function press(page: Page, text: string): Promise<void> {
  await page.locator(`::-p-xpath(//button[normalize-space()=${JSON.stringify(text)} and not(@hidden)])`).setTimeout(PATIENCE.timeout).click();
}

/** Waits until the text of an element matches, and answers with it. */
async function until(page: Page, selector: string, pattern: RegExp): Promise<string> {
  const handle = await page.waitForFunction(`(() => { const text = document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""; return ${String(pattern)}.test(text) && text; })()`, PATIENCE);
  return String(await handle.jsonValue());
}

/** Drops a component on the page, and waits until it is asked what that may have. */
async function drop(page: Page, bytes: Uint8Array): Promise<void> {
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array(${JSON.stringify([...bytes])})], "mine.wasm", { type: "application/wasm" }));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  })()`);
  await page.waitForSelector("#grants:not([hidden])", PATIENCE);
}

const figures = (capsule: string): string => `[data-capsule="${capsule}"] dl`;

describe.each(findBrowsers())("the demo in $name", (found) => {
  let running: Running;
  let page: Page;
  let problems: string[];
  beforeAll(async () => {
    running = await launch(found);
    ({ page, problems } = await visit(running));
  }, 60_000);
  afterAll(() => running.close());

  it("runs a first capsule soon after one came there", async () => {
    expect(Number(await page.evaluate("document.documentElement.dataset.ready"))).toBeLessThan(15_000);
    expect(await until(page, "#facts", /1 entry, kept in this browser/)).toMatch(/running \d+ ms after/);
    expect(await until(page, "#capsule-list", /weather 0\.1\.0/)).toMatch(/of 50 million units of fuel\s+memory now: [1-9]\d* KiB of 64 MiB/);
  });

  it("plays weather: messages come, and the capsule's figures go up", async () => {
    await press(page, "Play 60 days of weather");
    await until(page, figures("weather"), /Steps\s+60/);
    await page.waitForFunction("document.querySelectorAll('#message-list .in').length === 60", PATIENCE);
    expect(await page.evaluate("[...document.querySelectorAll('#message-list .out .subject')].some((subject) => subject.innerText.startsWith('alerts.'))")).toBe(true);
    await page.click("#only-said");
    expect(await page.evaluate("[...document.querySelectorAll('#message-list .in')].every((row) => row.offsetParent === null)")).toBe(true);
    await page.click("#only-said");
  });

  it("has the state at every version, on a slider", async () => {
    await press(page, "Count ten votes");
    await until(page, figures("counter"), /Steps\s+10/);
    await page.select("#state-capsule", "counter");
    expect(await until(page, "#state-rows", /votes\.water/)).toMatch(/votes\.coffee\s+3.*votes\.tea\s+5.*votes\.water\s+2/s);
    await page.focus("#version");
    await page.keyboard.press("Home");
    await until(page, "#state-rows", /before its first step/);
    for (const _ of [1, 2]) await page.keyboard.press("ArrowRight");
    expect(await until(page, "#state-rows", /votes\.coffee/)).toMatch(/votes\.coffee\s+1.*just written.*votes\.tea\s+1/s);
    expect(await until(page, "#version-text", /2 of 10/)).toBe("2 of 10");
    await page.keyboard.press("End");
    await until(page, "#state-rows", /votes\.water/);
  });

  it("verifies its ledger, and finds the entry that was tampered with", async () => {
    await press(page, "Verify");
    expect(await until(page, "#verdict", /entries hold/)).toMatch(/signed by localhost\/demo\+/);
    await press(page, "Tamper with a copy");
    const verdict = await until(page, "#verdict", /does not hold/);
    const [, named, changed, follows] = /Entry (\d+) does not hold, after changing .* of entry (\d+) .*one that entry (\d+) follows/s.exec(verdict) ?? [];
    expect([Number(changed), Number(follows)]).toEqual([Number(named), Number(named) + 1]);
    expect(await page.evaluate("document.querySelector('#chain .broken').dataset.index")).toBe(named);
    await press(page, "Verify");
    await until(page, "#verdict", /entries hold/);
  });

  it("exports a ledger that the command line verifies and replays, and verifies one of the command line's", async () => {
    await page.evaluate("globalThis.files = []; const make = URL.createObjectURL; URL.createObjectURL = (file) => { files.push(file); return make.call(URL, file); }");
    await press(page, "Export");
    await until(page, "#verdict", /on its way to your downloads/);
    const bytes = (await page.evaluate("files[0].arrayBuffer().then((buffer) => [...new Uint8Array(buffer)])")) as number[];
    const exported = join(folder, `${found.name}.dwl`);
    writeFileSync(exported, Uint8Array.from(bytes));
    expect(await command("ledger", "verify", "--file", exported)).toMatch(/^signed +\d+ entries/m);
    expect(await command("ledger", "replay", "--file", exported)).toMatch(/^equal +every write, output and hash/m);

    const [rows, store, file] = [join(folder, `${found.name}.ndjson`), join(folder, `${found.name}-store`), join(folder, `${found.name}-cli.dwl`)];
    writeFileSync(rows, `{"city":"oslo"}\n{"city":"rome"}\n`);
    await command("run", ".build/capsules/counter/counter.wasm", "--input", rows, "--subject", "readings.{city}", "--store", store, "--grant", "state", "--grant", "publish=counted.>", "--grant", "subscribe=readings.>");
    await command("ledger", "export", "--store", store, "--out", file);
    const input = await page.$("input#ledger-file");
    await input?.uploadFile(file);
    expect(await until(page, "#verdict", /3 entries hold/)).toContain(`in ${found.name}-cli.dwl`);
  });

  it("asks what a component that is dropped on it may have, and runs it with that", async () => {
    await drop(page, readFileSync(join(SITE, "thermostat.wasm")));
    const asked = String(await page.evaluate("document.getElementById('grants-text').value"));
    expect(asked.split("\n").map((line) => line.replace(/=.*/, "")).sort()).toEqual(expect.arrayContaining(["context", "log", "publish", "state"]));
    const before = Number(await page.evaluate("document.querySelectorAll('.card').length"));
    await page.evaluate("document.getElementById('grants-text').value = 'state\\npublish=heating.>\\nsubscribe=temperature.*\\ncontext\\nlog'");
    await press(page, "Grant and run");
    await page.waitForFunction(`document.querySelectorAll(".card").length === ${before + 1}`, PATIENCE);
  });

  it("shows the memory that a capsule has now, as it grows", async () => {
    await drop(page, await componentOf(GREEDY));
    await page.evaluate("document.getElementById('grants-text').value = 'state\\nsubscribe=grow'");
    await press(page, "Grant and run");
    expect(await until(page, "#capsule-list", /memory now: 128 KiB of 64 MiB/)).not.toContain("memory now: 2 MiB");
    await page.evaluate("document.getElementById('subject').value = 'grow'; document.getElementById('payload').value = 'g30'");
    await press(page, "Send");
    await until(page, "#capsule-list", /memory now: 2 MiB of 64 MiB/);
  });

  it("stops a capsule that spins, and draws all the while", async () => {
    await page.select("#fuel", "20000000000");
    await press(page, "Let it spin");
    const text = await until(page, "#spin-text", /Stopped at exactly 20 billion units of fuel/);
    const seconds = Number.parseFloat(await until(page, "#stopped", /s$/));
    const longest = Number.parseFloat(await until(page, "#longest", /ms$/));
    const frames = Number(/drew (\d+) frames/.exec(text)?.[1]);
    // Were the page held up, its longest frame would be as long as the capsule spun.
    expect(longest / 1_000).toBeLessThan(seconds / 2);
    expect(frames / seconds).toBeGreaterThan(5);
    await until(page, figures("spinner"), /Failed\s+1/);
    expect(await page.evaluate("document.querySelector('#message-list .dead .subject').innerText")).toBe("dlq.spinner");
  });

  it("takes a policy while everything runs, and one that is wrong leaves the one before in force", async () => {
    await press(page, "Read only");
    await press(page, "Put in force");
    await until(page, "#policy-state", /^In force since/);
    await press(page, "Count ten votes");
    await until(page, figures("counter"), /Denied by policy\s+[1-9]/);
    await page.evaluate("document.getElementById('policy-text').value = 'package doteros\\nallow if {'");
    await press(page, "Put in force");
    expect(await until(page, "#policy-state", /The one before stays in force/)).toContain("policy.rego");
    await press(page, "Allow what is granted");
    await press(page, "Put in force");
    await until(page, "#policy-state", /^In force since/);
  });

  it("has everything when it is loaded again, and goes on", async () => {
    const entries = await until(page, "#facts", /entries/);
    const count = Number(/(\d+) entries/.exec(entries)?.[1]);
    const cards = Number(await page.evaluate("document.querySelectorAll('.card').length"));
    await page.reload();
    await page.waitForSelector("html[data-ready]", PATIENCE);
    await page.waitForFunction(`document.querySelectorAll(".card").length === ${cards}`, PATIENCE);
    const again = Number(/(\d+) entries/.exec(await until(page, "#facts", /entries/))?.[1]);
    // Each capsule that is loaded again is an entry, and the policy in force is one.
    expect(again).toBeGreaterThanOrEqual(count);
    await page.select("#state-capsule", "counter");
    await until(page, "#state-rows", /votes\.tea\s+5/);
    await press(page, "Count ten votes");
    await until(page, "#state-rows", /votes\.tea\s+10/);
    await press(page, "Verify");
    await until(page, "#verdict", /entries hold/);
  });

  it("says in a second tab that the first one has the store, and runs in memory there", async () => {
    const second = await running.browser.newPage();
    await second.goto(address);
    await until(second, "#banner", /Another tab has this page open/);
    await press(second, "Run in memory here");
    await second.waitForSelector("html[data-ready]", PATIENCE);
    // The policy that is in force, and the first capsule.
    expect(await until(second, "#facts", /in memory, gone with the page/)).toMatch(/^2 entries/);
    await second.close();
    await page.bringToFront();
  });

  it("can be used with a keyboard, on a phone, and read by machines", async () => {
    const names = (await page.evaluate(`[...document.querySelectorAll("button, input, select, textarea, summary")]
      .filter((element) => !element.closest("[hidden]"))
      .filter((element) => (element.labels?.length ?? 0) === 0 && (element.textContent ?? "").trim() === "" && !element.hasAttribute("aria-label"))
      .map((element) => element.outerHTML)`)) as string[];
    expect(names).toEqual([]);
    expect(await page.evaluate("[...document.querySelectorAll('h1, h2, h3')].filter((heading) => !heading.closest('[hidden]')).map(({ tagName }) => tagName).join(' ')")).toMatch(/^H1 H2 H3 .*H2$/);
    await page.reload();
    await page.waitForSelector("html[data-ready]", PATIENCE);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the capsules");
    await page.setViewport({ width: 390, height: 844 });
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    expect(problems).toEqual([]);
  });

  it("forgets everything when it is asked to", async () => {
    await page.setViewport({ width: 1280, height: 900 });
    await Promise.all([page.waitForNavigation(), press(page, "Forget everything")]);
    await page.waitForSelector("html[data-ready]", PATIENCE);
    await until(page, "#facts", /1 entry, kept in this browser/);
    expect(await page.evaluate("document.querySelectorAll('.card').length")).toBe(1);
  });
});

it("says when no browser is there to have it in", () => {
  const names = findBrowsers().map(({ name }) => name);
  if (names.length === 0) process.stderr.write("test/browser: no browser found, the demo's tests are skipped\n");
  expect(new Set(names).size).toBe(names.length);
});
