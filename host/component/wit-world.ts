import type { ComponentType, DefinedType, Entity, InstanceType } from "./entity.ts";
import { isValueType, originOf } from "./entity.ts";
import { parseName } from "./name.ts";
import type { FunctionType, ResourceType, ValueType } from "./type.ts";
import { label, printFunction, printType } from "./wit.ts";

type Entities = ReadonlyMap<string, Entity>;

/** An interface that has a package: where it is printed, and which names its types have there. */
interface Place {
  readonly pack: string;
  readonly label: string;
  readonly version: string;
}

/**
 * A component's type as WIT: the world it is of, and the packages of the interfaces that the world names.
 */
export function printWorld(type: ComponentType): string {
  const printer = new Printer();
  // Types of the world's own come first where they are read, and last where they are made: they are of its interfaces,
  // which are gone through once before.
  printer.worldItems("import", type.imports);
  const types = printer.worldTypes(type.imports);
  const lines = [...types, ...printer.worldItems("import", type.imports), ...printer.worldItems("export", type.exports)];
  return `${["package root:component;", "", "world root {", ...indent(lines), "}", ...printer.packages()].join("\n")}\n`;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? line : `  ${line}`));
}

class Printer {
  /** The interface that first named each type, with the name. */
  readonly #owners = new Map<DefinedType, { readonly place: string; readonly name: string }>();
  /** The names of types in the world itself. */
  readonly #world = new Map<object, string>();
  readonly #interfaces = new Map<string, { readonly place: Place; readonly lines: readonly string[] }>();

  /** The types that a world imports under names of its own. */
  worldTypes(imports: Entities): string[] {
    return this.#types("", imports, this.#world);
  }

  /** What a world imports or exports beside types. */
  worldItems(what: "import" | "export", entities: Entities): string[] {
    const lines: string[] = [];
    for (const [name, entity] of entities) {
      const parsed = parseName(name);
      if (typeof parsed === "string" || (entity.kind === "func" && parsed.kind !== "label")) continue;
      if (parsed.kind === "interface" && entity.kind === "instance") {
        this.#interface(name, parsed.base, parsed.version, entity);
        lines.push(`${what} ${name};`);
      } else if (entity.kind === "func") {
        lines.push(`${what} ${label(name)}: ${printFunction(entity, this.#names(this.#world))};`);
      } else if (entity.kind === "instance") {
        lines.push(`${what} ${label(name)}: interface {`, ...indent(this.#body(name, entity.exports)), "}");
      } else if (entity.kind !== "type") lines.push(`// ${what}s the ${entity.kind} ${name}, which WIT cannot say`);
    }
    return lines;
  }

  /** The packages of all interfaces that were named. */
  packages(): string[] {
    const byPackage = new Map<string, string[]>();
    for (const { place, lines } of this.#interfaces.values()) {
      const key = place.version === "" ? place.pack : `${place.pack}@${place.version}`;
      const body = byPackage.get(key) ?? [];
      body.push(...(body.length > 0 ? [""] : []), `interface ${place.label} {`, ...indent(lines), "}");
      byPackage.set(key, body);
    }
    const lines: string[] = [];
    for (const [name, body] of byPackage) lines.push("", `package ${name} {`, ...indent(body), "}");
    return lines;
  }

  #interface(name: string, base: string, version: string | undefined, type: InstanceType): void {
    if (this.#interfaces.has(name)) return;
    const slash = base.indexOf("/");
    const place = { pack: base.slice(0, slash), label: base.slice(slash + 1), version: version ?? "" };
    this.#interfaces.set(name, { place, lines: this.#body(name, type.exports) });
  }

  #body(place: string, exports: Entities): string[] {
    const names = new Map<object, string>();
    const lines = this.#types(place, exports, names);
    for (const [name, entity] of exports) {
      if (entity.kind === "func" && !name.startsWith("[")) lines.push(`${label(name)}: ${printFunction(entity, this.#names(names))};`);
    }
    return lines;
  }

  /** Declares the types that have names here: those of other interfaces by use, the rest by definition. */
  #types(place: string, exports: Entities, names: Map<object, string>): string[] {
    const uses = new Map<string, string[]>();
    const defined: [string, DefinedType][] = [];
    for (const [name, entity] of exports) {
      if (entity.kind !== "type") continue;
      const owner = this.#ownerOf(entity.type);
      if (owner !== undefined && owner.place !== place) {
        const used = owner.name === name ? label(name) : `${label(owner.name)} as ${label(name)}`;
        uses.set(owner.place, [...(uses.get(owner.place) ?? []), used]);
      } else defined.push([name, entity.type]);
      names.set(entity.type, label(name));
      if (owner === undefined) this.#owners.set(rootOf(entity.type), { place, name });
    }
    const all = this.#names(names);
    return [
      ...[...uses].map(([from, used]) => `use ${this.#pathTo(from, place)}.{${used.join(", ")}};`),
      ...defined.flatMap(([name, type]) => this.#declaration(label(name), type, all, exports)),
    ];
  }

  /** How an interface is named from within another: by its label alone where both are of one package. */
  #pathTo(name: string, from: string): string {
    const at = name.lastIndexOf("/");
    const slash = from.lastIndexOf("/");
    const version = name.includes("@") ? name.slice(name.indexOf("@")) : "";
    const same = slash > 0 && name.slice(0, at) === from.slice(0, slash) && from.endsWith(version);
    return same ? name.slice(at + 1, name.length - version.length) : name;
  }

