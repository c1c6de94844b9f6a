// What a web page loads for the linker: see benchmarks/page-bundle.mjs for how it is bundled.
import { expect, it } from "vitest";
import { pageBundle } from "../benchmarks/page-bundle.mjs";

/** Bytes, compressed by gzip. A change that adds to it should be worth that to every page. */
const WITH_THE_PAGE_MAX = 26_900;

it("a page that imports compileComponent loads one small file, and the rest only where a component needs it", async () => {
  const chunks = await pageBundle("component", "compileComponent");
  const [first, ...others] = chunks.filter(({ isStatic }) => isStatic);
  expect(others).toEqual([]);
  expect(first?.gzipBytes).toBeLessThan(WITH_THE_PAGE_MAX);
  const later = chunks.filter(({ isStatic }) => !isStatic).map(({ file }) => file);
  expect(later.sort()).toEqual(["import-problem.js", "jco.js", "read-seldom.js"]);
});
