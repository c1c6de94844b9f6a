import type { Reserved } from "../wasm/module-type.ts";
import type { AnyFunction } from "./arity.ts";
import type { Realloc } from "./canon.ts";
import { Canon } from "./canon.ts";
import type { Codec } from "./codec/codec.ts";
import type { ResourceLookup, SeldomCodec } from "./codec/compile.ts";
import type { ComponentType, Entity } from "./entity.ts";
import type { Holding, RuntimeResource } from "./instance.ts";
import { ComponentState } from "./instance.ts";
import type { RuntimeFunction, TakeReturned } from "./lift.ts";
import type { ExternName } from "./name.ts";
import type { CanonOptions, Item, Sort } from "./plan.ts";
import { trap } from "./trap.ts";
import type { ResourceType, ValueType } from "./type.ts";

/** Carries out one definition of a component: each appends to one index space. */
export type Step = (frame: Frame) => void;

/** The name of something that belongs to a resource. */
export type MemberName = Exclude<ExternName, { kind: "label" | "interface" }>;

/** What runs the parts that few components have. It comes with what reads them. */
export interface SeldomRun {
  /** The codec of a handle, a map, flags, a list of numbers or of fixed length. */
  readonly codec: (type: ValueType, of: (part: ValueType) => Codec, lookup: ResourceLookup) => Codec | undefined;
  /** Ends the use of an object that was lent to a call that has ended. */
  readonly expire: (value: unknown) => void;
  /** Takes the result of an asynchronous function. */
  readonly takeReturned: TakeReturned;
  /** What the host's class for a resource has under a name. */
  readonly memberOf: (classes: Readonly<Record<string, unknown>>, name: MemberName) => unknown;
  /** The class of a resource that is exported. */
  readonly classOf: (resource: RuntimeResource | undefined, label: string) => unknown;
  /** Puts the exported functions that belong to resources where their classes have them. */
  readonly addMembers: (
    object: Record<string, unknown>,
    types: ReadonlyMap<string, Entity>,
    items: RuntimeInstance,
    functionOf: (name: string) => AnyFunction,
  ) => void;
}

/** Everything that instantiating a component does, with its type. */
export interface Plan {
  /** In the order of the definitions. What they refer to was validated, so that an index always finds what it names. */
  readonly steps: readonly Step[];
  readonly type: ComponentType;
  /** Whether it uses the asynchronous model beyond functions that never wait. */
  readonly asynchronous: boolean;
  /** Undefined where it has no parts that few components have. */
  readonly seldom: SeldomRun | undefined;
}

/** What a component definition exports at run time, by name; types other than resources are undefined. */
export type RuntimeInstance = ReadonlyMap<string, RuntimeItem>;

/** A component definition with the frame it was defined in. */
export interface RuntimeComponent {
  readonly plan: Plan;
  readonly frame: Frame | undefined;
}

/** A definition as it exists at run time. */
export type RuntimeItem = RuntimeFunction | RuntimeInstance | RuntimeComponent | WebAssembly.Module | RuntimeResource | undefined;

/** What a core instance exports. */
export type CoreExports = Readonly<Record<string, WebAssembly.ImportValue>>;

/**
 * Instantiates a core module.
 *
 * @param imports what it imports, to which more may be added
 * @param reserved what it begins with, where that is known
 * @param holding what all instances of the component hold together
 * @returns its exports
 */
export type InstantiateModule = (module: WebAssembly.Module, imports: Record<string, CoreExports>, reserved: Reserved | undefined, holding: Holding) => CoreExports;

/** The core modules of a component. */
export interface Core {
  /** Compiled, as the plan counts them. */
  readonly modules: readonly WebAssembly.Module[];
  /** How they are instantiated where the engine alone does not. */
  readonly instantiate: InstantiateModule | undefined;
  readonly seldom: SeldomRun | undefined;
}

