// What a web page loads for the linker: its door, bundled and minified as pages bundle it, and compressed.
import { pageBundle } from "../page-bundle.mjs";
import { number } from "../table.mjs";

export const name = "size";
export const title = 'What a page loads for `import { compileComponent } from "doteros-wasm/component"` (kB)';

const KILOBYTE = 1_000;

export async function run() {
  const chunks = await pageBundle("component", "compileComponent");
  return chunks.map(({ file, isStatic, bytes, gzipBytes }) => ({
    title: isStatic ? "with the page" : `${file}, when a component needs it`,
    isStatic,
    bytes,
    gzipBytes,
  }));
}

export const head = ["", "minified", "gzip", "gzip, bytes"];

/** @param {Awaited<ReturnType<typeof run>>[number]} row */
export function cells({ title: called, bytes, gzipBytes }) {
  return [called, number(bytes / KILOBYTE), number(gzipBytes / KILOBYTE), gzipBytes.toLocaleString("en")];
}
