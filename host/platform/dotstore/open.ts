import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { open } from "lmdb";
import { DoterosError } from "../../contract/error.ts";
import { EMPTY_TIP, type Store } from "../../contract/store.ts";
import { checkComplete } from "./completeness.ts";
import { DotStore } from "./dotstore.ts";
import { takeLock } from "./lock.ts";
import { openTables, type StoredTip, type Tables, tipOf } from "./tables.ts";

const FORMAT = { name: "dotstore", version: 3 };
const DATA_FILE = "data.mdb";

/** How a store is opened. */
export interface DotstoreOptions {
  /**
   * How many versions of a capsule's state are kept before the last one, to read a key as it was. Default: `"all"`. The
   * ledger has them all in any case.
   */
  readonly versions?: "all" | number;
  /** Whether a store that is not there is made. Default: true. */
  readonly create?: boolean;
}

/**
 * Opens the store in a folder, which is made when it is not there. One process at a time can have it open.
 *
 * @throws DoterosError `unsupported` when `lmdb` is not installed; `store-in-use` with the process that has it;
 * `store-version` when a newer doteros-wasm made it; `store-damaged` when its file was cut short; `store-failed` when the
 * folder cannot be written
 * @example
 * ```ts
 * const store = await openDotstore(".build/examples/store");
 * store.tip.entries; // 0
 * await store.close();
 * ```
 */
export async function openDotstore(folder: string, { versions = "all", create = true }: DotstoreOptions = {}): Promise<Store> {
  const lmdb = await loadLmdb();
  const versionsMax = versions === "all" ? Number.POSITIVE_INFINITY : versions;
  if (!(versionsMax >= 0)) throw new RangeError(`versions must be "all" or a number of at least 0, not ${String(versions)}`);
  if (!create && !existsSync(join(folder, DATA_FILE))) {
    throw new DoterosError("store-failed", `there is no store in ${folder}`, { where: folder, help: "doteros-wasm run … --store FOLDER makes one" });
  }
  const release = prepare(folder);
  try {
    if (existsSync(join(folder, DATA_FILE))) checkComplete(join(folder, DATA_FILE));
    // Without the overlap a commit's promise resolves when it is on the disk. Without batches of its own lmdb makes no promises
    // that nobody has: one that is rejected would end the process.
    const tables = openTables(lmdb.open({ path: folder, noSubdir: false, maxDbs: 16, overlappingSync: false, eventTurnBatching: false, noMemInit: true }));
    await checkFormat(tables, folder);
    const tip = tables.meta.get("tip") as StoredTip | undefined;
    return new DotStore(tables, tip === undefined ? EMPTY_TIP : tipOf(tip), versionsMax, release);
  } catch (error) {
    release();
    throw asStoreError(error, folder);
  }
}

function prepare(folder: string): () => void {
  try {
    mkdirSync(folder, { recursive: true });
    return takeLock(folder);
  } catch (error) {
    throw asStoreError(error, folder);
  }
}

async function checkFormat({ meta, root }: Tables, folder: string): Promise<void> {
  const format = meta.get("format") as Partial<typeof FORMAT> | undefined;
  if (format === undefined) {
    await meta.put("format", FORMAT);
    return;
  }
  if (format.name === FORMAT.name && format.version === FORMAT.version) return;
  await root.close();
  throw new DoterosError("store-version", `the store ${folder} has the format ${String(format.name)} ${String(format.version)}, and this doteros-wasm knows ${FORMAT.name} ${FORMAT.version}`, {
    help: "use the version of doteros-wasm that made it, or a newer one; nothing was changed",
  });
}

async function loadLmdb(): Promise<{ readonly open: typeof open }> {
  try {
    return await import("lmdb");
  } catch (cause) {
    throw new DoterosError("unsupported", "a store in a folder needs the package lmdb, and it is not installed", {
      cause,
      help: "npm install lmdb",
    });
  }
}

function asStoreError(error: unknown, folder: string): unknown {
  if (error instanceof DoterosError) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new DoterosError("store-failed", `the store ${folder} cannot be opened: ${what}`, {
    cause: error,
    help: "see that the folder can be written and the disk has room",
  });
}
