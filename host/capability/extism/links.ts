import { DoterosError } from "../../contract/error.ts";
import { type CoreExtern, describeCore, matchesCore, type ModuleType } from "../../wasm/module-type.ts";

/** The name under which a plugin is given the modules that it is linked to, by the names that they are imported under. */
export const PLUGIN_MODULES = "doteros:plugin-modules";

/**
 * Whether linked modules export what is imported from them.
 *
 * @throws DoterosError `missing-export`, `wrong-import`; `usage` when nothing imports one
 */
export function checkLinks(plugin: ModuleType, modules: ReadonlyMap<string, ModuleType>): void {
  const unused = new Set(modules.keys());
  for (const { imports } of [plugin, ...modules.values()]) {
    for (const [name, wanted] of imports) {
      const exports = modules.get(name)?.exports;
      if (exports === undefined) continue;
      unused.delete(name);
      for (const [label, type] of wanted) mustMatch(`${name}#${label}`, exports.get(label), type);
    }
  }
  const [name] = unused;
  if (name !== undefined) throw new DoterosError("usage", `nothing imports ${name}, for which a module is linked`, { help: `the plugin imports ${[...plugin.imports.keys()].join(", ") || "nothing"}` });
}

function mustMatch(where: string, found: CoreExtern | undefined, wanted: CoreExtern): void {
  if (found === undefined) throw new DoterosError("missing-export", `the module that is linked does not export ${where}`, { where });
  if (!matchesCore(found, wanted)) throw new DoterosError("wrong-import", `${where}: the plugin wants ${describeCore(wanted)}, the linked module has ${describeCore(found)}`, { where });
}
