import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";

const ROOT = join(import.meta.dirname, "..", "..");
/** What a careful site allows: its own scripts and WebAssembly, no code made of text, and nothing from elsewhere. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'";

/** Files by their paths. */
export type Files = ReadonlyMap<string, { readonly type: string; readonly body: string | Uint8Array }>;

/** A site on this machine. */
export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves files to this machine alone, under a strict policy of content, or another, and without isolation across origins. */
export async function serve(files: Files, policy = POLICY): Promise<Site> {
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? "/", "http://localhost").pathname);
    response.writeHead(file === undefined ? 404 : 200, { "content-type": file?.type ?? "text/plain", "content-security-policy": policy });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Bundles scripts, named from test/browser/page, and puts them beside a page that runs the first. */
export async function bundleSite(...scripts: readonly string[]): Promise<Files> {
  const input = Object.fromEntries(scripts.map((script) => [basename(script), join(import.meta.dirname, "page", `${script}.ts`)]));
  const bundle = await rolldown({ input, cwd: ROOT, platform: "browser", checks: { ineffectiveDynamicImport: false } });
  const { output } = await bundle.generate({ format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name].js" });
  await bundle.close();
  const files = new Map<string, { type: string; body: string | Uint8Array }>();
  for (const file of output) if (file.type === "chunk") files.set(`/${file.fileName}`, { type: "text/javascript", body: file.code });
  files.set("/", { type: "text/html", body: `<!doctype html><meta charset="utf-8"><title>test</title><script type="module" src="/${scripts[0] ?? ""}.js"></script>` });
  const sqlite = readFileSync(join(ROOT, "node_modules", "@sqlite.org", "sqlite-wasm", "dist", "sqlite3.wasm"));
  return files.set("/sqlite3.wasm", { type: "application/wasm", body: sqlite });
}
