import { HANDLES_MAX } from "../contract/limits.ts";
import type { ComponentState } from "./instance.ts";
import { trap } from "./trap.ts";

/** A resource type while components run. */
export interface RuntimeResource {
  readonly name: string;
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

  /** Takes a handle out. */
  remove(index: number, resource: RuntimeResource): ResourceHandle {
    const handle = this.get(index, resource);
    if (handle.lends !== 0) trap("cannot remove owned resource while borrowed");
    this.#entries[index] = undefined;
    this.#free.push(index);
    return handle;
  }
}
