import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DoterosError } from "../../contract/error.ts";
import { fileExists } from "../file.ts";

/**
 * Writes files into a new folder: all of them, or none and no folder.
 *
 * @param files texts, or bytes, by their paths in the folder, with `/`
 * @throws DoterosError `unwritable-output` when there is something of that name, or it cannot be written
 */
export async function writeProject(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  if (await fileExists(folder)) {
    throw new DoterosError("unwritable-output", "there is something of that name, which is left as it is", {
      where: folder,
      help: "take another name, or take it away first",
    });
  }
  let partial: string | undefined;
  try {
    partial = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
    for (const [path, content] of files) {
      await mkdir(dirname(join(partial, path)), { recursive: true });
      await writeFile(join(partial, path), content);
    }
    await rename(partial, folder);
  } catch (cause) {
    if (partial !== undefined) await rm(partial, { recursive: true, force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DoterosError("unwritable-output", `the project cannot be written: ${reason}`, { where: folder, cause });
  }
}