  #names(names: ReadonlyMap<object, string>): ReadonlyMap<object, string> {
    const all = new Map<object, string>();
    for (const [type, { name }] of this.#owners) all.set(type, label(name));
    for (const [type, name] of names) all.set(type, name);
    return all;
  }

  #ownerOf(type: DefinedType): { readonly place: string; readonly name: string } | undefined {
    for (let at: DefinedType | undefined = type; at !== undefined; at = originOf(at)) {
      const owner = this.#owners.get(at) ?? (at.kind === "resource" ? this.#owners.get(at.root) : undefined);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  #declaration(name: string, type: DefinedType, names: ReadonlyMap<object, string>, context: Entities): string[] {
    const others = new Map([...names].filter(([other]) => other !== type));
    const origin = originOf(type);
    const same = origin === undefined ? undefined : others.get(origin);
    if (same !== undefined) return [`type ${name} = ${same};`];
    if (type.kind === "resource") return resourceDeclaration(name, type, names, context);
    if (!isValueType(type)) return [];
    switch (type.kind) {
      case "record":
        return [`record ${name} {`, ...type.fields.map((field) => `  ${label(field.name)}: ${printType(field.type, names)},`), "}"];
      case "variant":
        return [`variant ${name} {`, ...type.cases.map((entry) => `  ${printCase(entry.name, entry.type, names)},`), "}"];
      case "enum":
      case "flags":
        return [`${type.kind} ${name} {`, ...type.names.map((flag) => `  ${label(flag)},`), "}"];
      default:
        return [`type ${name} = ${printType(type, others)};`];
    }
  }
}

function printCase(name: string, type: ValueType | undefined, names: ReadonlyMap<object, string>): string {
  return type === undefined ? label(name) : `${label(name)}(${printType(type, names)})`;
}

/** What stands for a type and everything that was exported from it. */
function rootOf(type: DefinedType): DefinedType {
  return type.kind === "resource" ? type.root : type;
}

function resourceDeclaration(
  name: string,
  type: ResourceType,
  names: ReadonlyMap<object, string>,
  context: Entities,
): string[] {
  const all = new Map([...names, [type, name], [type.root, name]]);
  const members: string[] = [];
  for (const [full, entity] of context) {
    const parsed = parseName(full);
    if (entity.kind !== "func" || typeof parsed === "string" || !("resource" in parsed) || label(parsed.resource) !== name) continue;
    members.push(`  ${member(parsed, entity, all)};`);
  }
  return members.length === 0 ? [`resource ${name};`] : [`resource ${name} {`, ...members, "}"];
}

function member(
  parsed: Extract<Exclude<ReturnType<typeof parseName>, string>, { resource: string }>,
  type: FunctionType,
  names: ReadonlyMap<object, string>,
): string {
  const printed = printFunction(parsed.kind === "method" ? { ...type, params: type.params.slice(1) } : type, names);
  if (parsed.kind === "constructor") return `constructor${printed.slice("func".length).replace(/ -> own<?.*$| -> \w[\w-]*$/u, "")}`;
  return parsed.kind === "static" ? `${label(parsed.label)}: static ${printed}` : `${label(parsed.label)}: ${printed}`;
}
