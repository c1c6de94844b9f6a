import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transpile } from "@bytecodealliance/jco";
import type { Extern } from "../../host/component/index.ts";

/** Makes an instance with these imports; answers its exports. */
export type Start = (imports: Record<string, unknown>) => Promise<Readonly<Record<string, unknown>>>;

interface Transpiled {
  readonly instantiate: (
    module: (name: string) => WebAssembly.Module,
    imports: Record<string, unknown>,
  ) => Promise<Record<string, unknown>>;
}

/** The component as jco runs it. */
export async function startWithJco(bytes: Uint8Array, wanted: readonly Extern[]): Promise<Start> {
  // jco would leave versions out of the names, and take all versions of an interface from one object.
  const map = Object.fromEntries(wanted.map(({ name }) => [name, name]));
  const { files } = await transpile(bytes, { name: "component", instantiation: "async", noTypescript: true, map });
  const modules = new Map<string, WebAssembly.Module>();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith(".wasm")) modules.set(name, new WebAssembly.Module(Uint8Array.from(content)));
  }
  const folder = await mkdtemp(join(tmpdir(), "doteros-prebuilt-"));
  try {
    const path = join(folder, "component.mjs");
    await writeFile(path, files["component.js"] ?? "");
    const { instantiate } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Transpiled;
    return (imports) => instantiate((name) => modules.get(name) as WebAssembly.Module, imports);
  } finally {
    await rm(folder, { recursive: true });
  }
}
