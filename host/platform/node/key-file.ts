import { randomUUID } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import { DoterosError } from "../../contract/error.ts";

/** What others on the machine may do with a file. */
const OTHERS = 0o077;
const OWN_ONLY = 0o600;
/** A key file is one short line. */
const KEY_FILE_BYTES_MAX = 4_096;

/**
 * The text of a file that holds a private key, without the newline at its end. When there is no file it is made, readable
 * by its owner alone and whole from the first moment on: of several who come at once, all get the same key.
 *
 * @param make returns the text of a new key
 * @throws DoterosError `invalid-key` when others may read or write the file, or when it is too large to be a key;
 *   `unreadable-input`, `unwritable-output`
 */
export async function keyFile(path: string, make: () => string): Promise<string> {
  const found = await read(path);
  if (found !== undefined) return found;
  const text = make();
  return (await create(path, text)) ? text : ((await read(path)) ?? text);
}

async function read(path: string): Promise<string | undefined> {
  try {
    const handle = await open(path);
    try {
      const { mode, size } = await handle.stat();
      check(path, mode, size);
      return (await handle.readFile("utf8")).trimEnd();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (cause instanceof DoterosError) throw cause;
    throw new DoterosError("unreadable-input", `the key cannot be read: ${reasonOf(cause)}`, { where: path, cause });
  }
}

function check(path: string, mode: number, size: number): void {
  // Windows has no such bits.
  if (process.platform !== "win32" && (mode & OTHERS) !== 0) {
    throw new DoterosError("invalid-key", "others on this machine may read or write the private key", {
      where: path,
      help: `chmod 600 ${path}; when someone may have read it already, take a new key`,
    });
  }
  if (size > KEY_FILE_BYTES_MAX) throw new DoterosError("invalid-key", `the file has ${size} bytes, and a key has few`, { where: path, help: "is it the right file?" });
}

/** False when the file came to be meanwhile. */
async function create(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  try {
    const handle = await open(draft, "wx", OWN_ONLY);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new DoterosError("unwritable-output", `the key cannot be written: ${reasonOf(cause)}`, { where: path, cause });
  } finally {
    await rm(draft, { force: true });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
