import type { Dialect } from "../capability/dialect/dialect.ts";
import { guardInterface } from "../capability/edge/linked.ts";
import { offerOf } from "../capability/edge/offer-of.ts";
import { providedDialect } from "../capability/edge/provided-dialect.ts";
import { isInterfaceName, withoutVersion } from "../capability/interface-name.ts";
import type { Need } from "../capability/interface.ts";
import { importedCapabilities, sameInterface } from "../capability/linkage.ts";
import type { Transition } from "../capability/transition.ts";
import type { Imports, InstantiateModule, Toll } from "../component/index.ts";
import type { LinkedComponent } from "../component/linked-component.ts";
import { DoterosError } from "../contract/error.ts";
import type { Use } from "../ledger/entry.ts";
import type { Composed, ImportsOf, Supply } from "./composed.ts";
import { composePlugin } from "./plugin-composition.ts";
import type { CapsuleComponent } from "./capsule-component.ts";
import { bytesOfHex } from "./hex.ts";

/** An import that another component has. */
interface Link {
  readonly wanted: string;
  /** The name that it has where it is exported. */
  readonly name: string;
  readonly part: Part;
}

/** A component of a capsule, with all that it imports. */
interface Part {
  readonly made: CapsuleComponent;
  /** What it may be written in, what is provided to it and what it is linked to among that. */
  readonly dialects: readonly Dialect[];
  readonly links: readonly Link[];
  /** What is provided to it, or linked. */
  readonly uses: readonly Use[];
}

