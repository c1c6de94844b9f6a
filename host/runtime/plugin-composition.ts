import type { Dialect } from "../capability/dialect/dialect.ts";
import { providedDialect } from "../capability/edge/provided-dialect.ts";
import type { PluginComponent } from "../capability/extism/index.ts";
import type { Need } from "../capability/interface.ts";
import { importedCapabilities } from "../capability/linkage.ts";
import type { Transition } from "../capability/transition.ts";
import type { Extern, Imports } from "../component/index.ts";
import { DoterosError } from "../contract/error.ts";
import type { Use } from "../ledger/entry.ts";
import type { CapsuleComponent, Linkable } from "./capsule-component.ts";
import type { Composed, ImportsOf, Supply } from "./composed.ts";
import { bytesOfHex } from "./hex.ts";

/** A plugin with the modules that it is linked to: they share its blocks, and its memory where they want that. */
class PluginComposition implements Composed {
  readonly uses: readonly Use[];
  readonly components: readonly CapsuleComponent[];
  readonly #root: CapsuleComponent;
  readonly #given: Imports;
  /** What all of them import of the host. */
  readonly #imports: readonly Extern[];
  readonly #dialects: readonly Dialect[];

  /** @param given what linking them came to */
  constructor(root: CapsuleComponent, modules: ReadonlyMap<string, PluginComponent>, given: Imports, { provided, linked }: Supply) {
    this.#root = root;
    this.#given = given;
    this.#imports = merged([root.component, ...modules.values()].flatMap(({ imports }) => imports).filter(({ name }) => !modules.has(name)));
    const own = providedDialect(this.#imports, provided);
    this.#dialects = [...root.dialects, own];
    this.uses = [...own.uses, ...Array.from(linked, ([name, { digest }]) => ({ name, digest: bytesOfHex(digest), operations: [] }))];
    this.components = [...new Set([...linked.values(), root])];
  }

  needs(): Promise<Map<Need, string>> {
    return importedCapabilities(this.#imports, this.#dialects);
  }

  link(_: Transition, importsOf: ImportsOf): { component: Pick<Linkable, "instantiate">; imports: Imports } {
    const imports = importsOf({ imports: this.#imports }, this.#dialects);
    return { component: this.#root.component, imports: { ...imports, ...this.#given } };
  }
}

/**
 * Links a plugin to modules.
 *
 * @param plugin what of it is to be known
 * @throws DoterosError `usage` when one is no module, is for what the host has, or nothing imports it; `missing-export`, `wrong-import`
 */
export function composePlugin(root: CapsuleComponent, plugin: PluginComponent, supply: Supply): Composed {
  const modules = new Map<string, PluginComponent>();
  for (const [name, { plugin: module }] of supply.linked) {
    if (module === undefined) throw new DoterosError("usage", `a component is linked for ${name}, and a plugin is linked to core modules`, { where: name });
    if (root.dialects.some(({ interfaces }) => Object.hasOwn(interfaces, name))) throw new DoterosError("usage", `${name} is the host's, and no module's`, { where: name });
    modules.set(name, module);
  }
  return new PluginComposition(root, modules, plugin.linkTo(modules), supply);
}

/** Imports with all that is imported under one name together. */
function merged(imports: readonly Extern[]): Extern[] {
  const parts = new Map<string, Map<string, Extern>>();
  for (const { name, type } of imports) {
    const known = parts.get(name) ?? new Map<string, Extern>();
    for (const part of type.kind === "instance" ? type.exports : []) if (!known.has(part.name)) known.set(part.name, part);
    parts.set(name, known);
  }
  return Array.from(parts, ([name, known]) => ({ name, type: { kind: "instance", exports: [...known.values()] } }));
}
