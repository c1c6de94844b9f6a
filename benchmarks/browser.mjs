// The browsers that are installed here, and how one is started: for benchmarks and tests.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { launch as start } from "puppeteer-core";

const NAMES = {
  Chromium: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  Firefox: ["firefox-esr", "firefox"],
};

const QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(" ");

/** The browsers there are: those on the PATH, or where DOTEROS_CHROMIUM and DOTEROS_FIREFOX say. */
export function findBrowsers() {
  return Object.entries(NAMES).flatMap(([name, files]) => {
    const path = process.env[`DOTEROS_${name.toUpperCase()}`] ?? onPath(files);
    return path === undefined || path === "" ? [] : [{ name, path }];
  });
}

/** @param {readonly string[]} names */
function onPath(names) {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** Starts a browser without a window, with a profile of its own. */
export async function launch({ name, path }, { preferences = {}, words = [] } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "browser-"));
  const browser =
    name === "Chromium"
      ? await start({ executablePath: path, headless: true, args: [...QUIET, ...words], userDataDir: profile })
      : await start({ browser: "firefox", executablePath: path, headless: true, extraPrefsFirefox: preferences });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
