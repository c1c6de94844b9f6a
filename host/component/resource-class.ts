import { DoterosError } from "../contract/error.ts";
import type { AnyFunction } from "./arity.ts";
import type { MemberName, SeldomRun } from "./frame.ts";
import { given } from "./import-object.ts";
import type { RuntimeResource } from "./instance.ts";
import { camelCase, parseName, pascalCase } from "./name.ts";
import { GuestResource } from "./resource.ts";

/** What the host's class for a resource has under a name, where jco's conventions put it. */
export function memberOf(classes: Readonly<Record<string, unknown>>, parsed: MemberName): unknown {
  const hostClass = classes[pascalCase(parsed.resource)];
  if (typeof hostClass !== "function") return undefined;
  if (parsed.kind === "constructor") {
    return (...args: unknown[]) => Reflect.construct(hostClass, args) as unknown;
  }
  const method = camelCase(parsed.label);
  if (parsed.kind === "static") {
    const target = given(hostClass, method);
    return typeof target === "function" ? (...args: unknown[]) => target.apply(hostClass, args) as unknown : undefined;
  }
  // Looked up at each call: a subclass of the class that was given may override it.
  const present = typeof given(hostClass.prototype as object, method) === "function";
  return present ? (self: Record<string, AnyFunction>, ...args: never[]) => self[method]?.(...args) : undefined;
}

/** Where a class keeps the guest's constructor: under no name that a static function could have. */
const CONSTRUCT = Symbol("construct");

/** Resources of the host come back as the class that it gave; a guest's get one class, whatever names they have. */
export function classOf(resource: RuntimeResource | undefined, label: string): unknown {
  if (resource === undefined || (resource.definer === undefined && resource.hostClass === undefined)) return undefined;
  if (resource.hostClass !== undefined) return resource.hostClass;
  const name = pascalCase(label);
  const made = class {
    static [CONSTRUCT]: ((...args: unknown[]) => object) | undefined;
    constructor(...args: unknown[]) {
      const construct = made[CONSTRUCT];
      if (construct === undefined) throw new DoterosError("wrong-value", `${name} has no constructor`);
      return construct(...args);
    }
  };
  Object.setPrototypeOf(made.prototype, GuestResource.prototype);
  Object.defineProperty(made, "name", { value: name, configurable: true });
  resource.name = label;
  resource.hostClass = made as unknown as NonNullable<RuntimeResource["hostClass"]>;
  return made;
}

/**
 * Puts constructors, methods and static functions where JavaScript looks for them. Only classes made here get them: what a
 * component says of a resource of the host's does not change the host's class.
 */
export const addMembers: SeldomRun["addMembers"] = (object, types, items, functionOf) => {
  for (const [name, entity] of types) {
    const parsed = parseName(name);
    if (entity.kind !== "func" || typeof parsed === "string" || parsed.kind === "label" || parsed.kind === "interface") continue;
    const made = object[pascalCase(parsed.resource)];
    if (typeof made !== "function" || (items.get(parsed.resource) as RuntimeResource | undefined)?.definer === undefined) continue;
    const target = functionOf(name) as (...args: unknown[]) => unknown;
    const owner = made as unknown as { [CONSTRUCT]: unknown; prototype: Record<string, unknown> };
    if (parsed.kind === "constructor") owner[CONSTRUCT] = target;
    else if (parsed.kind === "method") owner.prototype[camelCase(parsed.label)] = methodOf(target);
    // Defined, not assigned: a class has a name and a length that cannot be. Only `prototype` cannot be had either way.
    else Reflect.defineProperty(made, camelCase(parsed.label), { value: target, configurable: true });
  }
};

function methodOf(target: (...args: unknown[]) => unknown): AnyFunction {
  return function call(this: unknown, ...args: unknown[]): unknown {
    return target(this, ...args);
  };
}
