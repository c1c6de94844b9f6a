import { parse } from "@bytecodealliance/jco";
import { compileComponent, type Imports } from "../../host/component/index.ts";

/** A function as a component exports it; what it takes and answers is what the test is about. */
export type Callable = (...args: unknown[]) => unknown;

/** The exported functions of an instance, by their names in camelCase. */
export type Exports = Readonly<Record<string, Callable>>;

/** Links and instantiates a component that is written as text. */
export async function open<T = Exports>(text: string, imports: Imports = {}): Promise<T> {
  return openBytes<T>(await parse(text), imports);
}

/** The same of a component in bytes. */
export async function openBytes<T = Exports>(bytes: Uint8Array, imports: Imports = {}): Promise<T> {
  const component = await compileComponent(bytes);
  const { exports } = await component.instantiate(imports);
  return exports as T;
}
