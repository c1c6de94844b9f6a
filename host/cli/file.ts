import { open, readdir, readFile, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { DoterosError } from "../contract/error.ts";
import { nearest } from "../contract/nearest.ts";

/** What the operating system's reasons mean, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "it may not be read",
  EPERM: "it may not be read",
  EISDIR: "it is a directory",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
};

/**
 * The bytes of a file of at most `most` bytes. `what` names its role, as in "the component".
 *
 * @throws DoterosError `unreadable-input` or `limit-exceeded`.
 */
export async function readBytes(path: string, what: string, most: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > most) {
      throw new DoterosError("limit-exceeded", `${what} has ${size.toLocaleString("en")} bytes, and ${most.toLocaleString("en")} is the most`, {
        where: path,
      });
    }
    return await readFile(path);
  } catch (error) {
    throw await unreadable(path, what, error);
  }
}

/** True when there is something of that name. */
export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * A file, open for reading.
 *
 * @throws DoterosError `unreadable-input`.
 */
export async function openFile(path: string, what: string): Promise<FileHandle> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    if ((await handle.stat()).isDirectory()) throw Object.assign(new Error("directory"), { code: "EISDIR" });
    return handle;
  } catch (error) {
    await handle?.close();
    throw await unreadable(path, what, error);
  }
}

/** What is thrown when a file cannot be read, as an error of ours that says why and which file was perhaps meant. */
export async function unreadable(path: string, what: string, error: unknown): Promise<DoterosError> {
  if (error instanceof DoterosError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  const near = code === "ENOENT" ? await nearestFile(path) : undefined;
  return new DoterosError("unreadable-input", `${what} cannot be read: ${reason}`, {
    where: path,
    cause: error,
    ...(near === undefined ? {} : { help: `did you mean ${near}?` }),
  });
}

async function nearestFile(path: string): Promise<string | undefined> {
  const name = basename(path);
  const names = await readdir(dirname(path)).catch(() => []);
  const near = nearest(name, names);
  return near === undefined ? undefined : path.slice(0, path.length - name.length) + near;
}
