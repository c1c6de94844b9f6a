// A site with a page for each way to run a capsule in one. Each page runs one capsule, and remembers when what was done: in
// milliseconds since the navigation to it began.
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { readCapsule } from "./capsule.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const ENTRY = "\0page";

/** The ways: the door, what makes the host, and how the page knows that the first transition was committed. */
export const WAYS = [
  { name: "empty", title: "a page without a host" },
  { name: "lite", title: "./lite, in the page", door: "lite", make: "createHost", count: "capsule.counters.transitions" },
  { name: "browser", title: "./browser, in the page", door: "browser", make: "createHost", count: "capsule.counters.transitions" },
  { name: "worker", title: "./browser, in a worker", door: "browser", make: "createWorkerHost", count: "(await host.capsules())[0].counters.transitions" },
];

/** What a browser takes for any page with a script. */
const EMPTY = "const now = performance.now(); globalThis.times = { script: now, first: now, transitions: 1 };";

/** Without a top-level await: what is shared with parts that are loaded later could not be in the page's own file then. */
const script = ({ door, make, count }) => door === undefined ? EMPTY : `
import { ${make} } from "doteros-wasm/${door}";
const times = { script: performance.now() };
async function run() {
  const fetched = fetch("/capsule.wasm").then((response) => response.arrayBuffer());
  const host = await ${make}();
  times.host = performance.now();
  const bytes = new Uint8Array(await fetched);
  times.bytes = performance.now();
  const capsule = await host.load(bytes, { grants: ["state", "publish=>", "subscribe=readings.>"] });
  times.loaded = performance.now();
  await host.publish("readings.seattle", "21.5");
  await host.idle();
  times.first = performance.now();
  times.transitions = ${count};
  globalThis.times = times;
}
void run();
`;

/** Bundles a page as a bundler for the web does. */
async function bundle(way) {
  const page = { name: "page", resolveId: (id) => (id === ENTRY ? id : undefined), load: (id) => (id === ENTRY ? script(way) : undefined) };
  const worker = way.name === "worker" ? { worker: join(ROOT, "dist", "browser", "worker.js") } : {};
  const made = await rolldown({ input: { page: ENTRY, ...worker }, cwd: ROOT, plugins: [page], platform: "browser", checks: { ineffectiveDynamicImport: false }, preserveEntrySignatures: "allow-extension" });
  const { output } = await made.generate({ format: "esm", minify: true, entryFileNames: "[name].js", chunkFileNames: "[name].js" });
  await made.close();
  return output.filter(({ type }) => type === "chunk");
}

/** Which files a page loads until its first capsule runs: those, and what they import. */
const FIRST = /^(?:page|capsules|rewrite-module)$/;

function hints(chunks, folder) {
  const files = new Set();
  const add = (name) => {
    if (files.has(name)) return;
    files.add(name);
    for (const other of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) add(other);
  };
  for (const { fileName } of chunks) if (FIRST.test(basename(fileName, ".js"))) add(fileName);
  return [...files].map((name) => `<link rel="modulepreload" href="/${folder}/${name}">`).join("");
}

/** The files of the site by their paths, compressed. */
async function filesOf() {
  const files = new Map([["/capsule.wasm", { type: "application/wasm", body: gzipSync(readCapsule()) }]]);
  for (const way of WAYS) {
    const chunks = await bundle(way);
    for (const { fileName, code } of chunks) files.set(`/${way.name}/${fileName}`, { type: "text/javascript", body: gzipSync(code) });
    const html = `<!doctype html><meta charset="utf-8"><title>page</title>${hints(chunks, way.name)}<script type="module" src="/${way.name}/page.js"></script>`;
    files.set(`/${way.name}`, { type: "text/html", body: gzipSync(html) });
  }
  return files;
}

/** Serves the site to this machine alone. Scripts and capsules may be kept by browsers, pages not: as where names have hashes in them. */
export async function pageSite() {
  const files = await filesOf();
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? "/", "http://localhost").pathname);
    if (file === undefined) {
      // Browsers ask for an icon.
      response.writeHead(204).end();
      return;
    }
    const kept = file.type === "text/html" ? "no-cache" : "max-age=31536000, immutable";
    response.writeHead(200, { "content-type": file.type, "content-encoding": "gzip", "content-security-policy": POLICY, "cache-control": kept });
    response.end(file.body);
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://localhost:${server.address().port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
