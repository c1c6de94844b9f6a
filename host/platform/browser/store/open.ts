import type { SAHPoolUtil, Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import { DoterosError } from "../../../contract/error.ts";
import type { Store } from "../../../contract/store.ts";
import { loadSqlite, Statements, takeFileError } from "./database.ts";
import { damaged, openFailure, unavailable } from "./failure.ts";
import { takeLock } from "./lock.ts";
import { OpfsStore } from "./opfs-store.ts";
import { checkPool } from "./pool-header.ts";
import { prepareTables } from "./schema.ts";

/** Where all stores of a site are, in its own files. */
const ROOT = "doteros-wasm";
/** The folder of the pool's files, as SQLite names it. */
const POOL = ".opaque";
const DATABASE = "/store.db";
/** A file that says that the database was made. */
const MARK = "made";
/** The database, its log, and what SQLite may want for a moment. */
const POOL_FILES = 4;
/** Pages of 4 KiB that are looked at when a store is opened, which takes some milliseconds for each thousand. */
const CHECKED_PAGES_MAX = 8_192;
/** Files of a worker that has just ended are free after a moment: so often it is tried again, after so many milliseconds. */
const HANDLE_ATTEMPTS = 20;
const HANDLE_WAIT_MILLISECONDS = 50;

/** How a store is opened. */
export interface BrowserStoreOptions {
  /**
   * How many versions of a capsule's state are kept before the last one, to read a key as it was. Default: `"all"`. The
   * ledger has them all in any case.
   */
  readonly versions?: "all" | number;
  /** Whether to wait while another tab has the store. Default: false, and it is refused. */
  readonly wait?: boolean;
}

/**
 * Opens a store of this site, which is made when it is not there: SQLite in files of the browser's own (OPFS). It is read
 * synchronously, which browsers let dedicated workers do and no one else: call it in one. One tab at a time can have it open.
 *
 * @param name letters, digits, `.`, `_` and `-`, at most 64
 * @throws DoterosError `unsupported` outside of a dedicated worker, or when `@sqlite.org/sqlite-wasm` is not installed;
 * `store-unavailable` where the browser gives no files, as in some private windows; `store-in-use` when another tab has it;
 * `store-full`; `store-damaged`; `store-version` when a newer doteros-wasm made it
 */
export async function openBrowserStore(name: string, { versions = "all", wait = false }: BrowserStoreOptions = {}): Promise<Store> {
  checkName(name);
  const versionsMax = versions === "all" ? Number.POSITIVE_INFINITY : versions;
  if (!(versionsMax >= 0)) throw new RangeError(`versions must be "all" or a number of at least 0, not ${String(versions)}`);
  const root = await folderOfStores();
  if (!("createSyncAccessHandle" in FileSystemFileHandle.prototype)) {
    throw new DoterosError("unsupported", "a store is read synchronously, and browsers let nobody but dedicated workers do that", {
      help: "createWorkerHost({ store: { name: NAME } }) runs the host in a worker; on the page itself createHost() works in memory",
    });
  }
  const [sqlite, unlock] = await both(loadSqlite(), takeLock(name, wait));
  let pool: SAHPoolUtil | undefined;
  takeFileError();
  try {
    const folder = await root.getDirectoryHandle(name, { create: true });
    const isMade = await has(folder, MARK);
    await checkPool(await folder.getDirectoryHandle(POOL, { create: true }), name, DATABASE, isMade);
    pool = await patiently(async () => sqlite.installOpfsSAHPoolVfs(poolOptions(name)));
    if (pool.isPaused()) await pool.unpauseVfs();
    // A store that was deleted, by the worker that had it open before, has none.
    await pool.reserveMinimumCapacity(POOL_FILES);
    const statements = openDatabase(pool, name);
    if (!isMade) await folder.getFileHandle(MARK, { create: true });
    const opened = pool;
    return new OpfsStore(name, statements, versionsMax, () => {
      opened.pauseVfs();
      unlock();
    });
  } catch (error) {
    if (pool?.isPaused() === false) pool.pauseVfs();
    unlock();
    throw await openFailure(error, name, takeFileError());
  }
}

/**
 * Deletes a store and everything in it: in a worker, or on a page.
 *
 * @throws DoterosError `store-in-use` when somebody has it open; `store-unavailable`
 */
export async function deleteBrowserStore(name: string): Promise<void> {
  checkName(name);
  const root = await folderOfStores();
  const unlock = await takeLock(name, false);
  try {
    if (await has(root, name)) await patiently(async () => root.removeEntry(name, { recursive: true }));
  } finally {
    unlock();
  }
}

function poolOptions(name: string): Parameters<Sqlite3Static["installOpfsSAHPoolVfs"]>[0] {
  // Its types lack two: tell what files throw, and try anew what failed before.
  const more = { verbosity: 1, forceReinitIfPreviouslyFailed: true };
  return { name: `doteros-${name}`, directory: `${ROOT}/${name}`, initialCapacity: POOL_FILES, ...more };
}

function openDatabase(pool: SAHPoolUtil, name: string): Statements {
  const statements = new Statements(new pool.OpfsSAHPoolDb(DATABASE));
  try {
    // One worker at a time has it, so the log needs no memory that several share.
    statements.value("PRAGMA locking_mode = EXCLUSIVE");
    statements.value("PRAGMA journal_mode = WAL");
    statements.run("PRAGMA synchronous = FULL");
    prepareTables(statements, name);
    checkPages(statements, name);
    return statements;
  } catch (error) {
    statements.close();
    throw error;
  }
}

/** SQLite and the lock, which take their time side by side; the lock is given back when there is no SQLite. */
async function both(loading: Promise<Sqlite3Static>, locking: Promise<() => void>): Promise<[Sqlite3Static, () => void]> {
  const [sqlite, lock] = await Promise.allSettled([loading, locking]);
  if (sqlite.status === "fulfilled" && lock.status === "fulfilled") return [sqlite.value, lock.value];
  if (lock.status === "fulfilled") lock.value();
  throw sqlite.status === "rejected" ? sqlite.reason : (lock as PromiseRejectedResult).reason;
}

/** Looks at all pages of a database that is not too large for it. What is wrong in a larger one is found when it is read. */
function checkPages(statements: Statements, name: string): void {
  if (Number(statements.value("PRAGMA page_count")) > CHECKED_PAGES_MAX) return;
  const problem = statements.value("PRAGMA quick_check(1)");
  if (problem !== "ok") throw damaged(name, String(problem));
}

async function folderOfStores(): Promise<FileSystemDirectoryHandle> {
  if (!globalThis.isSecureContext) throw unavailable("it was not loaded over HTTPS, nor from this machine");
  if (navigator.storage?.getDirectory === undefined || navigator.locks === undefined) throw unavailable("the browser has no private files (OPFS) or no locks");
  try {
    return await (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create: true });
  } catch (error) {
    throw unavailable(`the browser refuses its private files (OPFS), as some do in private windows: ${String(error)}`, error);
  }
}

async function has(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  for await (const found of folder.keys()) if (found === name) return true;
  return false;
}

/** Tries again while a worker that has ended still has the files. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === HANDLE_ATTEMPTS || !(error instanceof DOMException) || error.name !== "NoModificationAllowedError") throw error;
      await new Promise<void>((resolve) => {
        setTimeout(resolve, HANDLE_WAIT_MILLISECONDS);
      });
    }
  }
}

function checkName(name: string): void {
  if (/^[\w.-]{1,64}$/.test(name) && !name.startsWith(".")) return;
  throw new RangeError(`the name of a store is made of letters, digits, ".", "_" and "-", at most 64, and does not begin with a dot: not ${JSON.stringify(name)}`);
}
