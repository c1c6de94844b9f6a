import type { ResourceHandle } from "./handle.ts";
import { HandleTable } from "./handle.ts";
import { trap } from "./trap.ts";

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
    const inside = new Set<ComponentState>();
    for (let at = caller; at !== undefined; at = at.parent) inside.add(at);
    const entered: ComponentState[] = [];
    for (let at: ComponentState | undefined = this; at !== undefined && !inside.has(at); at = at.parent) entered.push(at);
    return entered;
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
