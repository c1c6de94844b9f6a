import type { Module } from "./module.ts";

type Modules = ReadonlyMap<string, Module>;

/** The names a door exports without a doc comment at the door or at the declaration. */
export function undocumented(modules: Modules, doors: readonly string[]): string[] {
  return doors.flatMap((door) => {
    const module = modules.get(door);
    if (module === undefined) return [`${door}: the package exports it, but it is not there`];
    return bareNames(modules, module, new Set()).map((name) => `${door}: ${name} is not documented`);
  });
}

function bareNames(modules: Modules, module: Module, seen: Set<string>): string[] {
  if (seen.has(module.path)) return [];
  seen.add(module.path);
  return module.exports.flatMap(({ name, source, from, target, documented }) => {
    const other = target === undefined ? undefined : modules.get(target);
    if (name === undefined) return other === undefined ? [] : bareNames(modules, other, seen);
    if (documented) return [];
    if (from !== undefined) return other === undefined || isDocumented(modules, other, source) ? [] : [name];
    return isDocumented(modules, module, source) ? [] : [name];
  });
}

/** Follows a name to where it is declared. What comes from another package is that package's to document. */
function isDocumented(modules: Modules, module: Module, name: string | undefined, depth = 0): boolean {
  if (name === undefined || depth > modules.size) return false;
  const own = module.declared.get(name);
  if (own !== undefined) return own;
  const imported = module.imported.get(name);
  if (imported !== undefined) {
    const origin = imported.target === undefined ? undefined : modules.get(imported.target);
    return origin === undefined || isDocumented(modules, origin, imported.name, depth + 1);
  }
  return module.exports.some(({ name: exported, source, from, target, documented }) => {
    if (from === undefined || (exported !== undefined && exported !== name)) return false;
    if (exported === name && documented) return true;
    const origin = target === undefined ? undefined : modules.get(target);
    return origin !== undefined && isDocumented(modules, origin, exported === undefined ? name : source, depth + 1);
  });
}
