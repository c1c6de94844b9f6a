import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: join(import.meta.dirname, ".."),
  test: {
    include: ["test/**/*.test.ts"],
    // A test that asserts nothing cannot fail, so it fails.
    expect: { requireAssertions: true },
    allowOnly: false,
    // A machine that is busy with other things is no failure; a test that hangs still ends.
    testTimeout: 30_000,
  },
});
