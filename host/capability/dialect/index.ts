import type { LinkedComponent } from "../../component/linked-component.ts";
import { OFFERED } from "../interface.ts";
import type { Dialect } from "./dialect.ts";

/** The packages whose interfaces are mapped onto the capabilities. */
export const DIALECT_PACKAGES: readonly string[] = [
  "wasi:keyvalue", "fermyon:spin", "spin:key-value", "wasi:config", "wasi:logging", "wasi:blobstore", "wasi:io", "wasi:clocks", "wasi:random", "wasi:cli", "wasi:filesystem", "wasi:http", "wasi:sockets",
  "wasi:messaging", "wasmcloud:messaging",
];

/** The dialects that a component may be written in, by what it imports and exports. */
export async function dialectsOf({ imports, exports }: Pick<LinkedComponent, "imports" | "exports">): Promise<readonly Dialect[]> {
  const names = [...imports, ...exports].map(({ name }) => name).filter((name) => !OFFERED.has(name));
  const packages = new Set(names.map((name) => name.split("/", 1)[0] as string));
  if (!DIALECT_PACKAGES.some((name) => packages.has(name))) return [];
  const { loadDialects } = await import("./load.ts");
  return loadDialects(packages);
}
