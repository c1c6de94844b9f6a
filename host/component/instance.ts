import { DoterosError } from "../contract/error.ts";
import {
  COMPONENT_DEPTH_MAX,
  INSTANCES_MAX,
  MEMORY_BYTES_MAX,
  TABLE_ELEMENTS_MAX,
} from "../contract/limits.ts";
import type { Reserved } from "../wasm/module-type.ts";
import type { LastWords } from "./panic.ts";
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

/** The handles of one component instance, as far as functions without any look at them. */
export interface Handles {
  /** Takes out what was lent to a call that never came about. */
  dropBorrowed(): void;
}

/** What all instances of one component hold together: those inside it share it, or nesting would be a way around a limit. */
export class Holding {
  handles = 0;
  /** Whether there ever was a handle: the numbers of later ones depend on those before. */
  hadHandles = false;
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

/** What the canonical ABI keeps for each component instance (CanonicalABI, "ComponentInstance"). */
export class ComponentState {
  readonly parent: ComponentState | undefined;
  readonly holding: Holding;
  /** Its handles, where it ever had any: see `handlesOf`. */
  handles: Handles | undefined = undefined;
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

  constructor(parent: ComponentState | undefined) {
    this.parent = parent;
    this.holding = parent?.holding ?? new Holding();
    this.holding.add();
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
