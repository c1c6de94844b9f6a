// What a web page loads for the linker, and for policies: see benchmarks/page-bundle.mjs for how it is bundled.
import { expect, it } from "vitest";
import { pageBundle } from "../benchmarks/page-bundle.mjs";

/** Bytes, compressed by gzip. A change that adds to it should be worth that to every page. */
const WITH_THE_PAGE_MAX = 27_100;

it("a page that imports compileComponent loads one small file, and the rest only where a component needs it", async () => {
  const chunks = await pageBundle("component", "compileComponent");
  const [first, ...others] = chunks.filter(({ isStatic }) => isStatic);
  expect(others).toEqual([]);
  expect(first?.gzipBytes).toBeLessThan(WITH_THE_PAGE_MAX);
  const later = chunks.filter(({ isStatic }) => !isStatic).map(({ file }) => file);
  expect(later.sort()).toEqual(["import-problem.js", "jco.js", "read-seldom.js"]);
});

/** Policies without the builtins that need libraries. */
const POLICIES_MAX = 40_000;

it("a page that evaluates policies with the builtins of the language loads no library of the others", async () => {
  const chunks = await pageBundle("rego", "coreBuiltins, compilePolicyWith");
  expect(chunks).toHaveLength(1);
  expect(chunks[0]?.gzipBytes).toBeLessThan(POLICIES_MAX);
});
