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
  seldom?.addMembers(object, types, items, (name) => exportFunction(items.get(name) as RuntimeFunction, path + name));
  return object;
}

function exportFunction(func: RuntimeFunction, name: string): AnyFunction {
  return func.kind === "host" ? func.target : callable(func satisfies LiftedFunction, undefined, name, true);
}
