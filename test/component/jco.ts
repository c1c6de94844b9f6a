import { transpile } from "@bytecodealliance/jco";
import type { Callable, Exports } from "./open.ts";

/** What the module that jco writes exports when it is to be instantiated by hand. */
interface Transpiled {
  readonly instantiate: (core: (name: string) => WebAssembly.Module, imports: Readonly<Record<string, { default: Callable }>>) => Exports;
}

/** Instantiates a component through jco. The module that it writes is imported as data: no file has to be cleaned up. */
export async function openByJco(bytes: Uint8Array, imports: Readonly<Record<string, Callable>>): Promise<Exports> {
  const { files } = await transpile(bytes, { name: "component", instantiation: "sync", noTypescript: true });
  const fileOf = (name: string): Uint8Array => files[name] ?? new Uint8Array(0);
  const source = Buffer.from(fileOf("component.js")).toString("base64");
  const { instantiate } = (await import(/* @vite-ignore */ `data:text/javascript;base64,${source}`)) as Transpiled;
  const given = Object.fromEntries(Object.entries(imports).map(([name, target]) => [name, { default: target }]));
  return instantiate((name) => new WebAssembly.Module(fileOf(name)), given);
}
