// The whole host on a store in a folder: it ends when each message is handled, committed and on the disk.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDotstore } from "../../dist/node.js";
import { loadHost, prepare, version } from "./host.mjs";

export { prepare, version };

/** @param {Uint8Array} bytes */
export const load = (bytes) =>
  loadHost(bytes, Number.POSITIVE_INFINITY, async () => {
    const folder = mkdtempSync(join(tmpdir(), "doteros-bench-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    return openDotstore(folder);
  });
