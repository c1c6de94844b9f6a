import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The components to run, from the folders that the environment variable DOTEROS_PREBUILT names. @throws Error when one holds none */
export function prebuiltComponents(): { readonly folders: readonly string[]; readonly files: readonly string[] } {
  const folders = (process.env["DOTEROS_PREBUILT"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const files = folders.flatMap((folder) => {
    const names = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
    if (names.length === 0) throw new Error(`DOTEROS_PREBUILT names ${folder}, which holds no .wasm files`);
    return names.sort().map((name) => join(folder, name));
  });
  return { folders, files };
}
