import { DoterosError } from "../contract/error.ts";
import { COMPONENT_DEPTH_MAX, TYPE_WEIGHT_MAX } from "../contract/limits.ts";
import type { CoreExtern, CoreFunctionType, ModuleType } from "../wasm/module-type.ts";
import type { ComponentType, DefinedType, Entity, InstanceType } from "./entity.ts";
import type { Sort, Step } from "./plan.ts";
import type { FunctionType, ResourceType } from "./type.ts";
import { depthOf, weightOf } from "./visibility.ts";

/** What encloses definitions: a component, or one of the two types whose declarations have index spaces of their own. */
export type ScopeKind = "component" | "component type" | "instance type";

/** A core type index stands for a function type, a module type, or a type that components do not look into. */
export type CoreDefinedType = CoreFunctionType | ModuleType | { readonly kind: "other" };

/** What each index space of a scope holds. */
export interface Spaces {
  readonly "core func": CoreFunctionType[];
  readonly "core table": CoreExtern[];
  readonly "core memory": CoreExtern[];
  readonly "core global": CoreExtern[];
  readonly "core tag": CoreExtern[];
  readonly "core type": CoreDefinedType[];
  readonly "core module": ModuleType[];
  readonly "core instance": ReadonlyMap<string, CoreExtern>[];
  readonly func: FunctionType[];
  readonly type: DefinedType[];
  readonly component: ComponentType[];
  readonly instance: InstanceType[];
}

/** The names that one scope's imports, or its exports, have so far. */
export interface NameSpace {
  readonly entities: Map<string, Entity>;
  /** Unique keys (see `uniqueKey`) with the name that took each. */
  readonly keys: Map<string, string>;
  /** Resource types by the label they have here. */
  readonly resources: Map<ResourceType, string>;
}

/** The index spaces and names of one component, component type or instance type while it is read. */
export class Scope {
  readonly kind: ScopeKind;
  readonly parent: Scope | undefined;
  readonly depth: number;
  readonly spaces: Spaces = {
    "core func": [],
    "core table": [],
    "core memory": [],
    "core global": [],
    "core tag": [],
    "core type": [],
    "core module": [],
    "core instance": [],
    func: [],
    type: [],
    component: [],
    instance: [],
  };
  readonly imports: NameSpace = emptyNames();
  readonly exports: NameSpace = emptyNames();
  /** Types that a name of an import, respectively of an import or export, makes visible outside. */
  readonly imported = new Set<object>();
  readonly visible = new Set<object>();
  /** Resource types that come in with imports, that are made here, and, of these, that are defined right here. */
  readonly taken: ResourceType[] = [];
  readonly made: ResourceType[] = [];
  readonly local = new Set<ResourceType>();
  readonly steps: Step[] = [];
  /** Shared by all scopes of a component, or nesting would be a way around the limit. */
  readonly #total: { weight: number };

  constructor(kind: ScopeKind, parent: Scope | undefined) {
    this.#total = parent === undefined ? { weight: 0 } : parent.#total;
    this.kind = kind;
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  /** The definition at an index. @throws DoterosError `invalid` when there is none */
  get<S extends keyof Spaces>(sort: S, index: number, offset: number): Spaces[S][number] {
    const found = this.spaces[sort][index];
    if (found === undefined) {
      invalid(`unknown ${sort} ${index}: ${sort} index out of bounds, there are ${this.spaces[sort].length}`, offset);
    }
    return found;
  }

  /** The component type of what stands at an index, as an entity. */
  entity(sort: Sort | "type", index: number, offset: number): Entity {
    switch (sort) {
      case "core module":
      case "func":
      case "component":
      case "instance":
        return this.get(sort, index, offset);
      case "type":
        return { kind: "type", type: this.get("type", index, offset), bound: "eq" };
      default:
        return invalid(`a ${sort} cannot be handed over between components`, offset);
    }
  }

  /**
   * Counts the parts of something that a scope has a type of its own for, so that small bytes cannot ask for large
   * types again and again.
   */
  weigh(entity: Entity, offset: number): void {
    this.#total.weight += weightOf(entity);
    if (this.#total.weight > TYPE_WEIGHT_MAX) {
      throw new DoterosError("limit-exceeded", `imports, exports and instances with more than ${TYPE_WEIGHT_MAX} parts`, { offset });
    }
    if (depthOf(entity) > COMPONENT_DEPTH_MAX) {
      throw new DoterosError("limit-exceeded", `instances and components inside each other, more than ${COMPONENT_DEPTH_MAX} deep`, { offset });
    }
  }

  /** Appends what a component-level entity stands for to the index space it belongs to. */
  push(entity: Entity): void {
    switch (entity.kind) {
      case "func":
        this.spaces.func.push(entity);
        break;
      case "instance":
        this.spaces.instance.push(entity);
        break;
      case "component":
        this.spaces.component.push(entity);
        break;
      case "module":
        this.spaces["core module"].push(entity);
        break;
      case "type":
        this.spaces.type.push(entity.type);
    }
  }
}

function emptyNames(): NameSpace {
  return { entities: new Map(), keys: new Map(), resources: new Map() };
}

/** @throws DoterosError `invalid`, always: the bytes are well formed, and what they say is not allowed. */
export function invalid(message: string, offset: number): never {
  throw new DoterosError("invalid", `${message} (at offset 0x${offset.toString(16)})`, { offset });
}
