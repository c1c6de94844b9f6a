import type { Extern, FunctionType, ResourceType, ValueType } from "../../component/type.ts";
import { camelCase, interfaceParts, methodName, pascalCase } from "./naming.ts";
import { refuseUnsupported } from "./support.ts";
import type { World } from "./world.ts";

/** A value type that has a name of its own in WIT. */
export type NominalType = Extract<ValueType, { kind: "record" | "variant" | "enum" | "flags" }>;

/** The class, enum or alias that stands for a named type. */
export interface Definition {
  readonly file: string;
  readonly name: string;
  /** As WIT writes it. */
  readonly label: string;
  readonly type: NominalType | ResourceType;
  /** Whether the guest makes it: a resource that the world exports. */
  readonly isOwn: boolean;
}

/** A function of an interface, with what its name says. */
export interface NamedFunction {
  readonly name: string;
  readonly type: FunctionType;
}

/** One generated file: an interface seen from one side. */
export interface Part {
  readonly file: string;
  /** What the canonical ABI calls it; undefined for what the world imports and exports outside of interfaces. */
  readonly id: string | undefined;
  readonly isExport: boolean;
  /** The types that are defined here, in order. */
  readonly definitions: Definition[];
  /** Types of other files under the names they have here. */
  readonly aliases: { readonly name: string; readonly definition: Definition }[];
  readonly functions: NamedFunction[];
}

/** Every file that a world becomes, and where each of its types is defined. */
export class Catalog {
  readonly parts: Part[] = [];
  readonly #byType = new Map<object, Definition>();
  readonly #byStructure = new Map<string, Definition>();
  readonly #roots = new Map<object, number>();

  /** @throws DoterosError `unsupported` for a type that cannot be expressed, with the place */
  constructor(world: World) {
    for (const isExport of [false, true]) {
      const externs = isExport ? world.exports : world.imports;
      const plain: Extern[] = [];
      const names = externs.map(({ name }) => interfaceParts(name).name);
      for (const { name, type } of externs) {
        if (type.kind !== "instance") plain.push({ name, type });
        else this.#add(fileOf(name, names, isExport), name, isExport, type.exports);
      }
      if (plain.length > 0) this.#add(isExport ? "export-world" : "world", undefined, isExport, plain);
    }
  }

  /** Where a named type is defined; undefined for types without a name. */
  definitionOf(type: ValueType | ResourceType): Definition | undefined {
    if (type.kind === "resource") return this.#byType.get(type.root);
    return this.#byType.get(type) ?? (isNominal(type) ? this.#byStructure.get(this.#structure(type)) : undefined);
  }

  #add(file: string, id: string | undefined, isExport: boolean, externs: readonly Extern[]): void {
    const part: Part = { file, id, isExport, definitions: [], aliases: [], functions: [] };
    this.parts.push(part);
    for (const { name, type } of externs) {
      if (type.kind === "func") {
        refuseUnsupported(type, `${id === undefined ? "" : `${id} `}${name}`);
        part.functions.push({ name, type });
      } else if (type.kind === "type") {
        const { type: named } = type;
        if (named.kind === "resource" || isNominal(named)) this.#define(part, name, named);
      }
    }
  }

  #define(part: Part, label: string, type: NominalType | ResourceType): void {
    const name = pascalCase(label);
    const key = type.kind === "resource" ? undefined : this.#structure(type);
    const before = key === undefined ? this.definitionOf(type) : this.#byStructure.get(key);
    // A type that another interface uses is an equal one there: the linker keeps structures, and of resources their roots.
    if (before !== undefined && (before.file !== part.file || type.kind === "resource")) {
      this.#byType.set(type, before);
      part.aliases.push({ name, definition: before });
      return;
    }
    const definition = { file: part.file, name, label, type, isOwn: part.isExport && type.kind === "resource" };
    this.#byType.set(type.kind === "resource" ? type.root : type, definition);
    if (key !== undefined && before === undefined) this.#byStructure.set(key, definition);
    part.definitions.push(definition);
  }

  /** A text that is the same for types of the same structure only. */
  #structure(type: ValueType): string {
    return JSON.stringify(type, (_, value: unknown) => {
      if (typeof value !== "object" || value === null || !("root" in value)) return value;
      const root = value.root as object;
      if (!this.#roots.has(root)) this.#roots.set(root, this.#roots.size);
      return { resource: this.#roots.get(root) };
    });
  }
}

function fileOf(id: string, names: readonly string[], isExport: boolean): string {
  const { name, owner } = interfaceParts(id);
  const isClear = names.filter((other) => other === name).length === 1 && !["value", "entry", "world"].includes(name);
  return `${isExport ? "export-" : ""}${isClear ? name : `${owner}-${name}`}`;
}

function isNominal(type: { readonly kind: string }): type is NominalType {
  return ["record", "variant", "enum", "flags"].includes(type.kind);
}

/** What the name of a function says: `[method]bucket.get` is the method `get` of `bucket`. */
export interface FunctionName {
  readonly kind: "function" | "constructor" | "method" | "static";
  readonly resource: string | undefined;
  /** As the generated code calls it. */
  readonly name: string;
}

/** Takes the name of a function apart. */
export function functionName(name: string): FunctionName {
  const match = /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/u.exec(name);
  if (match === null) return { kind: "function", resource: undefined, name: camelCase(name) };
  const [, kind, resource, member] = match;
  return { kind: kind as FunctionName["kind"], resource, name: member === undefined ? "constructor" : methodName(member) };
}
