import { DoterosError } from "../contract/error.ts";
import type { AnyFunction } from "./arity.ts";
import type { Entity } from "./entity.ts";
import type { RuntimeResource } from "./instance.ts";
import type { LiftedFunction, RuntimeFunction } from "./lift.ts";
import { callable } from "./lift.ts";
import type { RuntimeInstance } from "./frame.ts";
import { camelCase, parseName, pascalCase } from "./name.ts";
import { GuestResource } from "./resource.ts";

/** The exports of an instance as JavaScript: functions, classes for resources, and an object for each interface. */
export function exportObject(types: ReadonlyMap<string, Entity>, items: RuntimeInstance, path = ""): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [name, entity] of types) {
    if (entity.kind === "type" && entity.type.kind !== "resource") continue;
    const item = items.get(name);
    const parsed = parseName(name);
    const label = typeof parsed !== "string" && parsed.kind === "label" ? parsed.label : undefined;
    if (entity.kind === "instance") {
      object[label === undefined ? name : camelCase(label)] = exportObject(entity.exports, item as RuntimeInstance, `${name}#`);
    } else if (entity.kind === "func" && label !== undefined) {
      object[camelCase(label)] = exportFunction(item as RuntimeFunction, path + name);
    } else if (entity.kind === "type" && entity.type.kind === "resource" && label !== undefined) {
      object[pascalCase(label)] = classOf(item as RuntimeResource, label);
    } else if (entity.kind === "module" || entity.kind === "component") {
      object[label === undefined ? name : camelCase(label)] = item;
    }
  }
  for (const [name, entity] of types) if (entity.kind === "func" && name.startsWith("[")) addMember(object, name, items, path);
  return object;
}

function exportFunction(func: RuntimeFunction, name: string): AnyFunction {
  return func.kind === "host" ? func.target : callable(func satisfies LiftedFunction, undefined, name, true);
}

/** Where a class keeps the guest's constructor: under no name that a static function could have. */
const CONSTRUCT = Symbol("construct");

/** Resources of the host come back as the class that it gave; a guest's get one class, whatever names they have. */
function classOf(resource: RuntimeResource | undefined, label: string): unknown {
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
 * Puts a constructor, method or static function where JavaScript looks for it. Only classes made here get them: what a
 * component says of a resource of the host's does not change the host's class.
 */
function addMember(object: Record<string, unknown>, name: string, items: RuntimeInstance, path: string): void {
  const parsed = parseName(name);
  if (typeof parsed === "string" || parsed.kind === "label" || parsed.kind === "interface") return;
  const made = object[pascalCase(parsed.resource)];
  if (typeof made !== "function" || (items.get(parsed.resource) as RuntimeResource | undefined)?.definer === undefined) return;
  const target = exportFunction(items.get(name) as RuntimeFunction, path + name) as (...args: unknown[]) => unknown;
  const owner = made as unknown as { [CONSTRUCT]: unknown; prototype: Record<string, unknown> };
  if (parsed.kind === "constructor") owner[CONSTRUCT] = target;
  else if (parsed.kind === "method") owner.prototype[camelCase(parsed.label)] = method(target);
  // Defined, not assigned: a class has a name and a length that cannot be. Only `prototype` cannot be had either way.
  else Reflect.defineProperty(made, camelCase(parsed.label), { value: target, configurable: true });
}

function method(target: (...args: unknown[]) => unknown): AnyFunction {
  return function call(this: unknown, ...args: unknown[]): unknown {
    return target(this, ...args);
  };
}
