import type { DefinedType, Entity } from "./entity.ts";
import { isValueType } from "./entity.ts";
import type { FunctionType, ValueType } from "./type.ts";
import { factsOf, partsOf } from "./value-type.ts";

/** A set that also has what another one has: a copy of that one would cost more with each type. */
class Within extends Set<object> {
  readonly #outer: ReadonlySet<object>;

  constructor(outer: ReadonlySet<object>) {
    super();
    this.#outer = outer;
  }

  override has(type: object): boolean {
    return super.has(type) || this.#outer.has(type);
  }
}

/**
 * Adds the types that `entity` names to `named`; false when it refers to a record, variant, enum, flags or resource type
 * that has no name outside (Explainer, "external visibility of types").
 */
export function nameTypes(entity: Entity, named: Set<object>): boolean {
  switch (entity.kind) {
    case "func":
      return functionIsNamed(entity, named);
    case "instance":
      return [...entity.exports.values()].every((part) => nameTypes(part, named));
    case "type": {
      const { type } = entity;
      if (isValueType(type) && !partsOf(type).every((part) => isNamed(part, named))) return false;
      if (type.kind === "func" && !functionIsNamed(type, named)) return false;
      if (type.kind === "instance" && !nameTypes(type, new Within(named))) return false;
      if ((type.kind === "own" || type.kind === "borrow") && !named.has(type.resource)) return false;
      named.add(type);
      return true;
    }
    default:
      return true;
  }
}

function functionIsNamed(type: FunctionType, named: ReadonlySet<object>): boolean {
  return (
    type.params.every((param) => isNamed(param.type, named)) && (type.result === undefined || isNamed(type.result, named))
  );
}

function isNamed(type: ValueType, named: ReadonlySet<object>): boolean {
  if (named.has(type)) return true;
  switch (type.kind) {
    case "record":
    case "variant":
    case "enum":
    case "flags":
      return false;
    case "own":
    case "borrow":
      return named.has(type.resource);
    default:
      return partsOf(type).every((part) => isNamed(part, named));
  }
}

const depths = new WeakMap<object, number>();

/** How many instances and components are inside each other. */
export function depthOf(entity: Entity | DefinedType): number {
  if (entity.kind === "type") return depthOf(entity.type);
  if (entity.kind !== "instance" && entity.kind !== "component") return 0;
  const known = depths.get(entity);
  if (known !== undefined) return known;
  let depth = 0;
  for (const part of entity.exports.values()) depth = Math.max(depth, depthOf(part));
  if (entity.kind === "component") for (const part of entity.imports.values()) depth = Math.max(depth, depthOf(part));
  depths.set(entity, depth + 1);
  return depth + 1;
}

const weights = new WeakMap<object, number>();

/** How much an entity weighs when its parts are counted each time they are used. */
export function weightOf(entity: Entity | DefinedType): number {
  if (entity.kind === "module" || entity.kind === "resource") return 1;
  if (entity.kind === "type") return weightOf(entity.type);
  if (entity.kind === "func") {
    const params = entity.params.reduce((sum, param) => sum + factsOf(param.type).weight, 1);
    return entity.result === undefined ? params : params + factsOf(entity.result).weight;
  }
  if (entity.kind !== "instance" && entity.kind !== "component") return factsOf(entity).weight;
  const known = weights.get(entity);
  if (known !== undefined) return known;
  let weight = 1;
  for (const part of entity.exports.values()) weight += weightOf(part);
  if (entity.kind === "component") for (const part of entity.imports.values()) weight += weightOf(part);
  weights.set(entity, weight);
  return weight;
}

