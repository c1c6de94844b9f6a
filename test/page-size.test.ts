// What a web page loads for the linker, and for policies: see benchmarks/page-bundle.mjs for how it is bundled.
import { expect, it } from "vitest";
import { type PageChunk, PAGES, pageBundle } from "../benchmarks/page-bundle.mjs";

const sizeOf = (chunks: readonly PageChunk[]): number => chunks.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);

// A change that adds to a budget should be worth that to every page.
it.each(PAGES)("a page that imports $wanted of doteros-wasm/$door loads no more than $budget bytes with itself", async ({ door, wanted, budget }) => {
  const chunks = await pageBundle(door, wanted);
  expect(sizeOf(chunks.filter(({ isStatic }) => isStatic))).toBeLessThanOrEqual(budget);
});

it("a page that imports compileComponent loads one small file, and the rest only where a component needs it", async () => {
  const chunks = await pageBundle("component", "compileComponent");
  expect(chunks.filter(({ isStatic }) => isStatic)).toHaveLength(1);
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

it("a page that makes a host loads the store's, the signer's and the rewriter's part when there is something for them to do", async () => {
  const chunks = await pageBundle("browser", "createHost");
  const later = new Set(chunks.filter(({ isStatic }) => !isStatic).map(({ file }) => file));
  for (const file of ["journal.js", "make-checkpoint.js", "rewrite-module.js", "rego.js", "route.js"]) expect(later).toContain(file);
});

/** A small host with all that a capsule needs that has no seldom parts. The linker and the rewriter are more than half of it. */
const LITE_WITH_CAPSULE_MAX = 59_000;

it("a page that makes a small host loads one file, and one more for its first capsule", async () => {
  const chunks = await pageBundle("lite", "createHost");
  const withPage = chunks.filter(({ isStatic }) => isStatic);
  const forCapsules = chunks.filter(({ isForCapsules }) => isForCapsules);
  expect(withPage).toHaveLength(1);
  expect(forCapsules.map(({ file }) => file)).toContain("capsules.js");
  expect(sizeOf(withPage) + sizeOf(forCapsules)).toBeLessThan(LITE_WITH_CAPSULE_MAX);
});

it("a small host has no policies, no ledgers and no threads to load, whatever it is asked for", async () => {
  const files = (await pageBundle("lite", "createHost")).map(({ file }) => file.replace(/\d*\.js$/, ""));
  for (const name of ["rego", "journal", "make-checkpoint", "threads", "capsule-snapshot", "instance-copy"]) expect(files).not.toContain(name);
});

it("a page whose host is in a worker loads next to nothing itself", async () => {
  const chunks = await pageBundle("browser", "createWorkerHost");
  expect(chunks).toHaveLength(1);
});
