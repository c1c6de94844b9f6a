/** What happened while a component ran: calls of its exports, calls of its imports, what it wrote. */
export type Entry =
  | { readonly call: string; readonly args: unknown; readonly result: unknown }
  | { readonly call: string; readonly args: unknown; readonly error: unknown }
  | { readonly call: string; readonly args: unknown; readonly trap: true }
  | { readonly host: string; readonly args: unknown };

/** Names objects that have an identity: resources. Undefined for an object that is plain data. */
export type Namer = (object: object) => unknown;

/** A copy of a value that can be compared with another one: data as data, resources as what `name` calls them. */
export function describeValue(value: unknown, name: Namer): unknown {
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => describeValue(part, name));
  if (ArrayBuffer.isView(value)) return { [value.constructor.name]: [...(value as Uint8Array)] };
  if (value instanceof Map) return { Map: [...value].map((pair) => describeValue(pair, name)) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return name(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, describeValue(part, name)]));
}
