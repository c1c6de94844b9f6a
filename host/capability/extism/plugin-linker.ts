import type { CoreExports, Imports, InstantiateModule } from "../../component/index.ts";
import type { Holding } from "../../component/instance.ts";
import { DoterosError } from "../../contract/error.ts";
import type { CoreExtern, ModuleType } from "../../wasm/module-type.ts";
import type { PluginInstance } from "./plugin-instance.ts";

/** A core module with its type. */
export interface TypedModule {
  readonly type: ModuleType;
  readonly module: WebAssembly.Module;
}

/** What instances are made with. */
interface LinkerParts {
  readonly instance: PluginInstance;
  readonly modules: ReadonlyMap<string, TypedModule>;
  /** What the host gives. */
  readonly given: Imports;
  readonly instantiate: InstantiateModule | undefined;
  readonly holding: Holding;
}

/** Makes the instances of a plugin and of the modules that it is linked to: each once, those first that others need. */
export class PluginLinker {
  readonly #parts: LinkerParts;
  readonly #made = new Map<string, CoreExports>();
  /** Modules whose instances wait for those that they need. */
  readonly #waiting = new Set<string>();

  constructor(parts: LinkerParts) {
    this.#parts = parts;
  }

  /** Makes the instance of a module; `name` is undefined for the plugin itself. */
  link({ type, module }: TypedModule, name: string | undefined): CoreExports {
    const { instance, modules, given, instantiate, holding } = this.#parts;
    const { imports, adopt } = instance.imports(new Map(Array.from(type.imports).filter(([from]) => !modules.has(from))), given);
    if (name !== undefined) this.#waiting.add(name);
    for (const [from, wanted] of type.imports) {
      const target = modules.get(from);
      if (target !== undefined) imports[from] = this.#exportsOf(from, target, wanted);
    }
    holding.add(type.reserved);
    const exports = instantiate?.(module, imports, type.reserved, holding) ?? new WebAssembly.Instance(module, imports).exports;
    adopt(exports);
    if (name !== undefined) {
      this.#waiting.delete(name);
      this.#made.set(name, exports);
    }
    return exports;
  }

  #exportsOf(name: string, target: TypedModule, wanted: ReadonlyMap<string, CoreExtern>): CoreExports {
    if (!this.#waiting.has(name)) return this.#made.get(name) ?? this.link(target, name);
    // Modules that need each other: functions are found when they are called.
    const late = Array.from(wanted, ([label, type]) => {
      if (type.kind !== "func") throw new DoterosError("circular-link", `modules need each other, and ${name} has no ${label} before it is there`, { where: `${name}#${label}`, help: "only functions can be linked in a circle" });
      return [label, this.#parts.instance.guarded(label, (...args) => this.#call(name, label, args))] as const;
    });
    return Object.fromEntries(late) as CoreExports;
  }

  #call(name: string, label: string, args: never[]): number | bigint {
    const target = this.#made.get(name)?.[label] as ((...all: never[]) => number | bigint) | undefined;
    if (target === undefined) throw new DoterosError("trap", `${name} was called before it was there`);
    return target(...args);
  }
}
