import type { DefinedType, Entity } from "./entity.ts";
import type { ResourceType, ValueType } from "./type.ts";
import { factsOf, partsOf } from "./value-type.ts";

const closed = new WeakMap<object, boolean>();

/** Whether `type` refers to a resource type that it does not itself bring along. */
export function refersToResources(type: DefinedType): boolean {
  const known = closed.get(type);
  if (known !== undefined) return !known;
  const open = refers(type, new Set());
  closed.set(type, !open);
  return open;
}

function refers(type: DefinedType | Entity, bound: ReadonlySet<ResourceType>): boolean {
  switch (type.kind) {
    case "resource":
      return !bound.has(type.root);
    case "module":
      return false;
    case "func":
      return (type.result !== undefined && valueRefers(type.result, bound)) || type.params.some((param) => valueRefers(param.type, bound));
    case "type":
      return refers(type.type, bound);
    case "instance":
      return someRefers(type.exports, new Set([...bound, ...type.fresh]));
    case "component": {
      const inside = new Set([...bound, ...type.taken, ...type.made]);
      return someRefers(type.imports, inside) || someRefers(type.exports, inside);
    }
    default:
      return valueRefers(type, bound);
  }
}

function someRefers(entities: ReadonlyMap<string, Entity>, bound: ReadonlySet<ResourceType>): boolean {
  for (const entity of entities.values()) if (refers(entity, bound)) return true;
  return false;
}

function valueRefers(type: ValueType, bound: ReadonlySet<ResourceType>): boolean {
  if (!factsOf(type).handles) return false;
  if (type.kind === "own" || type.kind === "borrow") return !bound.has(type.resource.root);
  return partsOf(type).some((part) => valueRefers(part, bound));
}
