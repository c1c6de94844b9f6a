import type { Imports } from "./import-object.ts";

/** The part of jco's library that is used here. */
interface Jco {
  readonly transpile: (
    bytes: Uint8Array,
    options: { name: string; instantiation: "async"; map: Record<string, string> },
  ) => Promise<{ files: Record<string, Uint8Array<ArrayBuffer>> }>;
}

/** The module that jco writes. */
interface Transpiled {
  readonly instantiate: (
    getCoreModule: (path: string) => Promise<WebAssembly.Module>,
    imports: Imports,
  ) => Promise<Record<string, unknown>>;
}

/**
 * Makes an instance by jco: its transpiler writes JavaScript, which is evaluated. Only components that this linker does not
 * run in full come here.
 *
 * @returns the exports, or why there are none: jco is not installed, or does not run the component here either
 */
export async function instantiateByJco(bytes: Uint8Array, imports: Imports): Promise<Record<string, unknown> | Error> {
  // Not a literal, so that bundlers leave it alone: who does not run such components does not need it.
  const name = "@bytecodealliance/jco";
  try {
    const { transpile } = (await import(name)) as Jco;
    // Left to itself, jco asks for its imports under names without versions.
    const map = Object.fromEntries(Object.keys(imports).map((key) => [key, key]));
    const { files } = await transpile(bytes, { name: "component", instantiation: "async", map });
    const source = new TextDecoder().decode(files["component.js"]);
    const { instantiate } = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as Transpiled;
    return await instantiate(async (path) => WebAssembly.compile(files[path] ?? new Uint8Array()), imports);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
