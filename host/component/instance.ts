import { DoterosError } from "../contract/error.ts";
import {
  COMPONENT_DEPTH_MAX,
  HANDLES_MAX,
  INSTANCES_MAX,
  MEMORY_BYTES_MAX,
  TABLE_ELEMENTS_MAX,
} from "../contract/limits.ts";
import type { Reserved } from "../wasm/module-type.ts";
import type { LastWords } from "./panic.ts";
import type { Toll } from "./toll.ts";
import { trap } from "./trap.ts";

/** A resource type while components run. */
export interface RuntimeResource {
  /** For messages. */
  name: string;
  /** The instance that defines it; undefined when the host does. */
  readonly definer: ComponentState | undefined;
  /** The guest's destructor. */
  readonly destroy: ((representation: number) => void) | undefined;
  /** The JavaScript class: the host's own, or the one made for a guest's resource. */
  hostClass: (abstract new (...args: never[]) => object) | undefined;
}

/** One entry of a handle table. */
export interface ResourceHandle {
  readonly resource: RuntimeResource;
  /** What the definer knows the resource by: an i32 of a guest's, the object itself of the host's. */
  readonly representation: unknown;
  readonly owned: boolean;
  /** How many running calls it is lent to. */
  lends: number;
}

/** What all instances of one component hold together: those inside it share it, or nesting would be a way around a limit. */
export class Holding {
  handles = 0;
  #instances = 0;
  #memoryBytes = 0;
  #tableElements = 0;

  /** Counts one more instance, with what its memories and tables begin with. @throws DoterosError `limit-exceeded` */
  add(reserved?: Reserved): void {
    this.#instances += 1;
    this.#memoryBytes += reserved?.memoryBytes ?? 0;
    this.#tableElements += reserved?.tableElements ?? 0;
    atMost(this.#instances, INSTANCES_MAX, "instances");
    atMost(this.#memoryBytes, MEMORY_BYTES_MAX, "bytes of memory");
    atMost(this.#tableElements, TABLE_ELEMENTS_MAX, "elements of tables");
  }
}

function atMost(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new DoterosError("limit-exceeded", `the component is made of ${count} ${what} or more, and ${most} are allowed`);
}

/** The handles of one component instance (CanonicalABI, "Table"). Index 0 is never a handle. */
export class HandleTable {
  readonly #entries: (ResourceHandle | undefined)[] = [undefined];
  readonly #free: number[] = [];
  readonly #holding: Holding;

  constructor(holding: Holding) {
    this.#holding = holding;
  }

  /** @returns the index */
  add(resource: RuntimeResource, representation: unknown, owned: boolean): number {
    const handle: ResourceHandle = { resource, representation, owned, lends: 0 };
    if (++this.#holding.handles > HANDLES_MAX) trap(`more than ${HANDLES_MAX} handles in one component`);
    const index = this.#free.pop() ?? this.#entries.length;
    this.#entries[index] = handle;
    return index;
  }

  /** The handle at an index, which must be one of `resource`. */
  get(index: number, resource: RuntimeResource): ResourceHandle {
    const handle = this.#entries[index];
    if (handle === undefined) return trap(`unknown handle index ${index}`);
    if (handle.resource !== resource) return trap(`handle index ${index} used with the wrong type`);
    return handle;
  }

  /** Takes out what was lent to a call that never came about. */
  dropBorrowed(): void {
    for (const [index, handle] of this.#entries.entries()) {
      if (handle?.owned === false) this.remove(index, handle.resource);
    }
  }

  /** Takes a handle out. */
  remove(index: number, resource: RuntimeResource): ResourceHandle {
    const handle = this.get(index, resource);
    if (handle.lends !== 0) trap("cannot remove owned resource while borrowed");
    this.#entries[index] = undefined;
    this.#free.push(index);
    this.#holding.handles--;
    return handle;
  }
}

/** What the canonical ABI keeps for each component instance (CanonicalABI, "ComponentInstance"). */
export class ComponentState {
  readonly parent: ComponentState | undefined;
  /** Who is told what the host does for it; undefined for nobody. */
  readonly toll: Toll | undefined;
  readonly holding: Holding;
  readonly handles: HandleTable;
  /** False while the instance runs, and for ever once it trapped. */
  mayEnter = true;
  /** False while guest code runs that may not call imports: `realloc` and `post-return`. */
  mayLeave = true;
  /** Handles lent to the import that is being called. */
  lent: ResourceHandle[] = [];
  /** Borrowed handles that the running call was given and has not dropped. */
  borrows = 0;
  /** What the running asynchronous function gave to `task.return`; undefined until it has. */
  returned: { readonly value: unknown } | undefined = undefined;
  /** What ended the instance; whatever the guest catches, its caller gets this. */
  failure: unknown = undefined;
  /** What its module had to say before it trapped, when it has a way to say it. */
  lastWords: LastWords | undefined = undefined;

  constructor(parent: ComponentState | undefined, toll: Toll | undefined) {
    this.parent = parent;
    this.toll = toll;
    this.holding = parent?.holding ?? new Holding();
    this.holding.add();
    this.handles = new HandleTable(this.holding);
    atMost(this.withAncestors().length, COMPONENT_DEPTH_MAX, "instances inside each other");
  }

  /**
   * The instances that a call from `caller` enters: this one and those around it, except those that the caller is in.
   */
  enteredFrom(caller: ComponentState | undefined): ComponentState[] {
    const inside = caller?.withAncestors() ?? [];
    return this.withAncestors().filter((instance) => !inside.includes(instance));
  }

  /** This instance and those around it, from the inside out. */
  withAncestors(): ComponentState[] {
    return [this, ...(this.parent?.withAncestors() ?? [])];
  }
}

/** Marks instances as running. Traps when one of them already is, or has trapped before. */
export function enter(entered: readonly ComponentState[]): void {
  for (const instance of entered) {
    if (!instance.mayEnter) trap("cannot enter component instance");
  }
  for (const instance of entered) instance.mayEnter = false;
}

/** Marks instances as at rest again. */
export function leave(entered: readonly ComponentState[]): void {
  for (const instance of entered) instance.mayEnter = true;
}
