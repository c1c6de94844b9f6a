// Our linker with a capsule that does the same work without the SDK, on nothing but the canonical ABI.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export { load, version } from "./doteros.mjs";

const BUILD = fileURLToPath(new URL("../../.build/", import.meta.url));
const SCRIPT = fileURLToPath(new URL("../by-hand/build.mjs", import.meta.url));

export function prepare() {
  const file = `${BUILD}by-hand.wasm`;
  mkdirSync(BUILD, { recursive: true });
  execFileSync(process.execPath, [SCRIPT, file]);
  return new Uint8Array(readFileSync(file));
}
