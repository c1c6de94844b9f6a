import type { FileHandle } from "node:fs/promises";
import { createHash } from "node:crypto";
import { DoterosError } from "../../contract/error.ts";
import { openExport, type RandomAccess } from "../../ledger/export-file.ts";
import type { Hashing } from "../../ledger/export-format.ts";
import { parseVerifierKey, type VerifierKey } from "../../ledger/key.ts";
import type { LedgerSource } from "../../ledger/source.ts";
import { StoreSource } from "../../ledger/store-source.ts";
import { nodePlatform } from "../../node.ts";
import type { Arguments } from "../arguments.ts";
import { errorAt } from "../error-text.ts";
import { openFile, unreadable } from "../file.ts";
import { withStore } from "../store-option.ts";

/** The hashes of this runtime. */
export const hashing: Hashing = { sha256: nodePlatform.sha256, running: () => createHash("sha256") };

/**
 * Opens the ledger that a command was given, has it worked with, and closes it. What is wrong with it is said to be so in its file.
 *
 * @throws DoterosError `usage` when none was given, `unreadable-input`, what `work` throws
 */
export async function withSource<T>(given: Arguments, work: (source: LedgerSource, place: string) => Promise<T>): Promise<T> {
  const path = given.text("file");
  const store = given.text("store");
  if ((path === undefined) === (store === undefined)) {
    throw new DoterosError("usage", path === undefined ? "which ledger is not said" : "a ledger is in a file or in a store, and both are given", {
      help: "--store FOLDER names that of a store, --file LEDGER.dwl one that was exported",
    });
  }
  if (path === undefined) return withStore(given, "ledger", (opened) => work(new StoreSource(opened, hashing.sha256), store ?? ""));
  return withFile(given, work);
}

/** The same of a ledger that must be in a file. */
export async function withFile<T>(given: Arguments, work: (source: LedgerSource, place: string) => Promise<T>): Promise<T> {
  const path = given.text("file");
  if (path === undefined) throw new DoterosError("usage", "which file is not said", { help: "--file LEDGER.dwl names a ledger that was exported" });
  const handle = await openFile(path, "the ledger");
  try {
    return await work(await openExport(await accessTo(handle, path), hashing), path);
  } catch (error) {
    throw error instanceof DoterosError && error.code !== "usage" && error.where === undefined ? errorAt(error, path) : error;
  } finally {
    await handle.close();
  }
}

/** The key given with --key. */
export function trustedKey(given: Arguments): VerifierKey | undefined {
  const text = given.text("key");
  return text === undefined ? undefined : parseVerifierKey(text.trim());
}

/** A whole number given to an option or as an argument. */
export function wholeNumber(what: string, text: string): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new DoterosError("usage", `${what} must be a whole number, not ${JSON.stringify(text)}`);
}

async function accessTo(handle: FileHandle, path: string): Promise<RandomAccess> {
  const { size } = await handle.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done).catch(async (error: unknown) => {
          throw await unreadable(path, "the ledger", error);
        });
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    },
  };
}
