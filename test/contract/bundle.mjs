// Puts the suite and the package into one script for each door: .build/contract/<door>/script.mjs; and other scripts in the same way.
// What is tested is what is published: where the suite imports host/x.ts, it gets dist/x.js.
import { copyFileSync, existsSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const HOST = path.join(ROOT, "host") + path.sep;
const SQLITE = path.join(ROOT, "node_modules", "@sqlite.org", "sqlite-wasm", "dist", "sqlite3.wasm");

/** The compiled file of a source under host/. */
const published = {
  name: "published",
  resolveId(source, importer) {
    if (importer === undefined || !source.startsWith(".")) return undefined;
    const file = path.resolve(path.dirname(importer), source);
    if (!file.startsWith(HOST) || !file.endsWith(".ts")) return undefined;
    const compiled = path.join(ROOT, "dist", `${file.slice(HOST.length, -".ts".length)}.js`);
    if (!existsSync(compiled)) throw new Error(`${compiled} is not there; npx tsc -b makes it`);
    return compiled;
  },
};

/** Sources that read files beside them go on reading those. */
const inPlace = {
  name: "in-place",
  transform: (code, id) => code.replaceAll("import.meta.dirname", JSON.stringify(path.dirname(id))),
};

/** Bundles the suite for `door`, or the script that makes the suite's files when that is `files`. @returns the script */
export function bundle(door) {
  const source = door === "files" ? "fixtures.ts" : `entry/${door}.ts`;
  return bundleScript(door, path.join(ROOT, "test", "contract", source), path.join(ROOT, ".build", "contract", door));
}

/** Bundles a script for the runtimes that have `door`, into a folder that has nothing else afterwards. @returns the script */
export async function bundleScript(door, source, folder) {
  rmSync(folder, { recursive: true, force: true });
  const input = { script: source };
  // A browser has no modules but those that it is given.
  const external = door === "browser" ? [] : [/^node:/, /^lmdb$/, ...(door === "files" ? [/^[^./]/] : [])];
  const made = await rolldown({ input, external, platform: door === "browser" ? "browser" : "node", plugins: [door === "files" ? inPlace : published], transform: { target: "es2022" }, checks: { ineffectiveDynamicImport: false } });
  const { output } = await made.write({ dir: folder, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" });
  await made.close();
  const strays = door === "browser" ? output.flatMap(({ imports = [], fileName }) => imports.filter((name) => !name.endsWith(".mjs")).map((name) => `${fileName} imports ${name}`)) : [];
  if (strays.length > 0) throw new Error(`what is for browsers needs what they have not: ${strays.join("; ")}`);
  // What stores are made of in a browser looks for it beside itself.
  if (door === "browser") copyFileSync(SQLITE, path.join(folder, "sqlite3.wasm"));
  return path.join(folder, "script.mjs");
}
