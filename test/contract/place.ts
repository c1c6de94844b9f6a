import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../../host/contract/store.ts";
import type { Place } from "./kit.ts";

/** Finds places in the folder for temporary files. */
export function foldersFor(open: (folder: string) => Promise<Store>): () => Promise<Place> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), "doteros-contract-"));
    return { open: () => open(folder), remove: () => rm(folder, { recursive: true, force: true }) };
  };
}
