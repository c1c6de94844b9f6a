import type { ModuleType } from "../wasm/module-type.ts";
import type { FunctionType, NamedType, ResourceType, ValueType } from "./type.ts";
import { copyType, factsOf, replaceParts } from "./value-type.ts";

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
  const made: { kind: "resource"; name: string | undefined; root: ResourceType } = {
    kind: "resource",
    name,
    root: undefined as unknown as ResourceType,
  };
  made.root = made;
  return made;
}

/** Which resource stands for which root: what substitution goes by. Resources that are not in it stay. */
export type Replacement = Map<ResourceType, ResourceType>;

/** Value types that were imported under a name, with those that were given for them: equal, but named elsewhere. */
export type Renaming = Map<ValueType, ValueType>;

/** Replaces resources throughout entities, sharing what does not change and what was replaced before. */
export class Substitution {
  readonly #replacement: Replacement;
  readonly #renaming: Renaming;
  readonly #done = new Map<object, unknown>();

  constructor(replacement: Replacement, renaming: Renaming = new Map()) {
    this.#replacement = replacement;
    this.#renaming = renaming;
  }

  readonly resource = (resource: ResourceType): ResourceType => {
    const root = this.#replacement.get(resource.root);
    if (root === undefined || resource === resource.root) return root ?? resource;
    const before = this.#done.get(resource);
    if (before !== undefined) return before as ResourceType;
    const alias: ResourceType = { kind: "resource", name: resource.name, root: root.root };
    this.#done.set(resource, alias);
    return alias;
  };

  value(type: ValueType): ValueType {
    if (this.#renaming.size === 0 && !factsOf(type).handles) return type;
    return replaceParts(type, this.#renaming, this.resource, this.#done);
  }

  entity(entity: Entity): Entity {
    if ((this.#replacement.size === 0 && this.#renaming.size === 0) || entity.kind === "module") return entity;
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
        return { ...entity, type: this.#renamed(entity.type) ?? this.defined(entity.type) };
      case "instance":
        return { ...entity, exports: this.entities(entity.exports) };
      case "component":
        return { ...entity, imports: this.entities(entity.imports), exports: this.entities(entity.exports) };
    }
  }

  /** An export of a type that was imported under a name is from now on another name of what was given for it. */
  #renamed(type: DefinedType): DefinedType | undefined {
    const origin = originOf(type);
    const given = origin !== undefined && isValueType(origin) ? this.#renaming.get(origin) : undefined;
    if (given === undefined) return undefined;
    const alias = aliasType(given);
    this.#done.set(type, alias);
    return alias;
  }

  #function(type: FunctionType): FunctionType {
    if (this.#renaming.size === 0 && !functionHasHandles(type)) return type;
    const params = type.params.map((param): NamedType => ({ name: param.name, type: this.value(param.type) }));
    return { ...type, params, result: type.result === undefined ? undefined : this.value(type.result) };
  }
}

/** Whether a handle is somewhere in a function type. */
function functionHasHandles(type: FunctionType): boolean {
  return (
    (type.result !== undefined && factsOf(type.result).handles) || type.params.some((param) => factsOf(param.type).handles)
  );
}

/**
 * `entity` as something that now exists: an instance or a resource type that its definition only promised gets resource
 * types of its own, which are appended to `made`.
 */
export function freshen(entity: Entity, made: ResourceType[]): Entity {
  if (entity.kind === "instance" && entity.fresh.length > 0) {
    const replacement: Replacement = new Map();
    for (const resource of entity.fresh) {
      const fresh = newResource(resource.name);
      replacement.set(resource, fresh);
      made.push(fresh);
    }
    return { kind: "instance", exports: new Substitution(replacement).entities(entity.exports), fresh: [] };
  }
  if (entity.kind === "type" && entity.bound === "sub" && entity.type.kind === "resource") {
    const fresh = newResource(entity.type.name);
    made.push(fresh);
    return { ...entity, type: fresh };
  }
  return entity;
}

const origins = new WeakMap<object, DefinedType>();

/** A second type of the same structure: exported types are new types, equal to but not the same as the old. */
export function aliasType(type: DefinedType): DefinedType {
  const alias = copyOf(type);
  origins.set(alias, type);
  return alias;
}

function copyOf(type: DefinedType): DefinedType {
  if (type.kind === "resource") return { kind: "resource", name: type.name, root: type.root };
  return isValueType(type) ? copyType(type) : { ...type };
}

/** The type that `type` is another name of, or undefined. */
export function originOf(type: DefinedType): DefinedType | undefined {
  return origins.get(type);
}