/** A capsule's component, with what the host's user provides it with, with those that it is linked to and those that they are linked to. */
class Composition implements Composed {
  /** The parts, each after those that it needs; the last one is the capsule's own component. */
  readonly #parts: readonly Part[];
  /** What the parts use, each once. */
  readonly uses: readonly Use[];

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    this.uses = [...new Map(parts.flatMap(({ uses }) => uses).map((use) => [use.name, use])).values()];
  }

  /** Its components, each once, those that others need first. */
  get components(): readonly CapsuleComponent[] {
    return this.#parts.map(({ made }) => made);
  }

  /**
   * What the parts need, each with the first import that does.
   *
   * @throws DoterosError as `importedCapabilities` does
   */
  async needs(): Promise<Map<Need, string>> {
    const needs = new Map<Need, string>();
    for (const part of this.#parts) {
      for (const [need, path] of await needsOfPart(part, this.#parts)) if (!needs.has(need)) needs.set(need, path);
    }
    return needs;
  }

  /** The component of the capsule, whose instances have instances of the others with them, and what it imports of the host. */
  link(transition: Transition, importsOf: ImportsOf): { component: Pick<LinkedComponent, "instantiate">; imports: Imports } {
    const parts = this.#parts;
    const last = parts.at(-1) as Part;
    const { component: own } = last.made;
    const imports = importsOf(own, last.dialects);
    if (parts.length === 1) return { component: own, imports };
    const others = parts.slice(0, -1).map((part) => ({ part, given: importsOf(part.made.component, part.dialects) }));
    const component: Pick<LinkedComponent, "instantiate"> = {
      async instantiate(given, instantiate, toll) {
        const made = new Map<Part, Readonly<Record<string, unknown>>>();
        for (const { part, given: host } of others) made.set(part, await guardedExports(part, parts, { ...host, ...linksOf(part, made) }, transition, instantiate, toll));
        return own.instantiate({ ...given, ...linksOf(last, made) }, instantiate, toll);
      },
    };
    return { component, imports };
  }
}

/**
 * Puts a capsule together.
 *
 * @throws DoterosError `circular-link` when two need each other, `missing-export` when one does not have what it is linked for,
 * `usage` when nothing imports what is linked, `unsupported` as `providedDialect` says
 */
export function compose(root: CapsuleComponent, supply: Supply): Composed {
  const { provided, linked } = supply;
  if (root.plugin !== undefined && linked.size > 0) return composePlugin(root, root.plugin, supply);
  for (const name of linked.keys()) {
    if (!isInterfaceName(withoutVersion(name))) throw new DoterosError("usage", `${JSON.stringify(name)} names no interface that could be linked`, { help: "it is a package and an interface: acme:math/ops" });
  }
  const parts = new Map<string, Part>();
  const unused = new Set(linked.keys());
  const add = (made: CapsuleComponent, needed: readonly Needed[]): Part => {
    const known = parts.get(made.digest);
    if (known !== undefined) return known;
    const { component } = made;
    const links: Link[] = [];
    for (const { name: wanted } of component.imports) {
      const key = [wanted, withoutVersion(wanted)].find((name) => linked.has(name)) ?? sameInterface(wanted, [...linked.keys()]);
      const target = key === undefined ? undefined : linked.get(key);
      // What stands between a component and the host imports what it exports.
      if (key === undefined || target === undefined || target === made) continue;
      unused.delete(key);
      const path = [...needed, { wanted, made }];
      mustNotCircle(path, target);
      links.push({ wanted, name: exportFor(wanted, target.component), part: add(target, path) });
    }
    const own = providedDialect(component.imports, provided);
    const interfaces = Object.fromEntries(links.map(({ wanted, name, part }) => [wanted, offerOf(part.made.component.exports, name)]));
    const uses = [...own.uses, ...links.map(({ wanted, part }) => ({ name: wanted, digest: bytesOfHex(part.made.digest), operations: [] }))];
    const part = { made, dialects: [...made.dialects, own, { interfaces, make: () => ({}) }], links, uses };
    parts.set(made.digest, part);
    return part;
  };
  const last = add(root, []);
  const [name] = unused;
  if (name !== undefined) throw new DoterosError("usage", `nothing imports ${name}, for which a component is linked`, { help: `the component imports ${root.component.imports.map((one) => one.name).join(", ") || "nothing"}` });
  return new Composition([...[...parts.values()].filter((part) => part !== last), last]);
}

/** An import that is being looked into, and whose it is. */
interface Needed {
  readonly wanted: string;
  readonly made: CapsuleComponent;
}

function mustNotCircle(path: readonly Needed[], target: CapsuleComponent): void {
  const from = path.findIndex(({ made }) => made === target);
  if (from < 0) return;
  const circle = path.slice(from).map(({ wanted }) => wanted);
  throw new DoterosError("circular-link", `components need each other: ${circle.join(", which needs ")}, which needs ${circle[0] ?? ""}`, {
    where: circle[0] ?? "",
    help: "link a component that needs none of those that need it",
  });
}

function exportFor(wanted: string, { exports }: Pick<LinkedComponent, "exports">): string {
  const names = exports.map(({ name }) => name);
  const name = sameInterface(wanted, names) ?? names.find((one) => one === withoutVersion(wanted));
  if (name !== undefined) return name;
  throw new DoterosError("missing-export", `the component that is linked for ${wanted} does not export it; it exports ${names.join(", ") || "nothing"}`, { where: wanted });
}

async function needsOfPart(part: Part, parts: readonly Part[]): Promise<Map<Need, string>> {
  try {
    return await importedCapabilities(part.made.component.imports, part.dialects);
  } catch (error) {
    const link = parts.flatMap(({ links }) => links).find((one) => one.part === part);
    if (link === undefined || !(error instanceof DoterosError)) throw error;
    const { code, message, where, help } = error;
    throw new DoterosError(code, `the component that is linked for ${link.wanted}: ${message}`, { cause: error, ...(where === undefined ? {} : { where }), ...(help === undefined ? {} : { help }) });
  }
}

function linksOf({ links }: Part, made: ReadonlyMap<Part, Readonly<Record<string, unknown>>>): Imports {
  return Object.fromEntries(links.map(({ wanted, name, part }) => [wanted, made.get(part)?.[name]]));
}

async function guardedExports(part: Part, parts: readonly Part[], imports: Imports, transition: Transition, instantiate: InstantiateModule | undefined, toll: Toll | undefined): Promise<Readonly<Record<string, unknown>>> {
  const { component } = part.made;
  const { exports } = await component.instantiate(imports, instantiate, toll);
  const wanted = new Set(parts.flatMap(({ links }) => links.flatMap((link) => (link.part === part ? [link.name] : []))));
  for (const { name, type } of component.exports) {
    if (wanted.has(name) && type.kind === "instance") guardInterface(name, type.exports, exports[name] as object, transition);
  }
  return exports;
}
