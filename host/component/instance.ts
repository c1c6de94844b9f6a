import { HANDLES_MAX } from "../contract/limits.ts";
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

/** The handles of one component instance (CanonicalABI, "Table"). Index 0 is never a handle. */
export class HandleTable {
  readonly #entries: (ResourceHandle | undefined)[] = [undefined];
  readonly #free: number[] = [];

  /** @returns the index */
  add(resource: RuntimeResource, representation: unknown, owned: boolean): number {
    const handle: ResourceHandle = { resource, representation, owned, lends: 0 };
    const index = this.#free.pop() ?? this.#entries.length;
    if (index > HANDLES_MAX) trap("too many handles in one component instance");
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
    return handle;
  }
}

/** What the canonical ABI keeps for each component instance (CanonicalABI, "ComponentInstance"). */
export class ComponentState {
  readonly parent: ComponentState | undefined;
  readonly handles: HandleTable = new HandleTable();
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

  constructor(parent: ComponentState | undefined) {
    this.parent = parent;
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
