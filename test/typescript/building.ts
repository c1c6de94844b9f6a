import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { parseManifest } from "../../host/capability/manifest.ts";
import { buildScript, type BuiltScript } from "../../host/cli/javascript/build.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** The example of the SDK, as its own folder has it. */
export const EXAMPLE = join(ROOT, "sdk", "typescript", "example");

/** Writes files into a new folder of the project's build, does `work` there, and takes the folder away. */
export async function inFolder<T>(files: Readonly<Record<string, string>>, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(join(ROOT, ".build"), { recursive: true });
  const folder = await mkdtemp(join(ROOT, ".build", "script-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Builds a capsule of one file. */
export async function buildText(text: string, manifest?: string, name = "app.js"): Promise<BuiltScript> {
  return inFolder({ [name]: text }, (folder) =>
    buildScript({
      file: join(folder, name),
      folder,
      wit: join(ROOT, "wit"),
      world: "capsule",
      manifest: manifest === undefined ? undefined : { text: manifest, value: parseManifest(parse(manifest)) },
      size: "fast",
    }),
  );
}
