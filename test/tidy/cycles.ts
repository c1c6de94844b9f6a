import type { Module } from "./module.ts";

/** Every circle of imports, types included, each told once: from the file where it was entered back to that file. */
export function importCycles(modules: ReadonlyMap<string, Module>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): void => {
    const at = path.indexOf(name);
    if (at >= 0) cycles.push([...path.slice(at), name].join(" → "));
    if (at >= 0 || done.has(name)) return;
    path.push(name);
    for (const { target } of modules.get(name)?.imports ?? []) if (target !== undefined) visit(target);
    path.pop();
    done.add(name);
  };
  for (const name of modules.keys()) visit(name);
  return cycles;
}

/** The files of host/ that no entry leads to. A file of declarations is no module that anyone imports. */
export function unreachable(modules: ReadonlyMap<string, Module>, entries: readonly string[]): string[] {
  const seen = new Set<string>();
  const pending = [...entries];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const { target } of modules.get(name)?.imports ?? []) if (target !== undefined) pending.push(target);
  }
  return [...modules.keys()]
    .filter((name) => name.startsWith("host/") && !name.endsWith(".d.ts") && !seen.has(name))
    .map((name) => `${name}: nothing leads to it`);
}
