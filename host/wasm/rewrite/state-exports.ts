import type { ByteWriter } from "../byte-writer.ts";
import { freeName } from "./free-name.ts";
import type { ModuleFacts } from "./module-facts.ts";

const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;

/** What an instance keeps between calls and is exported for a snapshot: the names of the exports, in the order of the indices. */
export interface StateExports {
  readonly memories: readonly string[];
  readonly tables: readonly string[];
  /** The globals that can change, and their types. */
  readonly globals: readonly { readonly name: string; readonly type: string }[];
}

/** What is to be exported: everything that the module defines itself and that can change. */
export function planStateExports(facts: ModuleFacts): StateExports {
  const prefix = freeName("doteros:state", facts.exportNames);
  const named = <T>(things: readonly T[], what: string, own: (thing: T, index: number) => boolean): string[] =>
    things.flatMap((thing, index) => (own(thing, index) ? [`${prefix}/${what}/${index}`] : []));
  const isOwnGlobal = (index: number): boolean => index >= facts.importedGlobals;
  return {
    memories: named(facts.memories, "memory", ({ imported }) => !imported),
    tables: named(facts.tables, "table", ({ imported }) => !imported),
    globals: facts.globals.flatMap(({ type, mutable }, index) =>
      mutable && isOwnGlobal(index) ? [{ name: `${prefix}/global/${index}`, type }] : [],
    ),
  };
}

/** Writes the exports. @returns how many they are */
export function writeStateExports(writer: ByteWriter, state: StateExports, renumber: (global: number) => number): void {
  const each = (names: readonly string[], sort: number): void => {
    for (const name of names) {
      const index = Number(name.slice(name.lastIndexOf("/") + 1));
      writer.name(name);
      writer.byte(sort);
      writer.u32(sort === GLOBAL ? renumber(index) : index);
    }
  };
  each(state.memories, MEMORY);
  each(state.tables, TABLE);
  each(state.globals.map(({ name }) => name), GLOBAL);
}
