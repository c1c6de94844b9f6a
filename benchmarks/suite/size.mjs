// What a web page loads for each door that pages use: bundled and minified as pages bundle it, and compressed.
import { PAGES, pageBundle } from "../page-bundle.mjs";

export const name = "size";
export const title = "What a page loads, gzip (bytes)";

export async function run() {
  const rows = [];
  for (const { door, wanted, budget } of PAGES) {
    const chunks = await pageBundle(door, wanted);
    const sum = (chosen) => chosen.reduce((all, { gzipBytes }) => all + gzipBytes, 0);
    const withPage = chunks.filter(({ isStatic }) => isStatic);
    const forCapsules = chunks.filter(({ isForCapsules }) => isForCapsules);
    rows.push({
      title: `import { ${wanted} } from "doteros-wasm/${door}"`,
      budget,
      gzipBytes: sum(withPage),
      withFirstCapsule: forCapsules.length === 0 ? undefined : sum(withPage) + sum(forCapsules),
      files: withPage.length + forCapsules.length,
      all: sum(chunks),
    });
  }
  return rows;
}

export const head = ["", "budget", "with the page", "and the first capsule", "files", "with every seldom part"];

const bytes = (value) => value?.toLocaleString("en") ?? "";

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, budget, gzipBytes, withFirstCapsule, files, all }) {
  return [called, bytes(budget), bytes(gzipBytes), bytes(withFirstCapsule), String(files), bytes(all)];
}
