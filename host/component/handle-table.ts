import { HANDLES_MAX } from "../contract/limits.ts";
import type { ComponentState, Handles, Holding, ResourceHandle, RuntimeResource } from "./instance.ts";
import { trap } from "./trap.ts";

/** The handles of one component instance (CanonicalABI, "Table"). Index 0 is never a handle. */
class HandleTable implements Handles {
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

/** The handles of an instance. */
export function handlesOf(instance: ComponentState): HandleTable {
  instance.holding.hadHandles = true;
  return (instance.handles ??= new HandleTable(instance.holding)) as HandleTable;
}
