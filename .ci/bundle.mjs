// Puts the code behind each door into few files, dist/door/, for Node: it waits for every file behind a door, one by one.
// What doors share lies in chunks that they share, so that a class is one class through every door. Bundlers for the web
// take the compiler's own files, of which they leave out what a page does not use.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const FOLDER = path.join(ROOT, "dist", "door");

const { exports } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
const doors = Object.values(exports).filter((door) => door.node !== undefined);
const input = Object.fromEntries(
  doors.map(({ types, node }) => [path.basename(node, ".js"), path.join(ROOT, types.replace(/\.d\.ts$/, ".js"))]),
);
// What a thread runs is no door: a door names its file, which lies beside it.
for (const name of ["node-thread", "node-network", "node-http"]) input[name] = path.join(ROOT, "dist", `${name}.js`);

fs.rmSync(FOLDER, { recursive: true, force: true });
const isPackage = /^[^./]/;
const bundle = await rolldown({ input, external: isPackage, platform: "neutral", checks: { ineffectiveDynamicImport: false } });
await bundle.write({ dir: FOLDER, format: "esm", sourcemap: true, chunkFileNames: "[name].js" });
await bundle.close();

// The small door for pages, in two files where it counts: what makes a host, and all that the first capsule needs. Left to
// themselves bundlers put what those share with seldom parts into a dozen files more, and a page waits for each.
const WEB = path.join(ROOT, "dist", "web");
const LITE = path.join(ROOT, "dist", "lite.js");
const FIRST_CAPSULE = ["runtime/capsules.js", "wasm/rewrite/rewrite-module.js"].map((file) => path.join(ROOT, "dist", file));
fs.rmSync(WEB, { recursive: true, force: true });
const small = await rolldown({ input: { lite: LITE }, external: isPackage, platform: "neutral", preserveEntrySignatures: "allow-extension" });
const parts = (await small.generate({ format: "esm" })).output;
const withHost = modulesOf([LITE], parts);
const withCapsule = modulesOf(FIRST_CAPSULE, parts);
const groups = [{ name: "capsules", test: (module) => withCapsule.has(module) && !withHost.has(module) }];
await small.write({ dir: WEB, format: "esm", chunkFileNames: "[name].js", codeSplitting: { groups, includeDependenciesRecursively: false } });
await small.close();

/** The modules that are loaded when some are. */
function modulesOf(modules, chunks) {
  const seen = new Set();
  const add = (chunk) => {
    if (chunk === undefined || seen.has(chunk)) return;
    seen.add(chunk);
    for (const name of chunk.imports) add(chunks.find(({ fileName }) => fileName === name));
  };
  for (const module of modules) add(chunks.find(({ facadeModuleId }) => facadeModuleId === module));
  return new Set([...seen].flatMap((chunk) => Object.keys(chunk.modules)));
}

// What `doteros-wasm prepare` writes beside a capsule: the door of edges in one file that needs nothing else.
const whole = await rolldown({ input: { edge: path.join(ROOT, "dist", "edge.js") }, platform: "browser", checks: { ineffectiveDynamicImport: false } });
await whole.write({ file: path.join(FOLDER, "edge-host.mjs"), format: "esm", minify: true, codeSplitting: false });
await whole.close();
