import { DoterosError } from "../../../contract/error.ts";

/** What SQLite answers, of all its codes those that say what is wrong with a store. */
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;
const IO_ERROR = 10;
/** What a file throws that finds no room: Chromium, and Firefox on a full disk. */
const FULL_NAMES: ReadonlySet<string> = new Set(["QuotaExceededError", "NS_ERROR_FILE_NO_DEVICE_SPACE"]);
/** A site that has less left than this has no room for a page of a database with its header. */
const ROOM_BYTES = 8_192;
/** The lowest byte of a code is the kind; the rest says where. */
const KIND = 0xff;

/** An error as SQLite throws it. */
interface SqliteError extends Error {
  readonly resultCode: number;
}

/** What a read threw, in the words of this package. Anything but SQLite's errors stays as it is. */
export function readFailure(error: unknown, name: string): unknown {
  if (!isSqliteError(error)) return error;
  const kind = error.resultCode & KIND;
  if (kind === CORRUPT || kind === NOT_A_DATABASE) return damaged(name, error.message, error);
  return new DoterosError("store-failed", `the store ${name} cannot be read: ${error.message}`, {
    where: name,
    cause: error,
    help: "close the page and open it again; nothing that was committed is lost",
  });
}

/** What a commit threw. `cause` is what its files threw: they know why they could not be written. */
export async function commitFailure(error: unknown, name: string, cause: unknown): Promise<unknown> {
  if (!isSqliteError(error)) return error;
  const kind = error.resultCode & KIND;
  if (kind === CORRUPT || kind === NOT_A_DATABASE) return damaged(name, error.message, error);
  return (await roomFailure(error, name, cause)) ?? error;
}

/** What opening a store threw. `cause` is what its files threw. */
export async function openFailure(error: unknown, name: string, cause: unknown): Promise<unknown> {
  if (error instanceof DoterosError) return error;
  const known = (await roomFailure(error, name, cause)) ?? readFailure(error, name);
  if (known instanceof DoterosError) return known;
  const what = error instanceof Error ? error.message : String(error);
  return new DoterosError("store-failed", `the store ${name} cannot be opened: ${what}`, {
    where: name,
    cause: error,
    help: "close other tabs of this site and try again; nothing was changed",
  });
}

/** Says that there is no room, if that is what is wrong. */
async function roomFailure(error: unknown, name: string, cause: unknown): Promise<DoterosError | undefined> {
  const kind = isSqliteError(error) ? error.resultCode & KIND : undefined;
  const thrown = kind === undefined ? error : cause;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  const isNamed = kind === FULL || ((kind === undefined || kind === IO_ERROR) && FULL_NAMES.has((thrown as Partial<Error> | undefined)?.name ?? ""));
  // At its quota Firefox throws nothing: it writes less than it was told.
  const isAtQuota = kind === IO_ERROR && quota > 0 && quota - usage < ROOM_BYTES;
  return isNamed || isAtQuota ? full(name, usage, quota, thrown ?? error) : undefined;
}

/** The store's files are not what was written. */
export function damaged(name: string, what: string, cause?: unknown): DoterosError {
  return new DoterosError("store-damaged", `the store ${name} is damaged: ${what}`, {
    where: name,
    cause,
    help: "nothing was changed; a ledger that was exported can still be verified, and deleteBrowserStore() makes room for a new store",
  });
}

function full(name: string, usage: number, quota: number, cause: unknown): DoterosError {
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return new DoterosError("store-full", `the store ${name} has no room: this site uses ${mebibytes(usage)} of ${mebibytes(quota)}`, {
    where: name,
    cause,
    help: "what was committed before can be read, exported and verified; free space, or delete what else this site keeps",
  });
}

/** The browser gives this page no files at all. */
export function unavailable(why: string, cause?: unknown): DoterosError {
  return new DoterosError("store-unavailable", `this page can keep nothing: ${why}`, {
    cause,
    help: "everything else works in memory: leave the store out, or give a MemoryStore to have a ledger as long as the page is open",
  });
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && typeof (error as Partial<SqliteError>).resultCode === "number";
}
