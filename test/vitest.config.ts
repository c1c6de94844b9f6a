import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: join(import.meta.dirname, ".."),
  test: {
    include: ["test/**/*.test.ts"],
    // A test that asserts nothing cannot fail, so it fails.
    expect: { requireAssertions: true },
    allowOnly: false,
  },
});
