import type { Browser } from "puppeteer-core";

/** A browser that is installed here. */
export interface Found {
  readonly name: "Chromium" | "Firefox";
  readonly path: string;
}

/** A browser that runs, with a profile of its own. */
export interface Running {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** What a browser is started with beside what all are. */
interface Settings {
  /** Of Firefox: its preferences. */
  readonly preferences?: Readonly<Record<string, unknown>>;
  /** Of Chromium: words of its command line. */
  readonly words?: readonly string[];
}

export function findBrowsers(): Found[];
export function launch(found: Found, settings?: Settings): Promise<Running>;
