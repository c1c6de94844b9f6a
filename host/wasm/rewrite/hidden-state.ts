import type { ModuleFacts } from "./module-facts.ts";

const NUMBERS: ReadonlySet<string> = new Set(["i32", "i64", "f32", "f64"]);

/**
 * What instances of a module may keep that neither its memories nor its globals of numbers show, in words; undefined for nothing.
 * What it imports is another module's, and so is the answer for that. A table that no code changes is the same in every instance:
 * segments fill it, whose elements and places are constants.
 */
export function hiddenStateOf(facts: ModuleFacts, code: { readonly changesTables: boolean; readonly dropsSegments: boolean }): string | undefined {
  const global = facts.globals.find(({ type, mutable }, index) => mutable && index >= facts.importedGlobals && !NUMBERS.has(type));
  if (global !== undefined) return `a global of the type ${global.type} that can change`;
  if (facts.hasObjects) return "structs or arrays";
  if (code.changesTables) return "a table that its code changes";
  return code.dropsSegments ? "that its code dropped a segment" : undefined;
}
