import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("the TypeScript types of the capsule world are those that wit/ says", () => {
  const script = fileURLToPath(new URL("../.ci/generate-world.mjs", import.meta.url));
  expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
});
