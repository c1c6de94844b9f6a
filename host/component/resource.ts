import type { ComponentState, RuntimeResource } from "./instance.ts";
import { enter, leave } from "./instance.ts";
import { explain, wrongValue } from "./trap.ts";

/** The name of the method that ends a resource; a few browsers do not have the symbol yet. */
const DISPOSE: typeof Symbol.dispose =
  (Symbol as { readonly dispose?: typeof Symbol.dispose }).dispose ?? (Symbol.for("dispose") as typeof Symbol.dispose);

/** What the constructor of a guest's resource class is handed when the linker, not the host, makes the object. */
const INTERNAL = Symbol("made by the linker");

/**
 * A resource that a guest defines, as the host holds it. `[Symbol.dispose]()` ends an owned one; the guest's destructor
 * runs then. Nothing is ended by garbage collection, so that what a capsule does never depends on it.
 */
export class GuestResource {
  readonly #resource: RuntimeResource;
  readonly #representation: unknown;
  /** Whether this object may still be used, and whether it is the one that ends the resource. */
  #state: "owned" | "borrowed" | "gone";

  constructor(token: unknown, resource: RuntimeResource, representation: unknown, owned: boolean) {
    if (token !== INTERNAL) wrongValue("a resource that a guest made", token);
    this.#resource = resource;
    this.#representation = representation;
    this.#state = owned ? "owned" : "borrowed";
  }

  /** What the guest knows `value` by, when it is a live resource of that type. */
  static representation(resource: RuntimeResource, value: unknown): unknown {
    if (typeof value !== "object" || value === null || !(#resource in value) || value.#resource !== resource) {
      return wrongValue(`a resource ${resource.name}`, value);
    }
    if (value.#state === "gone") return wrongValue(`a resource ${resource.name} that was not given away or disposed of`, value);
    return value.#representation;
  }

  /** The same, and the object can no longer be used. */
  static take(resource: RuntimeResource, value: unknown): unknown {
    const representation = GuestResource.representation(resource, value);
    const object = value as GuestResource;
    if (object.#state === "borrowed") wrongValue(`an owned resource ${resource.name}, not a borrowed one`, value);
    object.#state = "gone";
    return representation;
  }

  /** Makes the object unusable because the call that it was lent to has ended. */
  static expire(value: unknown): void {
    if (value instanceof GuestResource && value.#state === "borrowed") value.#state = "gone";
  }

  /** Ends the resource when this object owns it; does nothing when it was ended or given away before. */
  [DISPOSE](): void {
    if (this.#state !== "owned") return;
    this.#state = "gone";
    // An instance that trapped is not entered again, and nothing of it is left to end.
    if (this.#resource.definer?.failure !== undefined) return;
    endResource(this.#resource, this.#representation, undefined);
  }
}

/** The JavaScript object for a resource. */
export function resourceObject(resource: RuntimeResource, representation: unknown, owned: boolean): unknown {
  if (resource.definer === undefined) return representation;
  const { hostClass } = resource;
  if (hostClass === undefined) return new GuestResource(INTERNAL, resource, representation, owned);
  return Reflect.construct(GuestResource, [INTERNAL, resource, representation, owned], hostClass as unknown as NewableFunction);
}

/** Makes an object unusable because the call that it was lent to has ended. */
export function expire(value: unknown): void {
  GuestResource.expire(value);
}

/** What the definer of a resource knows `value` by. @throws DoterosError `wrong-value` */
export function representationOf(resource: RuntimeResource, value: unknown): unknown {
  if (resource.definer !== undefined) return GuestResource.representation(resource, value);
  return hostObject(resource, value);
}

/** The same, of a resource that is given away. */
export function takeRepresentation(resource: RuntimeResource, value: unknown): unknown {
  if (resource.definer !== undefined) return GuestResource.take(resource, value);
  return hostObject(resource, value);
}

function hostObject(resource: RuntimeResource, value: unknown): unknown {
  const { hostClass } = resource;
  const fits = hostClass === undefined ? typeof value === "object" && value !== null : value instanceof hostClass;
  return fits ? value : wrongValue(`a resource ${resource.name}`, value);
}

/**
 * Ends a resource: by the guest's destructor, or by the host object's `[Symbol.dispose]`.
 *
 * @param caller the instance that does it, or undefined for the host
 */
export function endResource(resource: RuntimeResource, representation: unknown, caller: ComponentState | undefined): void {
  const { definer, destroy } = resource;
  if (definer === undefined) {
    (representation as Partial<Disposable>)[DISPOSE]?.();
    return;
  }
  if (destroy === undefined) return;
  const entered = definer.enteredFrom(caller);
  enter(entered);
  try {
    destroy(representation as number);
    if (definer.failure !== undefined) throw definer.failure;
  } catch (error) {
    throw (definer.failure ??= explain(error, `the destructor of ${resource.name} trapped`, undefined, definer.lastWords));
  }
  leave(entered);
}
