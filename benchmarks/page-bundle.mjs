// Bundles a door the way a page's bundler does: for browsers, unused exports left out, dynamic imports in files of their own.
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** What pages import, and how much of it may be loaded with the page, in bytes by gzip. */
export const PAGES = [
  { door: "component", wanted: "compileComponent", budget: 24_900 },
  { door: "lite", wanted: "createHost", budget: 30_720 },
  { door: "browser", wanted: "createHost", budget: 61_440 },
  { door: "browser", wanted: "createWorkerHost", budget: 2_500 },
];

/** What a host loads with its first capsule. */
const FOR_CAPSULES = ["capsules.js", "rewrite-module.js"];

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRY = "\0page";

/**
 * What a page that imports one name from a door loads, minified.
 *
 * @param {string} door such as `component`
 * @param {string} wanted the name that the page imports
 * @returns {Promise<{ file: string, isStatic: boolean, isForCapsules: boolean, bytes: number, gzipBytes: number }[]>} the file that
 *   is loaded with the page first, then those that are loaded when something needs them: all capsules, or few
 */
export async function pageBundle(door, wanted) {
  const page = {
    name: "page",
    resolveId: (id) => (id === ENTRY ? id : undefined),
    load: (id) => (id === ENTRY ? `export { ${wanted} } from "doteros-wasm/${door}";` : undefined),
  };
  const bundle = await rolldown({
    input: { page: ENTRY },
    cwd: ROOT,
    plugins: [page],
    platform: "browser",
    checks: { ineffectiveDynamicImport: false },
    // A page's own entry exports nothing, so what its chunks share may stay in it.
    preserveEntrySignatures: "allow-extension",
  });
  const { output } = await bundle.generate({ format: "esm", minify: true, chunkFileNames: "[name].js" });
  await bundle.close();
  const files = new Map(output.map((file) => [file.fileName, file]));
  const withPage = loaded("page.js", files);
  const forCapsules = new Set();
  for (const name of FOR_CAPSULES) loaded(name, files, forCapsules);
  return output
    .filter(({ type }) => type === "chunk")
    .map(({ fileName, code }) => ({
      file: fileName,
      isStatic: withPage.has(fileName),
      isForCapsules: !withPage.has(fileName) && forCapsules.has(fileName),
      bytes: Buffer.byteLength(code),
      gzipBytes: gzipSync(code, { level: 9 }).length,
    }));
}

/** A file, and what it imports. */
function loaded(name, files, seen = new Set()) {
  if (seen.has(name) || !files.has(name)) return seen;
  seen.add(name);
  for (const other of files.get(name).imports) loaded(other, files, seen);
  return seen;
}
