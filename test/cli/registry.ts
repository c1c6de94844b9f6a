import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..", "..");

/** What packages say of themselves, as far as it matters here. */
interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** What npm says of a package that it packed. */
interface Packed {
  readonly id: string;
  readonly filename: string;
  readonly integrity: string;
  readonly shasum: string;
}

/** A registry of packages, on this machine. */
export interface Registry {
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Starts a registry that has this package as it would be published, and those it needs to run as they are installed here, with
 * what stores need. Anything else it has not: no network is needed, and other optional packages are left out.
 *
 * @param folder where packed packages are kept
 */
export async function startRegistry(folder: string): Promise<Registry> {
  const sources = sourcesOf([ROOT, join(ROOT, "node_modules", "lmdb")]);
  const packed = new Map((await pack(folder, [...sources.keys()])).map((one) => [one.id, one]));
  const names = new Set([...sources.values()].map(({ name }) => name));
  const documents = new Map<string, Document>();
  for (const source of sources.values()) {
    const { name, version } = source;
    const document = documents.get(name) ?? { name, "dist-tags": { latest: version }, versions: {} };
    documents.set(name, document);
    const { filename = "", integrity = "", shasum = "" } = packed.get(`${name}@${version}`) ?? {};
    // Packages of other machines are not here, and Deno wants all that are named.
    const optionalDependencies = Object.fromEntries(Object.entries(source.optionalDependencies ?? {}).filter(([other]) => names.has(other)));
    document.versions[version] = { ...source, optionalDependencies, dist: { tarball: filename, integrity, shasum } };
  }
  const files = new Set([...packed.values()].map(({ filename }) => filename));
  const server = createServer(({ url = "", headers: { host = "" } }, response) => {
    const name = decodeURIComponent(url).slice(1);
    const document = documents.get(name);
    if (document !== undefined) response.setHeader("content-type", "application/json").end(textOf(document, `http://${host}/`));
    else if (files.has(name)) response.end(readFileSync(join(folder, name)));
    else response.writeHead(404, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a registry says of a package. */
interface Document {
  readonly name: string;
  readonly "dist-tags": { readonly latest: string };
  readonly versions: Record<string, Package & { readonly dist: { readonly tarball: string; readonly integrity: string; readonly shasum: string } }>;
}

/** A document with the addresses of files instead of their names. */
function textOf(document: Document, origin: string): string {
  return JSON.stringify(document, (key, value: unknown) => (key === "tarball" ? `${origin}${String(value)}` : value));
}

/** Packages that are installed here, and all that they need, by their folders. */
function sourcesOf(folders: readonly string[]): ReadonlyMap<string, Package> {
  const sources = new Map<string, Package>(folders.map((folder) => [folder, packageIn(folder)]));
  for (const [folder, { dependencies, optionalDependencies }] of sources) {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      // Nearer ones come first, as Node has it; those for other machines are not here.
      const places = [folder, ROOT].map((place) => join(place, "node_modules", name));
      const place = places.find((candidate) => existsSync(join(candidate, "package.json")));
      if (place !== undefined && !sources.has(place)) sources.set(place, packageIn(place));
    }
  }
  return sources;
}

function packageIn(folder: string): Package {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Package;
}

async function pack(folder: string, packages: readonly string[]): Promise<Packed[]> {
  const words = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder, ...packages];
  const { stdout } = await promisify(execFile)("npm", words, { cwd: ROOT, maxBuffer: 1 << 27, shell: process.platform === "win32" });
  // npm 10 and 11 answer with a list, others with an object by name.
  return Object.values(JSON.parse(stdout) as Record<string, Packed>);
}