/** What the index spaces hold. */
interface Definitions {
  readonly "core func": AnyFunction;
  readonly "core table": WebAssembly.Table;
  readonly "core memory": WebAssembly.Memory;
  readonly "core global": WebAssembly.Global;
  readonly "core tag": WebAssembly.Tag;
  readonly "core instance": CoreExports;
  readonly "core module": WebAssembly.Module;
  readonly func: RuntimeFunction;
  readonly component: RuntimeComponent;
  readonly instance: RuntimeInstance;
}

/** What an instance of each module reserves, wherever the module is handed to. Modules that the host gives are its own affair. */
const reserved = new WeakMap<WebAssembly.Module, Reserved | undefined>();

/** The index spaces of one component instance while it is put together. */
export class Frame {
  readonly parent: Frame | undefined;
  readonly state: ComponentState;
  readonly core: Core;
  /** What is imported, by name. */
  readonly args: ReadonlyMap<string, RuntimeItem>;
  readonly exports = new Map<string, RuntimeItem>();
  readonly #spaces: Partial<Record<Sort, unknown[]>> = {};
  readonly #resources = new Map<ResourceType, RuntimeResource>();
  readonly #canons: Canon[] = [];

  constructor(
    parent: Frame | undefined,
    owner: ComponentState | undefined,
    core: Core,
    args: ReadonlyMap<string, RuntimeItem>,
  ) {
    this.parent = parent;
    this.state = new ComponentState(owner);
    this.core = core;
    this.args = args;
  }

  /** Appends to an index space. */
  push<S extends Sort>(sort: S, definition: Definitions[S]): void {
    const space: unknown[] = (this.#spaces[sort] ??= []);
    space.push(definition);
  }

  at<S extends Sort>(sort: S, index: number): Definitions[S] {
    return this.#spaces[sort]?.[index] as Definitions[S];
  }

  /** The same where there may be none. */
  maybe<S extends Sort>(sort: S, index: number | undefined): Definitions[S] | undefined {
    return index === undefined ? undefined : this.at(sort, index);
  }

  item(item: Item): RuntimeItem {
    if (item.sort === "type") return item.resource && this.#resources.get(item.resource);
    return this.at(item.sort, item.index) as RuntimeItem;
  }

  items(items: readonly Item[]): Map<string, RuntimeItem> {
    return new Map(items.map((item) => [item.name, this.item(item)]));
  }

  /** Appends one of the component's own modules. */
  module(index: number, reserves: Reserved | undefined): void {
    const module = this.core.modules[index] as WebAssembly.Module;
    reserved.set(module, reserves);
    this.push("core module", module);
  }

  /** Counts an instance of a module against what all instances of the component may take. */
  reserve(module: WebAssembly.Module): Reserved | undefined {
    const reserves = reserved.get(module);
    this.state.holding.add(reserves);
    return reserves;
  }

  define(resource: ResourceType, made: RuntimeResource): void {
    this.#resources.set(resource.root, made);
  }

  /** Learns which resources stand for those in the type of something that came from outside. */
  bind(entity: Entity, item: RuntimeItem): void {
    if (entity.kind === "type") {
      if (entity.type.kind === "resource" && item !== undefined) this.define(entity.type, item as RuntimeResource);
    } else if (entity.kind === "instance") {
      for (const [name, part] of entity.exports) this.bind(part, (item as RuntimeInstance).get(name));
    }
  }

  /** The resource of this instance that stands for one in its types. */
  readonly lookup: ResourceLookup = (resource) =>
    this.#resources.get(resource.root) ?? trap(`the resource type ${resource.name ?? ""} has no definition here`);

  /** The codecs of this instance that few components need. */
  readonly seldomCodec: SeldomCodec = (type, of) => this.core.seldom?.codec(type, of, this.lookup);

  /** What values go through that cross by these options: one for all functions, because only one of them runs at a time. */
  canon({ memory, realloc, encoding }: CanonOptions): Canon {
    const from = this.maybe("core memory", memory);
    const allocator = this.maybe("core func", realloc) as Realloc | undefined;
    let canon = this.#canons.find((other) => other.serves(from, allocator, encoding));
    if (canon === undefined) this.#canons.push((canon = new Canon(this.state, from, allocator, encoding)));
    return canon;
  }
}
