import type { LinkedComponent } from "../component/linked-component.ts";
import type { Extern, ExternType, ResourceType } from "../component/type.ts";
import { findVersion } from "../component/version.ts";
import { printFunction, type TypeNames } from "../component/wit.ts";
import { DoterosError } from "../contract/error.ts";
import type { Dialect, HandlerDialect } from "./dialect/dialect.ts";
import type { Misfit } from "./import-refusal.ts";
import { HANDLER, type Need, type Offered, OFFERED, STARTER } from "./interface.ts";

/** The interfaces a capsule exports, by the names that it has for them. */
export interface CapsuleExportNames {
  readonly handler: string;
  /** What makes a handler of what is exported under that name; undefined when it is one. */
  readonly dialect: HandlerDialect | undefined;
  readonly starter: string | undefined;
}

/**
 * Finds what a capsule must export: this project's own handler, or else one of a dialect.
 *
 * @throws DoterosError `missing-export`
 */
export function capsuleExports({ imports, exports }: Pick<LinkedComponent, "imports" | "exports">, dialects: readonly Dialect[]): CapsuleExportNames {
  const names = resourceNames(imports);
  const starter = (): string | undefined => exported(exports, STARTER, names);
  const own = exported(exports, HANDLER, names);
  if (own !== undefined) return { handler: own, dialect: undefined, starter: starter() };
  for (const [name, dialect] of dialects.flatMap(({ handlers = {} }) => Object.entries(handlers))) {
    const handler = exported(exports, { name, functions: dialect.functions }, names);
    if (handler !== undefined) return { handler, dialect, starter: starter() };
  }
  throw noHandler(exports);
}

function noHandler(exports: readonly Extern[]): DoterosError {
  const names = exports.map(({ name }) => name);
  const found = names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`;
  return new DoterosError("missing-export", `the component does not export ${HANDLER.name}, so it handles no messages; ${found}`, {
    where: HANDLER.name,
    help: "build it for the world doteros:capsule/capsule@0.1.0, which wit/capsule.wit describes, or export wasi:cli/run or wasi:http/incoming-handler",
  });
}

function exported(exports: readonly Extern[], wanted: { readonly name: string; readonly functions: Readonly<Record<string, string>> }, names: TypeNames): string | undefined {
  const name = sameInterface(wanted.name, exports.map((item) => item.name));
  const found = exports.find((item) => item.name === name);
  if (found === undefined) return undefined;
  const parts = found.type.kind === "instance" ? found.type.exports : [];
  for (const [label, type] of Object.entries(wanted.functions)) {
    const part = parts.find((item) => item.name === label);
    const printed = part?.type.kind === "func" ? printFunction(part.type, names) : undefined;
    if (printed === type) continue;
    throw new DoterosError("missing-export", `the component exports ${found.name}, but ${label} is ${printed ?? "not in it"}`, {
      where: `${found.name}#${label}`,
      help: `it must be ${type}`,
    });
  }
  return found.name;
}

/** Everything that may be imported: for each interface what is in it. */
export function offeredBy(dialects: readonly Dialect[]): ReadonlyMap<string, Offered> {
  if (dialects.length === 0) return OFFERED;
  return new Map([...OFFERED, ...dialects.flatMap(({ interfaces }) => Object.entries(interfaces))]);
}

/**
 * The capabilities that a component's imports belong to, each with the first import that does. Types need nothing.
 *
 * @param dialects those that its imports may be from
 * @throws DoterosError `missing-import` with everything that the host does not offer, each with the nearest that it does;
 * `wrong-import` when only types differ
 */
export async function importedCapabilities(imports: readonly Extern[], dialects: readonly Dialect[]): Promise<Map<Need, string>> {
  const offers = offeredBy(dialects);
  const names = resourceNames(imports);
  const used = new Map<Need, string>();
  const misfits: Misfit[] = [];
  for (const { name, type } of imports.filter(({ type: kind }) => needsHost(kind))) {
    const interfaces = [...offers.keys()];
    const offer = offers.get(sameInterface(name, interfaces) ?? "");
    if (offer === undefined || type.kind !== "instance") misfits.push({ path: name, name, among: interfaces, types: undefined });
    else {
      for (const part of type.exports.filter(({ type: kind }) => needsHost(kind))) {
        const path = `${name}#${part.name}`;
        const offered = Object.hasOwn(offer, part.name) ? offer[part.name] : undefined;
        const misfit = (types?: string): unknown => misfits.push({ path, name: part.name, among: Object.keys(offer), types });
        if (offered === undefined) misfit();
        else if (!hasType(part.type, offered.type, names)) misfit(`the component has ${typeText(part.type, names)}, the host ${[offered.type].flat().join(" or ")}`);
        else if (offered.capability !== undefined && !used.has(offered.capability)) used.set(offered.capability, path);
      }
    }
  }
  if (misfits.length > 0) throw (await import("./import-refusal.ts")).importRefusal(misfits, dialects.some(({ isPlugin }) => isPlugin === true));
  return used;
}

/** What resources are called in the interfaces that have them. What a component calls them beside that is its own affair. */
export function resourceNames(interfaces: readonly Extern[]): TypeNames {
  const labels = new Map<ResourceType, string>();
  for (const { type } of interfaces) {
    for (const { name, type: part } of type.kind === "instance" ? type.exports : []) {
      if (part.kind === "type" && part.type.kind === "resource" && !labels.has(part.type.root)) labels.set(part.type.root, name);
    }
  }
  return { get: (type) => ("root" in type ? labels.get((type as ResourceType).root) : undefined) };
}

/** The type of a function in WIT's notation, and what anything else is in a word. */
export function typeText(type: ExternType, names: TypeNames): string {
  if (type.kind === "func") return printFunction(type, names);
  return type.kind === "type" && type.bound === "sub" ? "resource" : type.kind;
}

function hasType(type: ExternType, types: string | readonly string[], names: TypeNames): boolean {
  return [types].flat().includes(typeText(type, names));
}

/** Whether a component imports a function of that type. */
export function importsAs(imports: readonly Extern[], path: string, type: string): boolean {
  const names = resourceNames(imports);
  return imports.some(({ name, type: kind }) => kind.kind === "instance" && kind.exports.some((part) => `${name}#${part.name}` === path && hasType(part.type, type, names)));
}

/** The name among `names` of the interface `name`, in that version or in one that can stand for it. */
export function sameInterface(name: string, names: readonly string[]): string | undefined {
  return names.includes(name) ? name : findVersion(name, names);
}

/** Whether an import is more than types of values, which are the component's own affair. */
export function needsHost(type: ExternType): boolean {
  if (type.kind === "type") return type.bound === "sub";
  return type.kind !== "instance" || type.exports.some((part) => needsHost(part.type));
}
