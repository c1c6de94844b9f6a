// A server of the files of one folder, for this machine alone: what `npm run demo` starts.

import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { gzipSync } from "node:zlib";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml", ".wasm": "application/wasm" };

/** What the page may do: no script but its own, no code made of text, nothing from elsewhere. No isolation across origins. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves a folder; port 0 is any that is free. Answers with the server, which listens. */
export function serve(folder, port) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    const type = TYPES[path.extname(name)];
    const file = path.join(folder, name);
    if (type === undefined || name.includes("/") || !fs.existsSync(file)) {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end("there is nothing here\n");
      return;
    }
    response.writeHead(200, { "content-type": type, "content-encoding": "gzip", "content-security-policy": POLICY, "x-content-type-options": "nosniff", "cache-control": "no-cache" });
    response.end(gzipSync(fs.readFileSync(file)));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
