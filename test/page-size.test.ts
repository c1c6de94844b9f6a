// What a web page loads for the linker, and for policies: see benchmarks/page-bundle.mjs for how it is bundled.
import { expect, it } from "vitest";
import { type PageChunk, pageBundle } from "../benchmarks/page-bundle.mjs";

/** Bytes, compressed by gzip. A change that adds to it should be worth that to every page. */
const WITH_THE_PAGE_MAX = 24_900;

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

const sizeOf = (chunks: readonly PageChunk[]): number => chunks.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);

/** A host in the page, before the first capsule: 60 KiB. */
const HOST_MAX = 61_440;

it("a page that makes a host loads the store's, the signer's and the rewriter's part when there is something for them to do", async () => {
  const chunks = await pageBundle("browser", "createHost");
  expect(sizeOf(chunks.filter(({ isStatic }) => isStatic))).toBeLessThan(HOST_MAX);
  const later = new Set(chunks.filter(({ isStatic }) => !isStatic).map(({ file }) => file));
  for (const file of ["journal.js", "make-checkpoint.js", "rewrite-module.js", "rego.js", "route.js"]) expect(later).toContain(file);
});

/** A small host, before the first capsule: 30 KiB; */
const LITE_MAX = 30_720;
/** and with all that a capsule needs that has no seldom parts. The linker and the rewriter are more than half of it. */
const LITE_WITH_CAPSULE_MAX = 59_000;

it("a page that makes a small host loads one file, and one more for its first capsule", async () => {
  const chunks = await pageBundle("lite", "createHost");
  const withPage = chunks.filter(({ isStatic }) => isStatic);
  const forCapsules = chunks.filter(({ isForCapsules }) => isForCapsules);
  expect(withPage).toHaveLength(1);
  expect(sizeOf(withPage)).toBeLessThan(LITE_MAX);
  expect(forCapsules.map(({ file }) => file)).toContain("capsules.js");
  expect(sizeOf(withPage) + sizeOf(forCapsules)).toBeLessThan(LITE_WITH_CAPSULE_MAX);
});

it("a small host has no policies, no ledgers and no threads to load, whatever it is asked for", async () => {
  const files = (await pageBundle("lite", "createHost")).map(({ file }) => file.replace(/\d*\.js$/, ""));
  for (const name of ["rego", "journal", "make-checkpoint", "threads", "capsule-snapshot", "instance-copy"]) expect(files).not.toContain(name);
});

/** What a page needs to talk to a host in a worker. */
const WORKER_HOST_MAX = 2_500;

it("a page whose host is in a worker loads next to nothing itself", async () => {
  const chunks = await pageBundle("browser", "createWorkerHost");
  expect(chunks).toHaveLength(1);
  expect(chunks[0]?.gzipBytes).toBeLessThan(WORKER_HOST_MAX);
});
