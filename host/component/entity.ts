import type { ModuleType } from "../wasm/module-type.ts";
import type { FunctionType, NamedType, ResourceType, ValueType } from "./type.ts";
import { defineType, factsOf, replaceResources } from "./value-type.ts";

/** A type that is exported or imported under a name. */
export interface TypeEntity {
  readonly kind: "type";
  readonly type: DefinedType;
  /** `sub` for a resource whose definition is hidden; `eq` for a type that is known. */
  readonly bound: "eq" | "sub";
}

/**
 * The type of an instance. In a definition, `fresh` are the resource types that the instance brings with it: whoever
 * imports or makes such an instance gets new ones in their place, through {@link freshen}.
 */
export interface InstanceType {
  readonly kind: "instance";
  readonly exports: ReadonlyMap<string, Entity>;
  readonly fresh: readonly ResourceType[];
}

/** The type of a component: what it takes and gives, with the resource types that come in and those that it makes. */
export interface ComponentType {
  readonly kind: "component";
  readonly imports: ReadonlyMap<string, Entity>;
  readonly exports: ReadonlyMap<string, Entity>;
  /** Resource types that an importer supplies. */
  readonly taken: readonly ResourceType[];
  /** Resource types that each instantiation makes anew. */
  readonly made: readonly ResourceType[];
}

/** What an import or export can be. */
export type Entity = FunctionType | InstanceType | ComponentType | ModuleType | TypeEntity;

/** What a type index can stand for. */
export type DefinedType = ValueType | ResourceType | FunctionType | InstanceType | ComponentType;

/** Whether a defined type is a value type. */
export function isValueType(type: DefinedType): type is ValueType {
  return type.kind !== "resource" && type.kind !== "func" && type.kind !== "instance" && type.kind !== "component";
}

/** A resource type unequal to every other. */
export function newResource(name?: string): ResourceType {
  return { kind: "resource", name };
}

/** Which resource stands for which: what substitution goes by. Resources that are not in it stay. */
export type Replacement = Map<ResourceType, ResourceType>;

/** Replaces resources throughout entities, sharing what does not change and what was replaced before. */
export class Substitution {
  readonly #replacement: Replacement;
  readonly #done = new Map<object, unknown>();

  constructor(replacement: Replacement) {
    this.#replacement = replacement;
  }

  readonly resource = (resource: ResourceType): ResourceType => this.#replacement.get(resource) ?? resource;

  value(type: ValueType): ValueType {
    return replaceResources(type, this.resource, this.#done);
  }

  entity(entity: Entity): Entity {
    if (this.#replacement.size === 0 || entity.kind === "module") return entity;
    const before = this.#done.get(entity);
    if (before !== undefined) return before as Entity;
    const result = this.#rebuild(entity);
    this.#done.set(entity, result);
    return result;
  }

  entities(entities: ReadonlyMap<string, Entity>): Map<string, Entity> {
    const result = new Map<string, Entity>();
    for (const [name, entity] of entities) result.set(name, this.entity(entity));
    return result;
  }

  defined(type: DefinedType): DefinedType {
    if (type.kind === "resource") return this.resource(type);
    return isValueType(type) ? this.value(type) : (this.entity(type) as DefinedType);
  }

  #rebuild(entity: Exclude<Entity, ModuleType>): Entity {
    switch (entity.kind) {
      case "func":
        return this.#function(entity);
      case "type":
        return { ...entity, type: this.defined(entity.type) };
      case "instance":
        return { ...entity, exports: this.entities(entity.exports) };
      case "component":
        return { ...entity, imports: this.entities(entity.imports), exports: this.entities(entity.exports) };
    }
  }

  #function(type: FunctionType): FunctionType {
    if (!functionHasHandles(type)) return type;
    const params = type.params.map((param): NamedType => ({ name: param.name, type: this.value(param.type) }));
    return { ...type, params, result: type.result === undefined ? undefined : this.value(type.result) };
  }
}

/** Whether a handle is somewhere in a function type. */
export function functionHasHandles(type: FunctionType): boolean {
  return (
    (type.result !== undefined && factsOf(type.result).handles) || type.params.some((param) => factsOf(param.type).handles)
  );
}

/** An instance of `type`, with resource types of its own in place of those that the definition brings. */
export function freshen(type: InstanceType): InstanceType {
  if (type.fresh.length === 0) return type;
  const replacement: Replacement = new Map();
  for (const resource of type.fresh) replacement.set(resource, newResource(resource.name));
  return { kind: "instance", exports: new Substitution(replacement).entities(type.exports), fresh: [] };
}

/** The same, for whatever kind of entity has resource types of its own to bring. */
export function freshenEntity(entity: Entity): Entity {
  if (entity.kind === "instance") return freshen(entity);
  if (entity.kind === "type" && entity.bound === "sub" && entity.type.kind === "resource") {
    return { ...entity, type: newResource(entity.type.name) };
  }
  return entity;
}

/** A second type of the same structure: exported types are new types, equal to but not the same as the old. */
export function aliasType(type: DefinedType): DefinedType {
  if (type.kind === "resource") return type;
  return isValueType(type) ? defineType({ ...type }) : { ...type };
}
