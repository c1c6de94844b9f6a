import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createHost } from "../../host/lite.ts";
import { litePlatform } from "../../host/lite/platform.ts";
import { makeFiles } from "./fixtures.ts";
import type { Kit } from "./kit.ts";
import { runCase, SUITE } from "./suite.ts";

/** What the small host is without, too: ledgers. */
const replayLedger: Kit["door"]["replayLedger"] = () => Promise.reject(new Error("doteros-wasm/lite has no ledgers"));
let kit: Kit;

beforeAll(async () => {
  kit = { door: { createHost, replayLedger }, platform: litePlatform, files: await makeFiles(join(import.meta.dirname, "..", "..")), place: "doteros-wasm/lite has no stores" };
});

describe.each(["loop", "limits"])("the contract for the small host, %s", (part) => {
  it.each(Object.keys(SUITE[part] ?? {}))("%s", async (name) => {
    const result = await runCase(kit, part, name);
    expect(result.reason).toBeUndefined();
    expect(result.outcome).toBe("ok");
  });
});
