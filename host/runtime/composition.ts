import type { Dialect } from "../capability/dialect/dialect.ts";
import { dialectsOf } from "../capability/dialect/index.ts";
import { guardInterface } from "../capability/edge/linked.ts";
import { providedDialect } from "../capability/edge/provided-dialect.ts";
import type { Provided } from "../capability/edge/provided.ts";
import { isInterfaceName, withoutVersion } from "../capability/interface-name.ts";
import type { Need } from "../capability/interface.ts";
import { importedCapabilities, offerOf, sameInterface } from "../capability/linkage.ts";
import type { Transition } from "../capability/transition.ts";
import type { Component, Imports, InstantiateModule } from "../component/index.ts";
import { DoterosError } from "../contract/error.ts";
import type { Use } from "../ledger/entry.ts";
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
export interface Part {
  readonly made: CapsuleComponent;
  /** What it may be written in, what is provided to it and what it is linked to among that. */
  readonly dialects: readonly Dialect[];
  readonly links: readonly Link[];
  /** What is provided to it, or linked. */
  readonly uses: readonly Use[];
}

/** What a capsule's component may be put together with. */
export interface Supply {
  readonly provided: readonly Provided[];
  /** The components that are linked, by the interfaces that they are linked for. */
  readonly linked: ReadonlyMap<string, CapsuleComponent>;
}

/**
 * Puts a capsule together: its component, with those that it is linked to and those that they are linked to.
 *
 * @returns the parts, each after those that it needs; the last one is the capsule's own component
 * @throws DoterosError `circular-link` when two need each other, `missing-export` when one does not have what it is linked for,
 * `usage` when nothing imports what is linked, `unsupported` as `providedDialect` says
 */
export async function compose(root: CapsuleComponent, { provided, linked }: Supply): Promise<readonly [...Part[], Part]> {
  for (const name of linked.keys()) {
    if (!isInterfaceName(withoutVersion(name))) throw new DoterosError("usage", `${JSON.stringify(name)} names no interface that could be linked`, { help: "it is a package and an interface: acme:math/ops" });
  }
  const parts = new Map<string, Part>();
  const unused = new Set(linked.keys());
  const add = async (made: CapsuleComponent, needed: readonly Needed[]): Promise<Part> => {
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
      links.push({ wanted, name: exportFor(wanted, target.component), part: await add(target, path) });
    }
    const own = providedDialect(component.imports, provided);
    const interfaces = Object.fromEntries(links.map(({ wanted, name, part }) => [wanted, offerOf(part.made.component.exports, name)]));
    const uses = [...own.uses, ...links.map(({ wanted, part }) => ({ name: wanted, digest: bytesOfHex(part.made.digest), operations: [] }))];
    const part = { made, dialects: [...(await dialectsOf(component)), own, { interfaces, make: () => ({}) }], links, uses };
    parts.set(made.digest, part);
    return part;
  };
  const last = await add(root, []);
  const [name] = unused;
  if (name !== undefined) throw new DoterosError("usage", `nothing imports ${name}, for which a component is linked`, { help: `the component imports ${root.component.imports.map((one) => one.name).join(", ") || "nothing"}` });
  return [...[...parts.values()].filter((part) => part !== last), last];
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

function exportFor(wanted: string, { exports }: Component): string {
  const names = exports.map(({ name }) => name);
  const name = sameInterface(wanted, names) ?? names.find((one) => one === withoutVersion(wanted));
  if (name !== undefined) return name;
  throw new DoterosError("missing-export", `the component that is linked for ${wanted} does not export it; it exports ${names.join(", ") || "nothing"}`, { where: wanted });
}

/**
 * What the parts of a capsule need, each with the first import that does.
 *
 * @throws DoterosError as `importedCapabilities` does
 */
export function needsOf(parts: readonly Part[]): Map<Need, string> {
  const needs = new Map<Need, string>();
  for (const part of parts) {
    for (const [need, path] of needsOfPart(part, parts)) if (!needs.has(need)) needs.set(need, path);
  }
  return needs;
}

function needsOfPart(part: Part, parts: readonly Part[]): Map<Need, string> {
  try {
    return importedCapabilities(part.made.component.imports, part.dialects);
  } catch (error) {
    const link = parts.flatMap(({ links }) => links).find((one) => one.part === part);
    if (link === undefined || !(error instanceof DoterosError)) throw error;
    const { code, message, where, help } = error;
    throw new DoterosError(code, `the component that is linked for ${link.wanted}: ${message}`, { cause: error, ...(where === undefined ? {} : { where }), ...(help === undefined ? {} : { help }) });
  }
}

/** What the parts of a capsule use, each once. */
export function usesOf(parts: readonly Part[]): Use[] {
  return [...new Map(parts.flatMap(({ uses }) => uses).map((use) => [use.name, use])).values()];
}

/** The component of a capsule, whose instances have instances of the others with them, and what it imports of the host. */
export function linkedComponent(parts: readonly Part[], transition: Transition, importsOf: (part: Part) => Imports): { component: Pick<Component, "instantiate">; imports: Imports } {
  const last = parts.at(-1) as Part;
  const imports = importsOf(last);
  if (parts.length === 1) return { component: last.made.component, imports };
  const others = parts.slice(0, -1).map((part) => ({ part, given: importsOf(part) }));
  const component: Pick<Component, "instantiate"> = {
    async instantiate(given, instantiate) {
      const made = new Map<Part, Readonly<Record<string, unknown>>>();
      for (const { part, given: own } of others) made.set(part, await guardedExports(part, parts, { ...own, ...linksOf(part, made) }, transition, instantiate));
      return last.made.component.instantiate({ ...given, ...linksOf(last, made) }, instantiate);
    },
  };
  return { component, imports };
}

function linksOf({ links }: Part, made: ReadonlyMap<Part, Readonly<Record<string, unknown>>>): Imports {
  return Object.fromEntries(links.map(({ wanted, name, part }) => [wanted, made.get(part)?.[name]]));
}

async function guardedExports(part: Part, parts: readonly Part[], imports: Imports, transition: Transition, instantiate: InstantiateModule | undefined): Promise<Readonly<Record<string, unknown>>> {
  const { component } = part.made;
  const { exports } = await component.instantiate(imports, instantiate);
  const wanted = new Set(parts.flatMap(({ links }) => links.flatMap((link) => (link.part === part ? [link.name] : []))));
  for (const { name, type } of component.exports) {
    if (wanted.has(name) && type.kind === "instance") guardInterface(name, type.exports, exports[name] as object, transition);
  }
  return exports;
}
