import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Browser, launch as start } from "puppeteer-core";

/** A browser that is installed here. */
export interface Found {
  readonly name: "Chromium" | "Firefox";
  readonly path: string;
}

const NAMES = {
  Chromium: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  Firefox: ["firefox-esr", "firefox"],
} as const;

const QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(" ");

/** The browsers that tests run in: those on the PATH, or where DOTEROS_CHROMIUM and DOTEROS_FIREFOX say. */
export function findBrowsers(): Found[] {
  return (["Chromium", "Firefox"] as const).flatMap((name) => {
    const path = process.env[`DOTEROS_${name.toUpperCase()}`] ?? onPath(NAMES[name]);
    return path === undefined || path === "" ? [] : [{ name, path }];
  });
}

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** A browser that runs, with a profile of its own. */
export interface Running {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Starts a browser without a window. */
export async function launch({ name, path }: Found, preferences: Readonly<Record<string, unknown>> = {}): Promise<Running> {
  const profile = mkdtempSync(join(tmpdir(), "browser-"));
  const browser =
    name === "Chromium"
      ? await start({ executablePath: path, headless: true, args: QUIET, userDataDir: profile })
      : await start({ browser: "firefox", executablePath: path, headless: true, extraPrefsFirefox: preferences });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
