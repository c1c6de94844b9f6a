import { DoterosError } from "../contract/error.ts";
import { COMPONENT_DEPTH_MAX, TYPE_WEIGHT_MAX } from "../contract/limits.ts";
import type { CoreExtern, CoreFunctionType, ModuleType } from "../wasm/module-type.ts";
import type { ByteReader } from "../wasm/reader.ts";
import type { ComponentType, DefinedType, Entity, InstanceType } from "./entity.ts";
import type { MemberName, Plan, SeldomRun, Step } from "./frame.ts";
import type { Sort } from "./plan.ts";
import type { NestedMismatch } from "./match.ts";
import type { FunctionType, ResourceType, ValueType } from "./type.ts";
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

/** What reads the parts that few components have. */
export interface SeldomRead {
  /** Reads a built-in for resources, or of the asynchronous model, behind its opcode. @returns false when the opcode is none */
  readonly builtin: (opcode: number, reader: ByteReader, scope: Scope) => boolean;
  /** Reads the type of a core module behind its opcode. */
  readonly moduleType: (reader: ByteReader, scope: Scope) => ModuleType;
  /** Reads a handle, a map, a list of fixed length, a stream or a future behind its opcode. */
  readonly valueType: (opcode: number, reader: ByteReader, scope: Scope) => ValueType;
  /** Reads the attributes of a name. @returns the interface that an instance with a plain name implements */
  readonly attributes: (reader: ByteReader, name: string) => string | undefined;
  /** Reads the definition of a resource type behind its opcode. */
  readonly resourceType: (reader: ByteReader, scope: Scope) => ResourceType;
  /** Says that something was read that is run by what comes with this. */
  readonly needed: () => void;
  /** Checks the name of what belongs to a resource against what it names. */
  readonly checkMember: (space: NameSpace, name: string, parsed: MemberName, entity: Entity, offset: number) => void;
  /** Whether a type refers to a resource type that it does not itself bring along. */
  readonly refersToResources: (type: DefinedType) => boolean;
  /** Compares components and modules that are handed over. */
  readonly mismatch: NestedMismatch;
  /** What runs all that; undefined where it is not there. */
  readonly run: SeldomRun | undefined;
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
  readonly seldom: SeldomRead;
  /** Whether something of the asynchronous model was read that may wait. */
  asynchronous = false;
  /** Shared by all scopes of a component, or nesting would be a way around the limit. */
  readonly #total: { weight: number };

  /** @param offset where it begins, for the error when it is nested too deep */
  constructor(kind: ScopeKind, parent: Scope | undefined, seldom: SeldomRead, offset: number) {
    this.#total = parent === undefined ? { weight: 0 } : parent.#total;
    this.kind = kind;
    this.parent = parent;
    this.seldom = seldom;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    atMost(this.depth, COMPONENT_DEPTH_MAX, "components and types deep", offset);
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
    if (sort === "type") return { kind: "type", type: this.get(sort, index, offset), bound: "eq" };
    return this.get(sort as "func", index, offset);
  }

  /**
   * Counts the parts of something that a scope has a type of its own for, so that small bytes cannot ask for large
   * types again and again.
   */
  weigh(entity: Entity, offset: number): void {
    this.#total.weight += weightOf(entity);
    atMost(this.#total.weight, TYPE_WEIGHT_MAX, "parts of imports, exports and instances", offset);
    atMost(depthOf(entity), COMPONENT_DEPTH_MAX, "instances and components deep", offset);
  }

  /** Appends what a component-level entity stands for to the index space it belongs to. */
  push(entity: Entity): void {
    if (entity.kind === "type") this.spaces.type.push(entity.type);
    else (this.spaces[entity.kind === "module" ? "core module" : entity.kind] as Entity[]).push(entity);
  }

  /** The type of the component, or of the component type, that was read. */
  type(): ComponentType {
    const { imports, exports, taken, made } = this;
    return { kind: "component", imports: imports.entities, exports: exports.entities, taken, made };
  }

  /** How to instantiate the component that was read. */
  plan(): Plan {
    return { steps: this.steps, type: this.type(), asynchronous: this.asynchronous, seldom: this.seldom.run };
  }
}

/** Names of which none is taken. */
export function emptyNames(): NameSpace {
  return { entities: new Map(), keys: new Map(), resources: new Map() };
}

/** @throws DoterosError `invalid`, always: the bytes are well formed, and what they say is not allowed. */
export function invalid(message: string, offset: number): never {
  throw new DoterosError("invalid", `${message} (at offset 0x${offset.toString(16)})`, { offset });
}

/** @throws DoterosError `invalid`, always: the proposal of values is not part of the component model yet. */
export function noValues(offset: number): never {
  return invalid("support for component model `value`s is not enabled", offset);
}

/** @throws DoterosError `limit-exceeded` when there are more than `most` of what a component has */
export function atMost(count: number, most: number, what: string, offset: number): void {
  if (count > most) throw new DoterosError("limit-exceeded", `${count} ${what}, more than ${most}`, { offset });
}
