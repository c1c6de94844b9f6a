import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findBrowsers, launch } from "../../benchmarks/browser.mjs";
import { bundleSite, serve } from "./site.ts";

const CAPSULE = join(import.meta.dirname, "..", "..", ".build", "capsules", "counter", "counter.wasm");

it.each(findBrowsers())("a small host runs a capsule in $name, under a strict policy of content", async (found) => {
  const bytes = readFileSync(CAPSULE);
  const files = new Map([...(await bundleSite("lite-page")), ["/capsule.wasm", { type: "application/wasm", body: bytes }] as const]);
  const site = await serve(files);
  const running = await launch(found);
  try {
    const page = await running.browser.newPage();
    await page.goto(site.origin);
    await page.waitForFunction("globalThis.result !== undefined");
    expect(await page.evaluate("globalThis.result")).toEqual({
      transitions: 2,
      keys: 1,
      digest: createHash("sha256").update(bytes).digest("hex"),
      heard: ["counted.readings.seattle", "counted.readings.seattle"],
    });
  } finally {
    await running.close();
    await site.close();
  }
});
