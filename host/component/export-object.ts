import type { AnyFunction } from "./arity.ts";
import type { Entity } from "./entity.ts";
import type { RuntimeResource } from "./instance.ts";
import type { LiftedFunction, RuntimeFunction } from "./lift.ts";
import { callable } from "./lift.ts";
import type { RuntimeInstance, SeldomRun } from "./frame.ts";
import { camelCase, parseName, pascalCase } from "./name.ts";

/** The exports of an instance as JavaScript: functions, classes for resources, and an object for each interface. */
export function exportObject(
  types: ReadonlyMap<string, Entity>,
  items: RuntimeInstance,
  seldom: SeldomRun | undefined,
  path = "",
): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [name, entity] of types) {
    if (entity.kind === "type" && entity.type.kind !== "resource") continue;
    const item = items.get(name);
    const parsed = parseName(name);
    const label = typeof parsed !== "string" && parsed.kind === "label" ? parsed.label : undefined;
    if (entity.kind === "instance") {
      object[label === undefined ? name : camelCase(label)] = exportObject(entity.exports, item as RuntimeInstance, seldom, `${name}#`);
    } else if (entity.kind === "func" && label !== undefined) {
      object[camelCase(label)] = exportFunction(item as RuntimeFunction, path + name);
    } else if (entity.kind === "type" && entity.type.kind === "resource" && label !== undefined) {
      object[pascalCase(label)] = seldom?.classOf(item as RuntimeResource, label);
    } else if (entity.kind === "module" || entity.kind === "component") {
      object[label === undefined ? name : camelCase(label)] = item;
    }
  }
  if (seldom !== undefined) addMembers(object, types, items, seldom, path);
  return object;
}

/** The functions that belong to resources: their classes are there now. */
function addMembers(
  object: Record<string, unknown>,
  types: ReadonlyMap<string, Entity>,
  items: RuntimeInstance,
  seldom: SeldomRun,
  path: string,
): void {
  for (const [name, entity] of types) {
    const parsed = parseName(name);
    if (entity.kind !== "func" || typeof parsed === "string" || parsed.kind === "label" || parsed.kind === "interface") continue;
    const resource = items.get(parsed.resource) as RuntimeResource | undefined;
    // What a component says of a resource of the host's does not change the host's class.
    if (resource?.definer !== undefined) seldom.addMember(object, parsed, exportFunction(items.get(name) as RuntimeFunction, path + name));
  }
}

function exportFunction(func: RuntimeFunction, name: string): AnyFunction {
  return func.kind === "host" ? func.target : callable(func satisfies LiftedFunction, undefined, name, true);
}
