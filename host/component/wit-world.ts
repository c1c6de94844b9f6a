import type { ComponentType, DefinedType, Entity } from "./entity.ts";
import { isValueType, originOf } from "./entity.ts";
import { parseName } from "./name.ts";
import type { ResourceType } from "./type.ts";
import type { TypeNames } from "./wit.ts";
import { label, printFunction, printMembers, printType } from "./wit.ts";

type Entities = ReadonlyMap<string, Entity>;

/**
 * A component's type as WIT: the world it is of, and the packages of the interfaces that the world names.
 */
export function printWorld({ imports, exports }: ComponentType): string {
  const printer = new Printer();
  // Types of the world's own come first where they are read, and last where they are made: they are of its interfaces,
  // which are gone through once before.
  printer.items("import", imports);
  const types = printer.types("", imports, printer.world);
  const lines = [...types, ...printer.items("import", imports), ...printer.items("export", exports)];
  return ["package root:component;", "", ...block("world root", lines), ...printer.packages(), ""].join("\n");
}

function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => line && `  ${line}`), "}"];
}

class Printer {
  /** The interface that first named each type, with the name. */
  readonly #owners = new Map<object, { readonly place: string; readonly name: string }>();
  /** The names of types in the world itself. */
  readonly world = new Map<object, string>();
  /** The lines of each interface that has a package, by its name. */
  readonly #interfaces = new Map<string, readonly string[]>();

  /** What a world imports or exports beside types. */
  items(what: "import" | "export", entities: Entities): string[] {
    const lines: string[] = [];
    for (const [name, entity] of entities) {
      const parsed = parseName(name);
      if (typeof parsed === "string" || entity.kind === "type" || (entity.kind === "func" && parsed.kind !== "label")) continue;
      if (entity.kind === "func") {
        lines.push(`${what} ${label(name)}: ${printFunction(entity, this.#names(this.world))};`);
      } else if (entity.kind !== "instance") lines.push(`// ${what}s the ${entity.kind} ${name}, which WIT cannot say`);
      else if (parsed.kind === "interface") {
        lines.push(`${what} ${name};`);
        if (!this.#interfaces.has(name)) this.#interfaces.set(name, this.#body(name, entity.exports));
      } else lines.push(...block(`${what} ${label(name)}: interface`, this.#body(name, entity.exports)));
    }
    return lines;
  }

  /** The packages of all interfaces that were named. */
  packages(): string[] {
    const bodies = new Map<string, string[]>();
    for (const [name, lines] of this.#interfaces) {
      const { pack, name: own, version } = partsOf(name);
      const body = bodies.get(pack + version) ?? [];
      bodies.set(pack + version, [...body, ...(body.length > 0 ? [""] : []), ...block(`interface ${own}`, lines)]);
    }
    const lines: string[] = [];
    for (const [name, body] of bodies) lines.push("", ...block(`package ${name}`, body));
    return lines;
  }

  #body(place: string, exports: Entities): string[] {
    const names = new Map<object, string>();
    const lines = this.types(place, exports, names);
    for (const [name, entity] of exports) {
      if (entity.kind === "func" && !name.startsWith("[")) lines.push(`${label(name)}: ${printFunction(entity, this.#names(names))};`);
    }
    return lines;
  }

  /** Declares the types that have names here, and enters them in `names`: those of other interfaces by use, the rest by definition. */
  types(place: string, exports: Entities, names: Map<object, string>): string[] {
    const uses = new Map<string, string[]>();
    const defined: [string, DefinedType][] = [];
    for (const [name, entity] of exports) {
      if (entity.kind !== "type") continue;
      const { type } = entity;
      const owner = this.#ownerOf(type);
      if (owner !== undefined && owner.place !== place) {
        const used = owner.name === name ? label(name) : `${label(owner.name)} as ${label(name)}`;
        uses.set(owner.place, [...(uses.get(owner.place) ?? []), used]);
      } else defined.push([label(name), type]);
      names.set(type, label(name));
      if (owner === undefined) this.#owners.set(type.kind === "resource" ? type.root : type, { place, name });
    }
    return [
      ...[...uses].map(([from, used]) => `use ${pathTo(from, place)}.{${used.join(", ")}};`),
      ...defined.flatMap(([name, type]) => declaration(name, type, this.#names(names), exports)),
    ];
  }

  /** Names of types as they are seen where `local` are: those, then those of interfaces. */
  #names(local: TypeNames): TypeNames {
    return {
      get: (type) => {
        const owner = this.#owners.get(type);
        return local.get(type) ?? (owner && label(owner.name));
      },
    };
  }

  #ownerOf(type: DefinedType | undefined): { readonly place: string; readonly name: string } | undefined {
    if (type === undefined) return undefined;
    return this.#owners.get(type) ?? (type.kind === "resource" ? this.#owners.get(type.root) : undefined) ?? this.#ownerOf(originOf(type));
  }
}

/** The parts of an interface's full name; the version with its `@`. */
function partsOf(name: string): { pack: string; name: string; version: string } {
  const [, pack = "", own = "", version = ""] = /^([^/]*)\/([^@]*)(.*)$/s.exec(name) ?? [];
  return { pack, name: own, version };
}

/** How an interface is named from within another: by its label alone where both are of one package. */
function pathTo(name: string, from: string): string {
  const to = partsOf(name);
  const own = partsOf(from);
  return to.pack === own.pack && to.version === own.version && own.pack !== "" ? to.name : name;
}

function declaration(name: string, type: DefinedType, names: TypeNames, context: Entities): string[] {
  const origin = originOf(type);
  const others: TypeNames = { get: (other) => (other === type ? undefined : names.get(other)) };
  const same = origin && others.get(origin);
  if (same !== undefined) return [`type ${name} = ${same};`];
  if (type.kind === "resource") return resourceDeclaration(name, type, names, context);
  if (!isValueType(type)) return [];
  switch (type.kind) {
    case "record":
    case "variant":
    case "enum":
    case "flags":
      return block(`${type.kind} ${name}`, printMembers(type, names).map((member) => `${member},`));
    default:
      return [`type ${name} = ${printType(type, others)};`];
  }
}

function resourceDeclaration(name: string, type: ResourceType, names: TypeNames, context: Entities): string[] {
  const all: TypeNames = { get: (other) => (other === type || other === type.root ? name : names.get(other)) };
  const members: string[] = [];
  for (const [full, entity] of context) {
    const parsed = parseName(full);
    if (entity.kind !== "func" || typeof parsed === "string" || !("resource" in parsed) || label(parsed.resource) !== name) continue;
    const isMethod = parsed.kind === "method";
    const printed = printFunction(isMethod ? { ...entity, params: entity.params.slice(1) } : entity, all);
    if (parsed.kind === "constructor") members.push(`constructor${printed.slice("func".length).replace(/ -> own<?.*$| -> \w[\w-]*$/u, "")};`);
    else members.push(`${label(parsed.label)}: ${isMethod ? "" : "static "}${printed};`);
  }
  return members.length === 0 ? [`resource ${name};`] : block(`resource ${name}`, members);
}
