// Reading and making composite values.

import { type Fields, isArray, RegoMap, RegoSet, sortedEntries, sortedKeys, type Value } from "./value.ts";

/** Sets a field, also where the key is `__proto__`, which must not change what the object is. */
export function setField(fields: Record<string, Value>, key: string, value: Value): void {
  if (key === "__proto__") Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
  else fields[key] = value;
}

/** What stands under a key: of an array by its index, of a set the member itself. Undefined when there is nothing. */
export function lookup(container: Value, key: Value): Value | undefined {
  if (typeof container !== "object" || container === null) return undefined;
  if (isArray(container)) return typeof key === "number" ? container[key] : undefined;
  if (container instanceof RegoSet) return container.has(key) ? key : undefined;
  if (container instanceof RegoMap) return container.get(key);
  return typeof key === "string" && Object.hasOwn(container, key) ? container[key] : undefined;
}

/** What stands under a key that is a string, which is the case to be fast in. */
export function lookupField(container: Value | undefined, key: string): Value | undefined {
  if (typeof container !== "object" || container === null || Array.isArray(container)) return undefined;
  if (container instanceof RegoSet) return container.has(key) ? key : undefined;
  if (container instanceof RegoMap) return container.get(key);
  return Object.hasOwn(container, key) ? (container as Fields)[key] : undefined;
}

/** How many entries, items or members a composite value has; undefined for a scalar. */
export function sizeOf(value: Value): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isArray(value)) return value.length;
  return value instanceof RegoSet || value instanceof RegoMap ? value.size : Object.keys(value).length;
}

/** Collects entries, and makes the plain object of them when all keys are strings. */
export class ObjectBuilder {
  #fields: Record<string, Value> | undefined = {};
  #map: RegoMap | undefined;

  set(key: Value, value: Value): void {
    if (this.#map !== undefined) this.#map.set(key, value);
    else if (typeof key === "string") setField(this.#fields as Record<string, Value>, key, value);
    else this.#widen().set(key, value);
  }

  get(key: Value): Value | undefined {
    return lookup(this.#map ?? (this.#fields as Fields), key);
  }

  value(): Fields | RegoMap {
    return this.#map ?? (this.#fields as Fields);
  }

  #widen(): RegoMap {
    const map = new RegoMap();
    for (const [key, value] of Object.entries(this.#fields as Fields)) map.set(key, value);
    this.#map = map;
    this.#fields = undefined;
    return map;
  }
}

/** An object of entries; later ones win. */
export function objectOf(entries: Iterable<readonly [Value, Value]>): Fields | RegoMap {
  const builder = new ObjectBuilder();
  for (const [key, value] of entries) builder.set(key, value);
  return builder.value();
}

/** Calls back with each key and value of a composite value in order, until one answers true. Scalars have none. */
export function eachEntry(container: Value, visit: (key: Value, value: Value) => boolean): boolean {
  if (typeof container !== "object" || container === null) return false;
  if (isArray(container)) {
    for (let at = 0; at < container.length; at += 1) if (visit(at, container[at] as Value)) return true;
    return false;
  }
  if (container instanceof RegoSet) return container.sorted().some((member) => visit(member, member));
  if (container instanceof RegoMap) return sortedEntries(container).some(([key, value]) => visit(key, value));
  return sortedKeys(container).some((key) => visit(key, container[key] as Value));
}

/** The items of an array or the members of a set, in order; undefined for what is neither. */
export function itemsOf(value: Value | undefined): readonly Value[] | undefined {
  if (isArray(value)) return value;
  return value instanceof RegoSet ? value.sorted() : undefined;
}
