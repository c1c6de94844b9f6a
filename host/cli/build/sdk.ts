import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const SDK = new URL("../../../sdk/assemblyscript/", import.meta.url);
const NAME = /(?:^|\/)(?:node_modules|~lib)\/doteros-wasm\/sdk\/assemblyscript\/([\w/-]+\.ts)$/u;

/**
 * A file of the SDK for AssemblyScript, by the path that the compiler looks for it under; undefined for other paths, and for
 * files that the SDK does not have. It is always the one of this package, which the bindings and the linker belong to.
 */
export async function sdkFile(path: string): Promise<string | undefined> {
  const name = NAME.exec(path.replaceAll("\\", "/"))?.[1];
  return name === undefined ? undefined : readFile(fileURLToPath(new URL(name, SDK)), "utf8").catch(() => undefined);
}
