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

// What `doteros-wasm prepare` writes beside a capsule: the door of edges in one file that needs nothing else.
const whole = await rolldown({ input: { edge: path.join(ROOT, "dist", "edge.js") }, platform: "browser", checks: { ineffectiveDynamicImport: false } });
await whole.write({ file: path.join(FOLDER, "edge-host.mjs"), format: "esm", minify: true, codeSplitting: false });
await whole.close();
