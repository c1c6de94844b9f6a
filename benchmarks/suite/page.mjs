// From the navigation to a page to the first transition of a capsule in it, in real browsers. Each page is visited anew and again.
import { findBrowsers, launch } from "../browser.mjs";
import { pageSite, WAYS } from "../page-site.mjs";
import { number } from "../table.mjs";

export const name = "page";
export const title = "From the navigation to the first transition in a page (ms)";

/** Visits by someone who was never there; after each of them some by the same one. */
const VISITS = 5;
const AGAIN = 3;
const PATIENCE_MILLISECONDS = 30_000;

/** @param {(line: string) => void} progress */
export async function run(progress) {
  const browsers = findBrowsers();
  if (browsers.length === 0) return [{ title: "browsers", problem: "none is installed here", isMissing: true }];
  const site = await pageSite();
  const rows = [];
  try {
    for (const found of browsers) rows.push(...(await rowsOf(found, site.origin, progress)));
  } finally {
    site.close();
  }
  return rows;
}

async function rowsOf(found, origin, progress) {
  progress(found.name);
  const running = await launch(found);
  const samples = new Map(WAYS.map((way) => [way, { first: [], again: [] }]));
  try {
    // A browser that has just begun has other things to do.
    for (const way of WAYS) await visits(running.browser, `${origin}/${way.name}`, 1);
    // In rounds: the machine is busy at times.
    for (let round = 0; round < VISITS; round += 1) {
      for (const way of WAYS) {
        const [first, ...again] = await visits(running.browser, `${origin}/${way.name}`, 1 + AGAIN);
        samples.get(way).first.push(first);
        samples.get(way).again.push(...again);
      }
    }
  } finally {
    await running.close();
  }
  return [...samples].map(([way, { first, again }]) => ({ title: `${found.name}, ${way.title}`, first: summary(first), again: summary(again) }));
}

/** Visits a page some times, as someone who has never been anywhere before. */
async function visits(browser, address, count) {
  const context = await browser.createBrowserContext();
  const times = [];
  try {
    for (let visit = 0; visit < count; visit += 1) {
      const page = await context.newPage();
      await page.goto(address);
      await page.waitForFunction("globalThis.times !== undefined", { timeout: PATIENCE_MILLISECONDS });
      times.push(await page.evaluate("globalThis.times"));
      await page.close();
    }
  } finally {
    await context.close();
  }
  if (times.some(({ transitions }) => transitions !== 1)) throw new Error(`${address} did other work than it should`);
  return times;
}

function summary(times) {
  const sorted = times.map(({ first }) => first).sort((a, b) => a - b);
  const scripts = times.map(({ script }) => script).sort((a, b) => a - b);
  return { script: middle(scripts), median: middle(sorted), best: sorted[0] };
}

const middle = (sorted) => sorted[Math.floor(sorted.length / 2)];

export const head = ["", "page's script", "first visit", "best", "page's script", "visited before", "best"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, first, again }) {
  return [called, ...[first, again].flatMap(({ script, median, best }) => [script, median, best].map(number))];
}
